"""The API's answers, each a function of what is asked for: whose rows, of which release, in one shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from scoring.framework import Framework, Node
from scoring.index import MARKS
from server import api_parts as parts
from server import api_query as query
from server import api_shapes as shapes
from server.api_problem import Problem
from server.api_reading import Codes, Frozen, chosen, seen
from store.people.roles import Person
from ui import portrait
from ui.wording import clean

_LEDGER = "台账"  # what `release_cells` gives for a file where a ledger's figure was scored
_NOTICES = {"draft": "草稿，未发布，请勿引用", "withdrawn": "已撤回，请勿引用", "published": "不是该考核期在用的发布"}
_DEMO = "演示数据：由程序生成，不对应任何真实单位"


@dataclass(frozen=True)
class Ask:
    """What is asked for, and by whom. `code`: of a unit, an indicator or a release; "" where the path names none."""

    person: Person
    query: query.Plain
    code: str = ""

    @cached_property
    def table(self) -> pd.DataFrame:
        """The releases that the person may see."""
        return seen(self.person)

    @cached_property
    def frozen(self) -> Frozen:
        """The release that is asked for. Raises Problem (404)."""
        return replace(chosen(self.table, self.query.period, self.query.release), only=self.person.only_unit)

    def own(self, order: str = "unit", sector: str | None = None, tier: str | None = None) -> Codes | list[str]:
        """The codes of the units whose rows the person may see, by "unit" or by "rank", of one sector or tier where one is given."""
        frozen, only = self.frozen, self.person.only_unit
        if frozen.large and only is None:
            return frozen.codes(order, sector, tier)
        table = frozen.of([] if only is None else [only]).units
        table = table if only is None else table[table.index == only]
        for column, wanted in (("sector", sector), ("tier", tier)):
            table = table if wanted is None else table[table[column] == wanted]
        return list(table.index if order == "unit" else table.sort_values("rank", kind="stable", na_position="last").index)

    def page(self, keys: Any, make: Callable[[Any], list[Any]]) -> dict[str, Any]:
        """The rows that are asked for of a list of keys, and how long the list is. make: some keys → their rows."""
        part = keys[self.query.offset : self.query.offset + self.query.limit]
        return dict(total=len(keys), limit=self.query.limit, offset=self.query.offset, items=make(part))

    def unit(self) -> str:
        """The code of the unit that is asked for. Raises Problem (404): it is not in the release."""
        if self.code not in self.frozen.of([self.code]).units.index:
            where = f"第 {self.frozen.number} 号发布（{clean(self.frozen.period, 40)}）"
            raise Problem(404, f"{where}中没有单位 {clean(self.code, 60)!r}；请从 /api/v1/units 中选一个代码")
        return self.code


def releases(ask: Ask) -> shapes.Releases:
    """The releases that one may see, the last first."""
    table = ask.table if ask.query.period is None else ask.table[ask.table["period"] == ask.query.period]
    return shapes.Releases(**ask.page(table.to_dict("records"), lambda rows: [_release(row) for row in rows]))


def release(ask: Ask) -> shapes.OneRelease:
    """One release. Raises Problem (404)."""
    number = int(ask.code) if ask.code.isascii() and ask.code.isdecimal() and len(ask.code) < 10 else 0
    found = ask.table[ask.table["release"] == number]
    if found.empty:
        raise Problem(404, f"没有第 {clean(ask.code, 20)} 号发布；请从 /api/v1/releases 中选一个")
    policy = chosen(ask.table, None, number).policy
    return shapes.OneRelease(**_release(found.to_dict("records")[0]), words=dict(policy.words), tiers=list(policy.tier_labels))


def units(ask: Ask) -> shapes.Units:
    """Units of a release, by code."""
    frozen = ask.frozen
    return shapes.Units(**of_release(frozen), **ask.page(ask.own(), lambda part: _rows(frozen.of(part).units, part, parts.Unit)))


def scores(ask: Ask) -> shapes.Scores:
    """Scores of a release, the best rank first."""
    frozen = ask.frozen

    def make(part: list[str]) -> list[dict[str, Any]]:
        few = frozen.of(part)
        table = few.nodes.loc[part]
        nodes, facets = (table[[c for c in table if (c in few.framework) == own]].to_dict("records") for own in (True, False))
        return [head | dict(nodes=n, facets=f) for head, n, f in zip(_rows(few.units, part, parts.Score), nodes, facets, strict=True)]

    return shapes.Scores(**of_release(frozen), **ask.page(ask.own("rank", ask.query.sector, ask.query.tier), make))


def one_unit(ask: Ask) -> shapes.Portrait:
    """One unit: what it is, where it stands, and why. Raises Problem (404)."""
    unit = ask.unit()
    frozen = ask.frozen.portrait(unit)
    row, high_and_low = frozen.units.loc[unit], portrait.strengths(frozen, unit)
    (ties, ranked), root = portrait.ranking(frozen, unit), frozen.framework.root.code
    axes = portrait.axes(frozen, unit, [root, *portrait.dimension_codes(frozen)])
    own = frozen.adjustments[frozen.adjustments["unit"] == unit].drop(columns="unit")
    return shapes.Portrait(
        **of_release(ask.frozen), **_rows(frozen.units, [unit], parts.Score)[0], **row[["geometric", "weakest", "weakest_gap"]].to_dict(),
        ties=ties or None, ranked=ranked, unbalanced=portrait.unbalanced(frozen, unit), group=portrait.group(frozen, unit)[0],
        group_median=axes.at[root, "median"], dimensions=_dimensions(frozen, unit, axes.drop(index=root)),
        strengths=_spots(high_and_low[0]), weak_spots=_spots(high_and_low[1]), adjustments=own.to_dict("records"),
    )  # fmt: skip


def unit_cells(ask: Ask) -> shapes.UnitCells:
    """All indicators of one unit, in the framework's order. Raises Problem (404)."""
    unit = ask.unit()
    frozen = ask.frozen.of([unit])
    name = frozen.units.at[unit, "name"]
    cells = frozen.cells[frozen.cells["unit"] == unit].set_index("indicator")
    marks, ranks = frozen.marks[frozen.marks["unit"] == unit].set_index("indicator"), frozen.ranks.loc[unit]

    def make(part: Sequence[Node]) -> list[dict[str, Any]]:
        codes = [node.code for node in part]
        return [_names(frozen.framework, n) | cell for n, cell in zip(part, _cells(cells, marks, ranks, codes), strict=True)]

    return shapes.UnitCells(**of_release(frozen), unit_code=unit, unit_name=name, **ask.page(frozen.framework.indicators, make))


