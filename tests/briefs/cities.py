"""Small cities for the tests of what documents say, and what a sheet says as one text."""

from pathlib import Path

import pandas as pd
import pytest

from briefs import portraits
from reports.contents import Chart, Document, Grid, Numbers, Sheet, Words
from store.connection import migrate
from store.releasing.releases import publish
from tests.store.support import FRAMEWORK, POLICY, bring, intake, make_store, whole


def city(path: Path) -> Path:
    """Two quarters of three units.

    2024Q4: U1 0.6 × 85 + 0.4 × 90 + 2 = 89, U2 0.6 × 55 + 0.4 × 60 = 57, U3 0.6 × 70 + 0.4 × 50 = 62.
    2025Q1: U1 0.6 × 80 + 0.4 × 85 = 82, U2 0.6 × 60 + 0.4 × 70 = 64 and a veto, U3 without a score, for half of B is not applicable.
    """
    make_store(path)
    publish(["2024Q4", "2025Q1"], "测试", path)
    return path


def other_city(path: Path, names: list[str], *rows: tuple, sector: str = "一组") -> Path:
    """One quarter of units with these names, the rows as `whole` takes them."""
    migrate(path)
    units = pd.DataFrame({"code": [f"U{k}" for k in range(1, len(names) + 1)], "name": names, "sector": sector, "size": 10.0})
    bring(path, intake(framework_csv=FRAMEWORK, policy_toml=POLICY), intake(units, whole("2024Q4", *rows)))
    publish(["2024Q4"], "测试", path)
    return path


def broken_for(unit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portrait of one unit fails."""

    def portrait_of(view, one, *rest):
        if one == unit:
            raise ValueError("坏了")
        return sound(view, one, *rest)

    sound = portraits.portrait_of
    monkeypatch.setattr(portraits, "portrait_of", portrait_of)


def blocks(sheet: Sheet, kind: type) -> list:
    """The sheet's blocks of one kind, in reading order."""
    return [block for column in sheet.blocks for block in column if isinstance(block, kind)]


def said(page: Sheet | Document) -> str:
    """All that a sheet or a document says and opens, as one text."""
    if isinstance(page, Document):
        return "\n".join([page.title, page.subtitle, page.imprint.line, *map(said, page.sheets)])
    texts = [page.title, page.lead, page.notes, *page.opens.values()]
    texts += [" ".join(number) for found in blocks(page, Numbers) for number in found.items]
    texts += [line for found in blocks(page, Words) for line in found.lines]
    texts += [found.frame.to_csv() + (found.alt if isinstance(found, Chart) else "") for found in blocks(page, Grid) + blocks(page, Chart)]
    return "\n".join(texts)
