"""The sheets that a meeting can be made of: their codes, what each takes, and the sheet behind a code."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from briefs import city, city_compare, city_fields, city_method, city_movement, city_work, unit, unit_next, unit_tables
from reports.contents import Sheet, Words
from scoring.errors import ScoringError
from ui.wording import clean

if TYPE_CHECKING:
    from ui.view import View


class Kind(NamedTuple):
    """One kind of sheet: its code, its title ({unit} … stand for the store's words), what it takes, and what makes it.

    `takes`: "" for nothing, else "node", "sector", "unit" or "pair" (two units, `a,b`), which stands behind the code and a colon.
    `make`: (view, what it takes) → the sheet.
    """

    code: str
    title: str
    takes: str
    make: Callable[[View, str], Sheet]


KINDS = {
    kind.code: kind
    for kind in (
        Kind("city", "总体情况", "", city.overview),
        Kind("tiers", "梯队分布", "", city.tiers),
        Kind("movement", "梯队变化", "", city_movement.movement),
        Kind("weak", "共性短板", "", city_fields.weak),
        Kind("tasks", "任务与整改", "", city_work.tasks),
        Kind("exemplars", "典型", "", city_work.exemplars),
        Kind("advice", "分类指导建议", "", city_work.advice),
        Kind("uncertainty", "名次有多可靠", "", city_method.uncertainty),
        Kind("method", "怎样得出", "", city_method.method),
        Kind("dimension", "{dimension}", "node", city_fields.dimension),
        Kind("sector", "{sector}", "sector", city_fields.sector),
        Kind("compare", "两{unit}对比", "pair", city_compare.compare),
        Kind("unit", "{unit}画像", "unit", unit.standing),
        Kind("unit-why", "{unit}得分由来", "unit", unit.why),
        Kind("unit-gap", "{unit}强弱项与差距", "unit", unit.gap),
        Kind("unit-next", "{unit}下一步", "unit", unit_next.next_steps),
        Kind("unit-table", "{unit}指标明细", "unit", unit_tables.annex),
        Kind("unit-tasks", "{unit}任务与风险", "unit", unit_next.work),
    )
}


def choices(view: View, takes: str) -> dict[str, str]:
    """What can stand behind a code that takes this, code → name; of a pair either side. Nothing for a kind that takes nothing."""
    if takes == "node":
        return {d.code: clean(d.name, 60) for d in view.framework.dimensions}
    if takes == "sector":
        return {sector: clean(sector, 60) for sector in sorted(set(view.units["sector"].dropna()) - {""})}
    return {code: clean(name) for code, name in view.units["name"].items()} if takes in ("unit", "pair") else {}


def titles(view: View) -> dict[str, str]:
    """Code → title of every sheet that this view has; pairs, which are chosen one by one, are left out."""
    found = {}
    for kind in KINDS.values():
        head = kind.title.format_map(view.words)
        if not kind.takes:
            found[kind.code] = head
        elif kind.takes != "pair":
            found |= {f"{kind.code}:{code}": f"{head}：{name}" for code, name in choices(view, kind.takes).items()}
    return found


def title(view: View, code: str) -> str:
    """The title of one sheet as `titles` gives it, of a pair too; the code itself where there is no such sheet."""
    kind, argument = _parsed(code)
    if kind is None or not _known(view, kind, argument):
        return clean(code, 60)
    head, names = kind.title.format_map(view.words), choices(view, kind.takes)
    called = [names[part] for part in city_compare.pair(view, argument)] if kind.takes == "pair" else [names[argument]] if kind.takes else []
    return "：".join([head, "、".join(called)] if called else [head])


def sheet(view: View, code: str) -> Sheet:
    """The sheet behind a code; one that says so where the code, or what stands behind it, is not of this view. Raises StoreError."""
    kind, argument = _parsed(code)
    if kind is None:
        return _refused(code, clean(code, 60), f"没有“{clean(code, 60)}”这一种页；可用：{'、'.join(KINDS)}。")
    head = kind.title.format_map(view.words)
    if not _known(view, kind, argument):
        what = {"": "它后面不带参数", "node": "指标体系", "sector": f"{view.words['sector']}名单"}.get(kind.takes, f"{view.words['unit']}名单")
        said = what if not kind.takes else f"“{clean(argument, 60)}”不在本期的{what}中"
        return _refused(code, head, f"{said}；请从会议里去掉这一页，或改选其他{view.words['period']}。")
    try:
        return kind.make(view, argument)
    except ScoringError as error:
        return _refused(code, title(view, code), f"这一号发布不能重新计分，这一页做不出：{clean(error, 300)}")


def _parsed(code: str) -> tuple[Kind | None, str]:
    name, _, argument = code.partition(":")
    return KINDS.get(name), argument


def _known(view: View, kind: Kind, argument: str) -> bool:
    if kind.takes == "pair":
        return bool(city_compare.pair(view, argument))
    return argument in choices(view, kind.takes) if kind.takes else not argument


def _refused(code: str, title: str, why: str) -> Sheet:
    return Sheet(code, title, why, ((Words(("这一页没有内容。",), bullets=False),),))
