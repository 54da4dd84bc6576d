"""A document as a file of a kind, by the ending of its name: what buttons and verbs hand out."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from reports.contents import Document

ENDINGS = {"pptx": "PowerPoint", "docx": "Word", "xlsx": "Excel"}


def made(ending: str, document: Document, tables: Mapping[str, pd.DataFrame] | None = None, compact: bool = False) -> bytes:
    """The bytes of a file of ENDINGS. `tables`: what a workbook holds besides; `compact`: Word in small type, for a portrait.

    Raises:
        KeyError: there is no such kind of file.
    """
    return {"pptx": _deck, "docx": _report, "xlsx": _book}[ending](document, tables or {}, compact)


# Each of the three brings a library that takes a good part of a second to load: only who asks for the file waits.


def _deck(document: Document, tables: Mapping[str, pd.DataFrame], compact: bool) -> bytes:
    from reports.pptx_deck import deck

    return deck(document)


def _report(document: Document, tables: Mapping[str, pd.DataFrame], compact: bool) -> bytes:
    from reports.docx_report import report

    return report(document, compact)


def _book(document: Document, tables: Mapping[str, pd.DataFrame], compact: bool) -> bytes:
    from reports.xlsx_book import book

    return book(document, tables)
