"""An answer of the API as CSV: a row for each of its items, each of which says what the whole answer says of itself."""

import json
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pandas as pd
from pydantic import BaseModel

from reports.tables import csv_bytes
from server.api_parts import Page

_NO_COLUMNS = {*Page.model_fields, "items"}


def as_csv(answer: BaseModel) -> bytes:
    """UTF-8 with BOM, columns named as the fields are; what lies in a field has its name after a dot (`nodes.A1`, `adjustments.1.points`).

    An answer without a list of items is one row. Texts that a spreadsheet would take for formulas are guarded.
    """
    whole = answer.model_dump()
    if "items" not in whole:
        return csv_bytes(pd.DataFrame([dict(_flat(whole))], dtype=object))
    head = {name: value for name, value in whole.items() if name not in _NO_COLUMNS}
    if "indicator" in head:
        head["indicator"] = head["indicator"]["code"]
    rows = [dict(_flat(head | item)) for item in whole["items"]]
    return csv_bytes(pd.DataFrame(rows, columns=None if rows else [*head, *_fields(answer)], dtype=object))


def _fields(answer: BaseModel) -> Iterator[str]:
    """The columns that every item of an answer has, whatever the framework."""
    item = get_args(type(answer).model_fields["items"].annotation)[0]
    return (name for name, field in item.model_fields.items() if get_origin(field.annotation) is not dict)


def _flat(fields: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
            yield from _flat({part.get("code", str(k)): part for k, part in enumerate(value, 1)}, f"{before}{name}.")
        elif isinstance(value, list):
            yield f"{before}{name}", "、".join(map(str, value))
        else:
            yield f"{before}{name}", json.dumps(value) if isinstance(value, bool) else value
