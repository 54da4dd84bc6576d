"""日志: every write and every export, who, when and what; whether any of it was altered; filters, and a file to take away."""

from reports import tables
from ui import journal, journal_parts, parts, viewer

path = viewer.store()
journal_parts.chain(path)
asked = journal_parts.filters(path)
journal_parts.listing(path, asked)
parts.downloads("日志", lambda: tables.csv_bytes(journal.book(path, asked)),
                lambda: tables.xlsx_bytes({"日志": journal.book(path, asked)}))  # fmt: skip
