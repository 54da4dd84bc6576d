"""Tables that leave the house: served scores under the framework's own names, and the scores of a file without a store."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from sqlite_utils import Database

from scoring.framework import Framework
from scoring.index import MARKS, Fitted, fit_panel
from scoring.movement import period_key
from scoring.policy import Policy
from scoring.ranking import rank
from scoring.tiers import assign
from scoring.values import Values

from ..frameworks.files import read_framework, read_policy, read_values
from .reading import release_framework, release_nodes, release_units, served_for


def scores_table(db: Database, period: str | None = None) -> tuple[pd.DataFrame, bool]:
    """Served scores of one period, or of all in time order, and whether any of them are demo data.

    One row a period and unit: identity, adjusted index, rank, tier, adjustments, then every node's score at full precision.
    Raises ReleaseError when nothing is served, or not for this period.
    """
    chosen = served_for(db, None if period is None else [period])
    parts = [_one(db, row.period, row.release) for row in chosen.itertuples()]
    return pd.concat(parts, ignore_index=True), bool(chosen["demo"].any())


def _one(db: Database, period: str, release: int) -> pd.DataFrame:
    framework, policy = release_framework(db, release)
    units = release_units(db, release)
    table = units.join(release_nodes(db, release)[list(framework.codes)]).reset_index()
    table.insert(0, "period", period)
    table["veto"] = table["veto"].map({True: "是", False: ""})
    titles = _titles(framework, policy)
    table = table.sort_values("rank", kind="stable", na_position="last")
    return table[list(titles)].rename(columns=titles)


def _titles(framework: Framework, policy: Policy) -> dict[str, str]:
    """Column → header, in the order of the table."""
    words = policy.words
    head = {
        "period": words["period"], "unit": f"{words['unit']}代码", "name": f"{words['unit']}名称", "sector": words["sector"],
        "size": words["size"], "index": f"{words['index']}（含加减分）", "rank": "位次", "tier": "梯队",
        "tier_by_rule": "规则梯队",
        "veto": "一票否决", "index_raw": f"{words['index']}（不含加减分）", "bonus": "加分", "penalty": "减分", "note": "说明",
    }  # fmt: skip
    return head | {n.code: n.code if n.name == n.code else f"{n.code} {n.name}" for n in framework.nodes}


def score_file(framework_path: Path, values_path: Path, policy_path: Path | None, out: Path) -> int:
    """Score a file of values without a store and write unit, period, rank, tier and every node's score; the number of rows.

    Where values are screened, divided, imputed or treated a last column `marks` says in which cells: `A:imputed=2.5;B:logged=10`.
    Sorted by period, rank, then as given; numbers as their shortest text that reads back to the same double; no BOM, because
    programs read it. A table without rows gives one without rows. Raises ImportRefused, ScoringError, OSError.
    """
    policy = read_policy(policy_path) if policy_path else Policy()
    framework = read_framework(framework_path, policy)
    found = fit_panel(read_values(values_path, framework).periods, framework, policy)
    parts = [_scored(found[period], period) for period in sorted(found, key=period_key)]
    columns = ["unit", "period", "rank", "tier", *framework.codes]
    table = pd.concat(parts, ignore_index=True).astype({"rank": "Int64"}) if parts else pd.DataFrame(columns=columns)
    with out.open("w", encoding="utf-8", newline="") as file:
        table.to_csv(file, index=False, lineterminator="\n")
    return len(table)


def _scored(fit: tuple[Fitted, Values], period: str) -> pd.DataFrame:
    fitted, values = fit
    frame = fitted.score(values).frame()
    index = frame[fitted.framework.root.code]
    head = pd.DataFrame({"period": period, "rank": rank(index.to_numpy()), "tier": assign(index, fitted.policy)}, index=frame.index)
    table = head.join(frame)
    if values.prepared or fitted.treatments:
        table["marks"] = _mark_texts(fitted, values)
    return table.sort_values("rank", kind="stable", na_position="last").reset_index()


def _mark_texts(fitted: Fitted, values: Values) -> list[str]:
    """For each unit the cells that were not scored as reported, what was done and the value used, or that it is left out."""
    marks, used, codes = fitted.marks(values), fitted.used(values), [n.code for n in fitted.framework.indicators]
    texts = [[f"screened={values.screened[row]:.4g}"] if out else [] for row, out in enumerate(values.left_out)]
    for row, column in np.argwhere(marks).tolist():
        done = "+".join(name for flag, name in MARKS.items() if marks[row, column] & flag)
        texts[row].append(f"{codes[column]}:{done}={used[row, column].item()!r}")
    return [";".join(parts) for parts in texts]
