"""From the cells of a workbook or CSV to tables of ours: what an office writes, read strictly, every bad cell named."""
