"""A file on its way in."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from .ledger_mapping import LedgerMapping
from .ledger_rows import Records
from .observations import Block
from .registers import UnitRow
from .sheets import Sheet
from .tables import Table


@dataclass
class SourceFile:
    """Its sheets, then what was found on them; None for a text that it is not or does not bring."""

    name: str
    sha256: str = ""
    content: bytes | None = None
    sheets: list[Sheet] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    policy_toml: str | None = None
    framework_csv: str | None = None
    guidance_csv: str | None = None
    units: list[UnitRow] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    adjustments: list[pd.DataFrame] = field(default_factory=list)
    ledgers: list[tuple[Table, LedgerMapping]] = field(default_factory=list)
    records: list[Records] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def brings_anything(self) -> bool:
        """Whether anything was found that a batch could hold."""
        found = [self.units, *(b.rows for b in self.blocks), *self.adjustments, *(r.frame for r in self.records)]
        texts = (self.framework_csv, self.policy_toml, self.guidance_csv)
        return any(map(len, found)) or any(text is not None for text in texts)
