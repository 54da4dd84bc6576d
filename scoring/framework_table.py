"""The framework as a table of text (framework.csv), read strictly: every refusal names code, column, value and remedy."""

from __future__ import annotations

import math
from collections.abc import Iterable

import pandas as pd

from .aggregation import parse_aggregation
from .errors import FrameworkError
from .framework import DEFAULT_FACETS, Framework, Node
from .imputation import IMPUTATIONS
from .normalisation import NEEDS, NORMALISATIONS
from .treatment import TREATMENTS
from .weighting import WEIGHTINGS

REQUIRED = ("code", "parent", "name", "unit", "direction", "weight")
OPTIONAL = (
    "low", "high", "normalisation", "source", "transform", "aggregation", "target", "reference", "bands",
    "denominator", "imputation", "treatment", "weighting", "error",
)  # fmt: skip
TRANSFORMS = ("none", "log")
RESERVED = ("unit", "period", "sector", "rank", "tier")  # columns beside the nodes' in every table of scores


def framework_from_table(table: pd.DataFrame, facets: Iterable[str] = DEFAULT_FACETS) -> Framework:
    """Build a Framework from a table of text cells with the columns of framework.csv.

    `facets` are the columns that hold groups of a second tree. Raises FrameworkError: unknown, doubled or lacking columns,
    text in a number, equal goalposts, unknown methods, what a method needs and does not find, and all that `Framework` refuses.
    """
    facets = tuple(facets)
    columns = [str(c).strip() for c in table.columns]
    _check_columns(columns, facets)
    rows = table.set_axis(columns, axis=1).astype(object).where(table.notna().to_numpy(), "")
    rows = rows.map(lambda cell: str(cell).strip())
    rows = rows[(rows != "").any(axis=1)]
    nodes = tuple(_node(row, facets) for row in rows.to_dict("records"))
    framework = Framework(nodes)
    for node in framework.nodes:
        _check_methods(node)
    for node in framework.indicators:
        _check_indicator(node)
        _check_denominator(node, framework)
    for node in framework.inner:
        _check_inner(node)
        if node.aggregation:
            parse_aggregation(node.aggregation, node.code)
        if node.weighting and node.weighting not in WEIGHTINGS:
            raise FrameworkError(f"{node.code}：没有权重方法 {node.weighting!r}；可用：{'、'.join(WEIGHTINGS)}")
    if clash := [c for c in framework.facets if c in framework]:
        raise FrameworkError(f"{clash[0]}：这个代码也是分面列的名字；请换一个代码")
    return framework


def framework_to_table(framework: Framework) -> pd.DataFrame:
    """The table of text from which `framework_from_table` builds an equal framework."""
    facets = tuple(dict.fromkeys(c for n in framework.nodes for c in n.facets))
    rows = []
    for n in framework.nodes:
        row = {c: _text(getattr(n, c)) for c in (*REQUIRED, *OPTIONAL) if c != "bands"}
        row["bands"] = ";".join(f"{a!r}:{b!r}" for a, b in n.bands)
        rows.append(row | {f: n.facets.get(f, "") for f in facets})
    return pd.DataFrame(rows)


def _text(value) -> str:
    if value is None:
        return ""
    return repr(value).removesuffix(".0") if isinstance(value, float) else str(value)


def _check_columns(columns: list[str], facets: tuple[str, ...]) -> None:
    known = (*REQUIRED, *OPTIONAL, *facets)
    if taken := [f for f in facets if f in (*REQUIRED, *OPTIONAL)]:
        raise FrameworkError(f"{taken[0]}：指标体系的这一列另有用处，不能作分面；请改正 policy.toml 的 [facets]")
    if lacking := [c for c in REQUIRED if c not in columns]:
        raise FrameworkError(f"指标体系缺少列：{'、'.join(lacking)}；必需的列为 {'、'.join(REQUIRED)}")
    if unknown := [c for c in columns if c not in known]:
        raise FrameworkError(
            f"指标体系有不认识的列：{'、'.join(unknown)}；可用的列为 {'、'.join(known)}"
            "（别的分面列须先在 policy.toml 的 [facets] 中声明）"
        )
    if doubled := sorted({c for c in columns if columns.count(c) > 1}):
        raise FrameworkError(f"指标体系的列重复：{'、'.join(doubled)}；请删去一列")


def _node(row: dict[str, str], facets: tuple[str, ...]) -> Node:
    code = row["code"]
    if not code:
        raise FrameworkError(f"指标体系有一行没有代码（名称 {row['name']!r}）；请填写 code 列")
    if code.lower() in RESERVED or ":" in code:
        raise FrameworkError(f"{code}：这个代码是保留字（{'、'.join(RESERVED)}，或含冒号）；请换一个代码")
    if row["direction"] not in ("", "1", "+1", "-1", "1.0", "-1.0"):
        raise FrameworkError(f"{code}：方向为 {row['direction']!r}；只能是 1（越高越好）或 -1（越低越好）")
    return Node(
        code=code,
        parent=row["parent"],
        name=row["name"] or code,
        unit=row["unit"],
        direction=-1 if row["direction"].startswith("-") else 1,
        weight=_number(code, "weight", row["weight"], default=1.0),
        low=_number(code, "low", row.get("low", "")),
        high=_number(code, "high", row.get("high", "")),
        normalisation=row.get("normalisation", ""),
        aggregation=row.get("aggregation", ""),
        transform=row.get("transform", "") or "none",
        source=row.get("source", ""),
        target=_number(code, "target", row.get("target", "")),
        reference=row.get("reference", ""),
        bands=_bands(code, row.get("bands", "")),
        denominator=row.get("denominator", ""),
        imputation=row.get("imputation", ""),
        treatment=row.get("treatment", ""),
        weighting=row.get("weighting", ""),
        error=_number(code, "error", row.get("error", "")),
        facets={f: row[f] for f in facets if row.get(f)},
    )