def framework(ask: Ask) -> shapes.FrameworkNodes:
    """The framework by which a release was scored, in its own order."""
    frozen, policy = ask.frozen, ask.frozen.policy
    rules = dict(default_aggregation=policy.aggregation, missing_rule=policy.missing_rule, tiers=list(policy.tier_labels))
    made = ask.page(frozen.framework.nodes, lambda nodes: [_node(frozen.framework, n) for n in nodes])
    return shapes.FrameworkNodes(**of_release(frozen), **rules, **made)


def indicator(ask: Ask) -> shapes.IndicatorCells:
    """One indicator over all units that one may see, by unit code. Raises Problem (404)."""
    frozen, code = ask.frozen, ask.code
    if code not in frozen.framework or not frozen.framework.is_indicator(code):
        what = "不是指标，它的得分见 /api/v1/scores" if code in frozen.framework else "不在指标体系中，请从 /api/v1/indicators 中选一个代码"
        raise Problem(404, f"第 {frozen.number} 号发布中，{clean(code, 60)!r} {what}")

    def make(part: list[str]) -> list[dict[str, Any]]:
        few = frozen.of(part)
        cells, marks = (table[table["indicator"] == code].set_index("unit") for table in (few.cells, few.marks))
        heads = few.units.loc[part, ["name", "sector"]].rename_axis("code").reset_index().to_dict("records")
        return [head | cell for head, cell in zip(heads, _cells(cells, marks, few.ranks[code], part), strict=True)]

    node = _node(frozen.framework, frozen.framework.node(code))
    return shapes.IndicatorCells(**of_release(frozen), indicator=node, **ask.page(ask.own(), make))


def of_release(frozen: Frozen) -> dict[str, Any]:
    """What every answer says of the release that it is of."""
    said = [_DEMO] if frozen.demo else []
    said += [_NOTICES[frozen.state]] if frozen.state in _NOTICES else []
    about = dict(release=frozen.number, period=frozen.period, digest=frozen.digest, release_state=frozen.state, demo=frozen.demo)
    return about | dict(notice="；".join(said))


def _release(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row["release" if name == "number" else name] for name in parts.Release.model_fields}


def _rows(table: pd.DataFrame, units: Sequence[str], shape: type[parts.Unit]) -> list[dict[str, Any]]:
    """Rows of a release's units as a shape has them."""
    columns = [name for name in shape.model_fields if name != "code"]
    return table.loc[units, columns].rename_axis("code").reset_index().to_dict("records")


def _dimensions(frozen: Frozen, unit: str, axes: pd.DataFrame) -> list[dict[str, Any]]:
    table = axes.rename(columns={"label": "name", "unit": "score"})[["name", "score", "median", "q1", "q3"]]
    table = table.assign(rank=frozen.ranks.loc[unit, axes.index], coverage=frozen.coverage.loc[unit, axes.index])
    return table.rename_axis("code").reset_index().to_dict("records")


def _spots(table: pd.DataFrame) -> list[dict[str, Any]]:
    return table.rename_axis("code").reset_index().to_dict("records")


def _names(tree: Framework, node: Node) -> dict[str, str]:
    dimension = tree.dimension_of(node.code)
    return dict(code=node.code, name=node.name, unit=node.unit, dimension=dimension.code if dimension else "")


def _cells(cells: pd.DataFrame, marks: pd.DataFrame, ranks: pd.Series, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Cells by key, with what was done to them before they were scored."""
    part, flags, used = cells.loc[keys], marks["mark"].to_dict(), marks["value"].to_dict()
    table = part[["state", "value", "score"]].assign(rank=ranks[keys], from_ledger=(part["file"] == _LEDGER) & part["batch"].isna())
    return [
        row | dict(marks=[name for flag, name in MARKS.items() if flags.get(key, 0) & flag], used=used.get(key))
        for key, row in zip(keys, table.to_dict("records"), strict=True)
    ]


def _node(tree: Framework, node: Node) -> dict[str, Any]:
    leaf, dimensions = tree.is_indicator(node.code), {d.code for d in tree.dimensions}
    kind = "index" if not node.parent else "indicator" if leaf else "dimension" if node.code in dimensions else "node"
    plain = {name: getattr(node, name) for name in parts.Node.model_fields if hasattr(node, name)}
    found = dict(kind=kind, effective_weight=tree.effective_weight(node.code), normalisation=node.method if leaf else "")
    return plain | found | dict(facets={c: g for c, g in node.facets.items() if g})
