"""The demo as files in the import format: units, returns, adjustments, ledgers, and the last return as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.adjustment import KINDS
from scoring.framework import Framework
from scoring.policy import Policy
from scoring.values import MISSING, STATE_TITLES, STATES, VALUE

from ..frameworks.files import DATA, read_framework, read_policy
from ..ledgers import LEDGERS, Ledger
from ..template.workbook import Contents, write_template
from .cities import YEAR, make_city
from .making import SEED, Demo, make_demo
from .model import PERIODS

TITLE = "演示数据（示例市及其单位和数值均为虚构）"
BLANK_SHARE = 0.4  # of the missing cells: left empty instead of 缺报


def values_table(demo: Demo, framework: Framework, period: str) -> pd.DataFrame:
    """One period as a return: 单位代码, 单位名称, 考核期, then one column an indicator; numbers, words for states, blanks."""
    t = PERIODS.index(period)
    rng = np.random.default_rng([SEED, t])
    reports = demo.since <= t
    table = demo.units.loc[reports, ["code", "name"]].set_axis(["单位代码", "单位名称"], axis=1).assign(考核期=period)
    words = {k: STATE_TITLES[s] for k, s in enumerate(STATES)}
    for j, node in enumerate(framework.indicators):
        states, values = demo.states[t, reports, j], demo.values[t, reports, j]
        blank = (states == MISSING) & (rng.random(len(states)) < BLANK_SHARE)
        cells = [float(v) if s == VALUE else words[s] for s, v in zip(states, values, strict=True)]
        table[f"{node.code} {node.name}"] = pd.Series(np.where(blank, "", np.array(cells, dtype=object)), table.index, dtype=object)
    return table


def write_demo(folder: Path) -> list[Path]:
    """Write the demo as files in the import format, and its last period as a workbook too; their paths. Same seed, same bytes."""
    policy = read_policy(DATA / "policy.toml")
    framework = read_framework(DATA / "framework.csv", policy)
    demo = make_demo(framework)
    paths = _write_tables(Path(folder), demo, framework, PERIODS)
    paths.append(Path(folder) / f"return_{PERIODS[-1]}.xlsx")
    _write_return(paths[-1], demo, framework, policy)
    return paths


def write_city(folder: Path, number: int) -> list[Path]:
    """Write one of the further cities as files in the import format; their paths. Same number, same bytes."""
    framework = read_framework(DATA / "framework.csv", read_policy(DATA / "policy.toml"))
    return _write_tables(Path(folder), make_city(framework, number), framework, YEAR)


def _write_tables(folder: Path, demo: Demo, framework: Framework, periods: Sequence[str]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    units = demo.units.set_axis(["单位代码", "单位名称", "片组", "党员人数"], axis=1)
    adjustments = demo.adjustments.assign(kind=demo.adjustments["kind"].map(KINDS))
    adjustments = adjustments.assign(points=adjustments["points"].where(adjustments["points"] > 0, None))
    tables = {"units": units, "adjustments": adjustments.set_axis(["单位代码", "考核期", "类型", "分值", "事由", "文号"], axis=1)}
    tables |= {f"values_{p}": values_table(demo, framework, p) for p in periods}
    tables |= {f"ledger_{name}": records_table(LEDGERS[name], frame) for name, frame in demo.ledgers.items()}
    return [_write_csv(folder / f"{name}.csv", table) for name, table in tables.items()]


def records_table(ledger: Ledger, frame: pd.DataFrame) -> pd.DataFrame:
    """Records under our own Chinese titles, without the columns of which nothing is known."""
    words = {"yes_no": lambda field: frame[field.name].map(dict(enumerate(field.words)))}
    titles = {f.title: words.get(f.kind, lambda field: frame[field.name])(f) for f in ledger.fields}
    table = pd.DataFrame({"单位代码": frame["unit"], "编号": frame["ref"]} | titles)
    return table[[c for c in table if not table[c].isin(["", None]).all()]]


def _write_csv(path: Path, table: pd.DataFrame) -> Path:
    text = table.to_csv(index=False, lineterminator="\n", float_format="%.12g")
    path.write_text(f"{TITLE}\n{text}", encoding="utf-8-sig", newline="\n")
    return path


def _write_return(path: Path, demo: Demo, framework: Framework, policy: Policy) -> None:
    """The last period as a filled-in import workbook."""
    last = PERIODS[-1]
    names = demo.units.set_index("code")["name"]
    mine = demo.adjustments[demo.adjustments["period"] == last]
    contents = Contents(
        period=f"{last[:4]}年{'一二三四'[int(last[-1]) - 1]}季度",
        values=values_table(demo, framework, last).drop(columns="单位代码"),
        adjustments=mine.assign(unit=mine["unit"].map(names)),
        title=TITLE,
    )
    write_template(path, framework, demo.units, policy, contents)
