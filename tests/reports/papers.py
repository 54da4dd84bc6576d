"""A small document that has every kind of block, for the tests of those who draw it."""

import numpy as np
import pandas as pd

from reports.contents import Chart, Document, Grid, Imprint, Number, Numbers, Sheet, Words

TIERS = ("领跑型", "争先型", "追赶型")
IMPRINT = Imprint("清廉机关指数", "2026年三季度", 12, "2026-10-08T09:00:00", "各单位报送与台账", ("演示数据",), TIERS)
DIMENSIONS = ["政治", "结构", "目标"]
NAME = "甲局 <b>&\x0b🏮"

CHARTS = {
    "radar": Chart("radar", pd.DataFrame({NAME: [80.0, 70.5, np.nan], "中位数": [75.0, 72.0, 71.0]}, DIMENSIONS), "雷达", span=(0, 100)),
    "bars": Chart("bars", pd.DataFrame({"变化": [2.0, -1.5, np.nan]}, [NAME, "=1+1", "丙"]), "变化", tones=("good", "bad", "quiet")),
    "columns": Chart("columns", pd.DataFrame({"得分": [88.8, 77.7]}, ["甲", "乙"]), "得分", tones=("tier0", "tier2")),
    "lines": Chart("lines", pd.DataFrame({"甲": [70.0, np.nan, 72.0], "甲 ": [71, 71, 71]}, ["2026Q1", "2026Q2", "2026Q3"]), "走势"),
    "scatter": Chart(
        "scatter",
        pd.DataFrame({"x": [60.0, 80, np.nan], "y": [70.0, 90, 50], "tone": ["tier2", "house", "tier0"], "label": ["", "=甲", "乙"]}),
        "分布", axes=("政治", "结构"),
    ),
    "waterfall": Chart("waterfall", pd.DataFrame({"points": [1.5, -0.5]}, DIMENSIONS[:2]), "差距", start="中位数", end="甲", base=80.0),
    "shares": Chart("shares", pd.DataFrame([[3, 0, 1]], ["政法"], list(TIERS)), "构成", tones=("tier0", "tier1", "tier2")),
}  # fmt: skip
NUMBERS = Numbers((Number("指数", "83.3", "较上期 +1.2", "good"), Number("排名", "3"), Number("逾期", "2", "最长 8 天", "bad")))
GRID = Grid(pd.DataFrame({"指标": [NAME, "=2+2"], "得分": [82.25, np.nan], "名次": [3, 12]}), strong=(0,), more=7)


def document(*sheets: Sheet, title: str = "清廉机关指数季度报告") -> Document:
    return Document(title, "2026年三季度", IMPRINT, sheets)


def full() -> Document:
    """Every kind of chart, tables, figures and words, in one column and in two."""
    return document(
        Sheet("now", "本期情况", "全市总体平稳。", ((NUMBERS, Words(("一段。", NAME), bullets=False), CHARTS["columns"]),)),
        Sheet("two", "对照", "两栏。", ((CHARTS["radar"],), (CHARTS["waterfall"], Words(("要点一", "要点二")))), columns=(1, 1)),
        *[Sheet(kind, f"图 {kind}", "", ((CHARTS[kind],),)) for kind in ("bars", "lines", "scatter", "shares")],
        Sheet("annex", "附表：明细", "", ((GRID,),)),
    )


def bare() -> Document:
    """Nothing where something is usual: no rows, no columns, no figures, no words."""
    nothing = Chart("bars", pd.DataFrame({"得分": [np.nan]}, ["甲"]), "得分")
    blocks = (Grid(pd.DataFrame({"指标": []})), Grid(pd.DataFrame()), nothing, Numbers(()), Words(()))
    beside = Sheet("b", "两栏", "", ((Numbers(()),), (Words(()),)), columns=(1, 1))
    return document(Sheet("a", "无", "本期没有得分。", (blocks,)), beside, title="某单位")
