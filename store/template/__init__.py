"""The import workbook, written."""
