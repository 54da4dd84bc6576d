"""A province of more units than a page reads: eight cities of two sectors, 200 units each, two quarters, published."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from store.connection import migrate
from store.releasing.releases import publish
from tests.store.support import FRAMEWORK, POLICY, bring, intake

CITIES, SECTORS, EACH = ("东市", "西市", "南市", "北市", "中市", "新市", "清市", "平市"), ("政法", "经济"), 200
PERIODS = ("2024Q4", "2025Q1")
UNITS = pd.DataFrame(
    [
        (f"{c}{s}{k:04d}", f"{city}{sector}第{k + 1}所", f"甲省/{city}", sector, 10.0 + k)
        for c, city in enumerate(CITIES)
        for s, sector in enumerate(SECTORS)
        for k in range(EACH)
    ],
    columns=["code", "name", "area", "sector", "size"],
)


def scores(period: str) -> pd.DataFrame:
    """Scores of A1, A2 (which are their values), B1 and B2 as the goalposts give them, index unit: later, and further west, higher."""
    place, later = np.arange(len(UNITS)), PERIODS.index(period)
    table = {
        "A1": 20.0 + place % 71,
        "A2": 30.0 + place % 53 + 10.0 * (place >= len(UNITS) // 2),
        "B1": 10.0 * (place % 11),
        "B2": 20.0 + place % 37 + 5.0 * later,
    }
    return pd.DataFrame(table, index=pd.Index(UNITS["code"], name="unit"))


def index(period: str) -> pd.Series:
    """The index by hand: 60 % of the mean of A1 and A2, 40 % of the mean of B1 and B2."""
    found = scores(period)
    return 0.6 * (found["A1"] + found["A2"]) / 2 + 0.4 * (found["B1"] + found["B2"]) / 2


def make_large(path: Path) -> Path:
    """The store. Values from scores: B1 from 0 (best) to 10, B2 from 0 to 50."""
    migrate(path)
    found = pd.concat([scores(period).assign(B1=lambda t: 10 - t["B1"] / 10, B2=lambda t: t["B2"] / 2, period=period) for period in PERIODS])
    values = found.reset_index().melt(["unit", "period"], var_name="indicator", value_name="value")
    cells = values.assign(state="value", sheet="", cell="")[["unit", "indicator", "period", "state", "value", "sheet", "cell"]]
    bring(path, intake(framework_csv=FRAMEWORK, policy_toml=POLICY, sha256="f" * 64), replace(intake(UNITS), observations=cells))
    publish(PERIODS, "测试", path)
    return path
