"""The audit of a release in tables: its checks, the questions it asks of units, and what its figures draw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scoring.audit import GROUPS, Check, Outline, outline
from scoring.audit.checks import Material
from scoring.audit.statistics import principal_components
from scoring.framework import Node
from ui.wording import clean

if TYPE_CHECKING:
    from ui.view import View

_NAMED = 8  # units that a row of the detail names


def members(view: View, one: Outline) -> pd.DataFrame:
    """A check's subjects, the most pressing first, in Chinese columns; units are named."""
    whole = view.words["index"]
    rows = [
        {
            "结果": c.label, "对象": clean(view.node_name(c.subject) if c.subject else f"{whole}整体"), "数值": c.shown, "阈值": c.limit,
            "发现": said(view, c), f"涉及的{view.words['unit']}": unit_names(view, c.units), "怎么办": clean(c.remedy),
        }
        for c in one.members
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    return table.loc[:, [c for c in table if (table[c] != "").any()]]


def said(view: View, check: Check) -> str:
    """A check's sentence beside a column that names its subject already."""
    return clean(check.finding.removeprefix(f"{view.node_name(check.subject)}：") if check.subject else check.finding)


def unit_names(view: View, units: Sequence[str], most: int = _NAMED) -> str:
    """Names of some units in a row, and how many there are in all."""
    names = "、".join(clean(view.unit_name(u), 40) for u in units[:most])
    return f"{names}等 {len(units)} 个" if len(units) > most else names


def questions(view: View, found: Iterable[Check]) -> pd.DataFrame:
    """What the screen asks, a row a unit where it names units: code of node and unit, then Chinese columns."""
    asked = [(c, unit) for c in found if c.group == "pattern" and c.status == "flag" for unit in (c.units or ("",))]
    rows = [
        (c.subject, unit, c.title, clean(view.node_name(c.subject)) if c.subject else "", clean(view.unit_name(unit)) if unit else "",
         said(view, c), clean(c.remedy).removeprefix("请核实："))
        for c, unit in asked
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["node", "code", "形态", "指标", view.words["unit"], "发现", "请核实"])


def sheets(view: View, found: Sequence[Check], verdicts: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The workbook: the checks one by one, every verdict as `verdicts` lists them, the questions."""
    rows = [(GROUPS[o.group], o.label, o.title, o.shown, o.limit, o.finding, o.remedy) for o in outline(found)]
    whole = pd.DataFrame(rows, columns=["部分", "结果", "检查", "数值", "阈值", "发现", "怎么办"])
    return {"体检": whole, "逐项": verdicts, "请核实": questions(view, found).drop(columns=["node", "code"])}


def families(view: View) -> list[Node]:
    """Inner nodes with two children or more: those inside which anything can be compared."""
    return [n for n in view.framework.inner if len(view.framework.children(n.code)) > 1]


def most_pressing(view: View, found: Iterable[Check]) -> str:
    """The family in which most of its children's weights and links are raised; the first dimension among equals."""
    raised = [c.subject for c in found if c.name in ("effective_weight", "weak_link") and c.status in ("fail", "flag")]
    parents = [view.framework.node(code).parent for code in raised]
    depth = {n.code: view.framework.depth(n.code) for n in families(view)}
    return max(depth, key=lambda code: (parents.count(code), depth[code]))


def weights(view: View, found: Iterable[Check], parent: str) -> pd.DataFrame:
    """Index code of each child; name, stated, effective, label, off."""
    kids = view.framework.children(parent)
    checks = {c.subject: c for c in found if c.name == "effective_weight"}
    stated = np.array([n.weight for n in kids]) / sum(n.weight for n in kids)
    mine = [checks[n.code] for n in kids]
    return pd.DataFrame(
        {
            "name": [n.name for n in kids], "stated": stated, "effective": stated * np.array([c.figure for c in mine]),
            "label": [c.label for c in mine], "off": [c.status in ("fail", "flag") for c in mine],
        },
        index=[n.code for n in kids],
    )  # fmt: skip


def correlations(view: View, parent: str) -> tuple[pd.DataFrame, list[str], np.ndarray]:
    """(table, names, odd) of a node's children, then the node itself; `odd` marks what is outside the policy's limits."""
    nodes = [*view.framework.children(parent), view.framework.node(parent)]
    material, limits = Material(view.case), view.policy.limits
    places = [material.places[n.code] for n in nodes]
    r = material.links[np.ix_(places, places)]
    odd = (r > limits.redundant) | (r < limits.conflict)
    odd[-1] = odd[:, -1] = r[-1] < limits.weak_link
    codes = [n.code for n in nodes]
    return pd.DataFrame(r, index=codes, columns=codes), [n.name for n in nodes], odd


def components(view: View) -> dict[str, np.ndarray]:
    """Shares of variance of the principal components of each family that the audit could take apart."""
    material, shares = Material(view.case), {}
    for node in families(view):
        places = [material.places[n.code] for n in view.framework.children(node.code) if not np.isnan(material.links[(material.places[n.code],) * 2])]
        variances = principal_components(material.links[np.ix_(places, places)])
        if len(places) > 2 and not np.isnan(variances).any():
            shares[node.code] = variances / len(places)
    return shares
