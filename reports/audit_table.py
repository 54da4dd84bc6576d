"""The audit as a table: every verdict as a row that stands by itself, as the page and the command line give it away."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from scoring.audit import GROUPS, Check


def audit_table(
    found: Iterable[Check], period: str, release: int, unit: str, node_name: Callable[[str], str], unit_name: Callable[[str], str]
) -> pd.DataFrame:
    """A row a verdict under Chinese headings, figures at full precision. `unit`: what a unit is called; names are by code."""
    rows = [
        {
            "考核期": period, "发布号": release, "部分": GROUPS[c.group], "检查": c.title, "检查代码": c.name, "结果": c.label,
            "对象代码": c.subject, "对象": node_name(c.subject) if c.subject else "", "数值": c.figure, "阈值": c.threshold,
            "数值说明": c.shown, "阈值说明": c.limit, "发现": c.finding, "怎么办": c.remedy, f"涉及{unit}代码": "、".join(c.units),
            f"涉及{unit}": "、".join(map(unit_name, c.units)),
        }
        for c in found
    ]  # fmt: skip
    return pd.DataFrame(rows)
