"""What is needed to compute a release again elsewhere: its framework, policy and values as the files that `manage.py score` reads."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.framework_table import framework_to_table
from scoring.policy import Policy
from scoring.policy_table import policy_to_dict
from scoring.values import STATE_TITLES, STATES, VALUE, Values

if TYPE_CHECKING:
    from ui.view import View

COMMAND = "python manage.py score --framework framework.csv --values values.csv --policy policy.toml --out scores.csv"
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the same release gives the same bytes


def policy_toml(policy: Policy) -> str:
    """The text of a policy.toml that states every choice of a policy."""
    lines = []
    for name, content in policy_to_dict(policy).items():
        # A JSON text, number or list is one in TOML too.
        lines += [f"[{name}]", *(f"{_json(key)} = {_json(value)}" for key, value in content.items()), ""]
    return "\n".join(lines)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def values_table(view: View) -> pd.DataFrame:
    """The values that a release rests on: unit, period, sector, then one column an indicator or denominator, as reported.

    Cells without a value by their state. Bounds and imputed values may rest on other periods than the release's: then those are in
    it too.
    """
    return pd.concat([_values(period, block) for period, block in view.case.by_period.items()], ignore_index=True)


def _values(period: str, block: Values) -> pd.DataFrame:
    states = np.array([STATE_TITLES[s] for s in STATES], object)[block.states]
    texts = np.where(block.states == VALUE, np.vectorize(repr, otypes=[object])(block.matrix.astype(object)), states)
    head = pd.DataFrame({"unit": block.units, "period": period, "sector": block.groups or ""})
    return pd.concat([head, pd.DataFrame(texts, columns=list(block.indicators))], axis=1)


def bundle(view: View) -> bytes:
    """A zip of framework.csv, policy.toml, values.csv and a note on how to compute the release again; the same bytes each time."""
    note = [
        *(["演示数据：由程序生成，不对应任何真实单位", ""] if view.demo else []),
        f"第 {view.release} 号发布（{view.period}）所用的指标体系、评分规则和取值。重新计算：",
        "",
        f"    {COMMAND}",
        "",
        "得到加减分之前的各级得分，与发布逐位相同；名次和梯队也按加减分之前的得分排列。",
    ]
    files = {
        "framework.csv": framework_to_table(view.case.framework).to_csv(index=False, lineterminator="\n"),
        "policy.toml": policy_toml(view.policy),
        "values.csv": values_table(view).to_csv(index=False, lineterminator="\n"),
        "说明.txt": "\n".join(note) + "\n",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), text.encode())
    return buffer.getvalue()
