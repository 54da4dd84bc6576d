"""导入: files are dropped, what they would change is shown, refused cells go back to be mended; then they are written as batches."""

from reports.tables import csv_bytes, xlsx_bytes
from ui import acts, address, intake, intake_parts, viewer

path = viewer.store()
acts.told()
intake_parts.done(path)
files, mapping = intake_parts.given()
if not files:
    intake_parts.beginning(path)
    address.stop()

# What would change
seen = intake.looked_at(path, files, mapping)
if seen is None:
    address.stop()
intake_parts.figures(path, seen)
intake_parts.by_sheet(seen)
if seen.refused:
    intake_parts.refused(seen, csv_bytes, xlsx_bytes)
if seen.changes:
    intake_parts.changes(path, intake_parts.chosen(seen), csv_bytes, xlsx_bytes)