def _number(code: str, column: str, text: str, default: float | None = None) -> float | None:
    if text == "":
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise FrameworkError(f"{code}：{column} 列的 {text!r} 不是数；请填数字或留空")
    return value


def _bands(code: str, text: str) -> tuple[tuple[float, float], ...]:
    """Read `60:40;80:70;95:100`: from this value on, this score."""
    if not text:
        return ()
    try:
        bands = tuple(tuple(float(x) for x in part.split(":", 1)) for part in text.replace("；", ";").split(";") if part.strip())
        good = all(len(b) == 2 and math.isfinite(b[1]) and not math.isnan(b[0]) for b in bands)
    except ValueError:
        good = False
    if not good:
        raise FrameworkError(f"{code}：bands 列的 {text!r} 读不懂；格式为“起点:得分”，以分号隔开，例如 60:40;80:70;95:100")
    starts = [a for a, _ in bands]
    if starts != sorted(set(starts)):
        raise FrameworkError(f"{code}：bands 的起点 {text!r} 须由小到大且不重复")
    return bands


def _check_methods(node: Node) -> None:
    if node.normalisation and node.normalisation not in NORMALISATIONS:
        raise FrameworkError(f"{node.code}：没有标准化方法 {node.normalisation!r}；可用：{'、'.join(NORMALISATIONS)}")
    if node.transform not in TRANSFORMS:
        raise FrameworkError(f"{node.code}：没有变换 {node.transform!r}；可用：{'、'.join(TRANSFORMS)}")
    if node.imputation and node.imputation not in IMPUTATIONS:
        raise FrameworkError(f"{node.code}：没有插补方法 {node.imputation!r}；可用：{'、'.join(IMPUTATIONS)}")
    if node.treatment and node.treatment not in TREATMENTS:
        raise FrameworkError(f"{node.code}：没有异常值处理方法 {node.treatment!r}；可用：{'、'.join(TREATMENTS)}")
    if node.error is not None and node.error < 0:
        raise FrameworkError(f"{node.code}：error（标准误）为 {node.error:g}；须为不小于 0 的数，没有请留空")


def _check_inner(node: Node) -> None:
    for column in ("denominator", "imputation", "treatment", "error"):
        if (value := getattr(node, column)) not in (None, ""):
            raise FrameworkError(f"{node.code}：汇总节点没有取值，{column} 列的 {value!r} 用不上；请写在指标那一行，或留空")


def _check_denominator(node: Node, framework: Framework) -> None:
    by = node.denominator
    if by == node.code:
        raise FrameworkError(f"{node.code}：分母是指标自己；请改正 denominator 列")
    if by.lower() in RESERVED or ":" in by:
        raise FrameworkError(f"{node.code}：分母 {by!r} 是保留字（{'、'.join(RESERVED)}，或含冒号）；请换一个列名")
    if by in framework and not framework.is_indicator(by):
        raise FrameworkError(f"{node.code}：分母 {by} 是汇总节点，没有取值；请改用一项指标，或另设一列")


def _check_indicator(node: Node) -> None:
    name = node.method
    if node.aggregation:
        raise FrameworkError(f"{node.code}：指标没有下级，aggregation 列的 {node.aggregation!r} 用不上；请留空")
    if node.weighting:
        raise FrameworkError(f"{node.code}：指标没有下级，weighting 列的 {node.weighting!r} 用不上；请写在上级那一行，或留空")
    if (node.low is None) != (node.high is None):
        raise FrameworkError(f"{node.code}：目标区间只填了一端（low={node.low}，high={node.high}）；请两端都填")
    if node.low is not None and node.low == node.high:
        raise FrameworkError(f"{node.code}：目标区间两端相等（{node.low:g}）；请给出两个不同的值")
    if node.low is not None and node.low > node.high:
        raise FrameworkError(f"{node.code}：目标区间 low={node.low:g} 大于 high={node.high:g}；请对调，越低越好的指标用方向 -1")
    for column in NEEDS.get(name, ()):
        if getattr(node, column) in (None, "", ()):
            raise FrameworkError(f"{node.code}：标准化方法 {name} 需要 {column} 列；请填写，或换一种方法")
    if node.bands:
        scores = [s for _, s in node.bands]
        if scores != sorted(scores, reverse=node.direction < 0):
            raise FrameworkError(f"{node.code}：bands 的得分 {scores} 与方向 {node.direction} 不一致；方向 1 须递增，-1 须递减")
    if node.transform == "log":
        for column in ("low", "high", "target"):
            if (value := getattr(node, column)) is not None and value <= 0:
                raise FrameworkError(f"{node.code}：取对数时 {column}={value:g} 须大于 0；请改正，或去掉 transform")
        if any(a <= 0 for a, _ in node.bands):
            raise FrameworkError(f"{node.code}：取对数时 bands 的起点须大于 0；请改正，或去掉 transform")
