"""Guidance in the store: each file is a version of its own, the last one that a live batch brought is in force."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.guidance import COLUMNS, NUMBERS

from .readers.guidance_tables import band_ends


def current_guidance(db: Database) -> pd.DataFrame:
    """The guidance in force, a row a piece of advice, columns as `scoring.guidance.COLUMNS`; no rows where there is none."""
    row = db.execute("SELECT guidance_csv FROM current_guidance").fetchone()
    return parse_guidance(row[0] if row else "")


def parse_guidance(csv_text: str) -> pd.DataFrame:
    """Guidance as a table, from the text that a reader made of it."""
    table = pd.read_csv(io.StringIO(csv_text), dtype=str, keep_default_na=False) if csv_text else pd.DataFrame(columns=["band"])
    ends = [band_ends(band) if band else (np.nan, np.nan) for band in table["band"]]
    table = table.drop(columns="band").assign(low=[low for low, _ in ends], high=[high for _, high in ends])
    table = table.reindex(columns=list(COLUMNS)).replace({name: {"": np.nan} for name in NUMBERS})
    return table.astype(dict.fromkeys(NUMBERS, float))


def write_guidance(db: Database, batch: int, csv_text: str) -> None:
    """Append a version as part of a batch, inside the caller's transaction."""
    db.execute("INSERT INTO guidance (guidance_csv, batch) VALUES (?, ?)", (csv_text, batch))
