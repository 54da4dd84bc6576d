"""What the page of the work list asks and lists: tabs, filters, big figures, the list of records, and one unit's own work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn

import pandas as pd
import streamlit as st

from store.ledgers.specification import LEDGERS
from ui import address, parts, worklist, worklist_events, worklist_registers
from ui.wording import clean, tags, text
from ui.worklist import WORK, Card, Status
from ui.worklist_cards import unit_cards
from ui.worklist_tables import export, listing, waiting_list

if TYPE_CHECKING:
    from ui.view import View

TABS = {name: LEDGERS[name].title for name in ("task", "rectification", "risk", "brand", "inspection", "activity")}
STATUSES: dict[str, dict[str, Status]] = {
    **dict.fromkeys(WORK, worklist.STATUSES),
    "risk": worklist_registers.RISKS,
    "brand": worklist_registers.BRANDS,
    "inspection": worklist_events.INSPECTIONS,
    "activity": worklist_events.ACTIVITIES,
}
_READ: dict[str, Callable[[View], pd.DataFrame]] = {
    **{name: partial(worklist.work, ledger=name) for name in WORK},
    "risk": worklist_registers.risks,
    "brand": worklist_registers.brands,
    "inspection": worklist_events.inspections,
    "activity": worklist_events.activities,
}
_KINDS = {"task": "category", "rectification": "level", "risk": "post", "activity": "kind"}  # the field to filter and to group by
FILTERS = ("sector", "units", "kind", "status", "cell")
_OF_WORK, _OF_EVENTS = {"now": "本期与未结", "all": "全部记录"}, {"now": "本期", "all": "历期"}
_SPANS = {**dict.fromkeys(WORK, _OF_WORK), "inspection": _OF_EVENTS, "activity": _OF_EVENTS}  # a register has but what stands on the day
MOST = 200  # rows of a list: what nobody reads to its end is filtered or taken away
BOOK = 50_000  # rows of a workbook: more take so long to write that everybody else would wait
_WIDE = {"状态": 118, "离期限": 92, "名称": 250, "编号": 120, "岗位": 110, "佐证材料编号": 110}
_STYLE = """<style>
@media (max-width: 640px) {
.st-key-work_cards [data-testid="stMetric"] { padding: 0.3rem 0.5rem; }
.st-key-work_cards [data-testid="stMetric"] > div { padding: 0; }
.st-key-work_cards [data-testid="stMetricValue"] { font-size: 1.25rem; }
}
</style>"""


def opening(view: View) -> str:
    """The tabs, and beside them the day that is looked at; the chosen ledger."""
    tabs, note = st.columns([3, 2], vertical_alignment="center")
    tab = address.segments("台账", list(TABS), "tab", next(iter(TABS)), TABS, tabs, label_visibility="collapsed")
    note.caption(f"截至 {worklist.as_of(view).isoformat()}。台账天天在变；已发布的得分不变。")
    return tab


def asked(view: View, tab: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The ledger's records that pass the filters by unit, sector and kind, and those of them in the span of time that is looked at.

    Ends the page where the ledger holds none, or none passes.
    """
    if view.records(tab).empty:
        _lacking(view, tab)
    records, span, spans = _READ[tab](view), "now", _SPANS.get(tab, {})
    sectors = sorted(set(view.units["sector"].dropna()) - {""})
    names, chosen = {unit: clean(name, 60) for unit, name in view.units["name"].items()}, {}
    with st.container(key="work_filters"), st.grid(2 + (tab in _KINDS) + bool(spans), min_column_width=150, gap="small"):
        if sectors and not view.peers:
            chosen["sector"] = address.multi(view.words["sector"], sectors, "sector")
        if not view.peers:
            chosen["unit"] = address.multi(view.words["unit"], list(names), "units", names)
        if tab in _KINDS:
            chosen["kind"] = address.multi(kind_title(tab), _kinds(tab, records), "kind")
        if spans:
            span = address.select("范围", list(spans), "span", "now", spans)
    for column, values in chosen.items():
        records = records[records[column].isin(values)] if values else records
    shown = _in_span(tab, records) if span == "now" else records
    if shown.empty:
        wider = f"，或把范围改为“{spans['all']}”" if spans and span == "now" and len(records) else ""
        st.info(f"没有符合筛选的{TABS[tab]}。换一个{text(view.words['period'])}{wider}，或放宽{text(view.words['sector'])}、{text(view.words['unit'])}或类别，或清除全部筛选。")
        st.button("清除筛选", on_click=lambda: st.session_state.update({key: [] for key in FILTERS}))
        address.stop()
    return records, shown


def _in_span(tab: str, records: pd.DataFrame) -> pd.DataFrame:
    """What belongs to the period; registers hold what stands on the day, all of it."""
    if tab in WORK:
        return worklist.current(records)
    return records[records["mine"]] if tab in _SPANS else records


def kind_title(tab: str) -> str:
    """What the kind of a ledger's records is called; "" for a ledger without kinds."""
    return LEDGERS[tab].field(_KINDS[tab]).title if tab in _KINDS else ""


def _kinds(tab: str, records: pd.DataFrame) -> list[str]:
    """The words of a choice in their order, else what the records say."""
    return list(LEDGERS[tab].field(_KINDS[tab]).words) or sorted(set(records["kind"]) - {""})


def grouped(view: View, tab: str, records: pd.DataFrame) -> tuple[str, dict[str, str]]:
    """The column by which the bars are grouped, as chosen here, and what its values are called."""
    titles = {"sector": view.words["sector"], "unit": view.words["unit"], "kind": kind_title(tab)}
    if records["unit"].nunique() == 1:  # whose work it is within the unit
        titles = {"kind": kind_title(tab), "owner": LEDGERS[tab].field(WORK[tab].owner).title if tab in WORK else "", "unit": titles["unit"]}
    offered = [by for by, title in titles.items() if title and (by == "unit" or (records[by] != "").any())]
    by = address.segments("分组", offered, "by", offered[0], titles, label_visibility="collapsed")
    values = sorted(set(records[by]))
    names = tags(view.units["name"]).to_dict() if by == "unit" else {value: value or "（未填）" for value in values}
    return by, {value: names[value] for value in values}


def narrow(view: View, tab: str, by: str, names: Mapping[str, str], clicked: str | None) -> None:
    """Looks closer at the group that was clicked: a sector's units, a unit's kinds, a kind's units; a unit alone opens its portrait."""
    if not clicked:
        return
    if by == "unit" and len(names) == 1:
        parts.open_unit(view, clicked)
    closer = {
        "sector": {"sector": clicked, "by": "unit"},
        "unit": {"units": clicked, "by": "kind" if tab in _KINDS else "unit"},
        "kind": {"kind": clicked, "by": "unit"},
    }
    if by in closer:
        address.turn(**closer[by])


def look_at_cell(clicked: str | None) -> None:
    """Lists the risks of the cell that was clicked."""
    if clicked:
        address.turn(cell=clicked)


def cells() -> list[str]:
    """The cells of the risk map that are looked at: what a new link says, else what is chosen beside the list."""
    said = address.given(("cell",))
    return st.session_state.get("cell", []) if said is None else [cell for cell in said["cell"] if cell != address.ALL]


def cards(found: Sequence[Card]) -> None:
    """The big figures of a tab."""
    st.html(_STYLE)
    with st.container(key="work_cards"), st.grid(len(found), min_column_width=104, gap="small"):
        for card in found:
            parts.metric(card.label, card.value, card.change, card.note, card.help, judged=card.change is not None)


def records(
    view: View, tab: str, shown: pd.DataFrame, paint: Callable[[str], str], csv: Callable[..., bytes], xlsx: Callable[..., bytes]
) -> None:
    """The list, the most pressing first, with a filter by status and the downloads; a click opens a unit or where a record counts.

    `paint`: status → the style of its cell. `csv`, `xlsx`: what makes the bytes of a table, of sheets.
    """
    statuses = STATUSES[tab]
    left, *middle, right = st.columns([7, 3, 3, 3] if tab == "risk" else [7, 4, 3], vertical_alignment="bottom")
    shown = _among(tab, shown, middle)
    ordered = worklist.pressing if tab in WORK else worklist.by_status
    name = f"{view.period} {TABS[tab]}台账"
    with left:
        cut = f"，列出最要紧的 {MOST} 条，其余请筛选或下载" if len(shown) > MOST else ""
        parts.heading("明细", f"{len(shown):,} 条{cut}；点{view.words['unit']}看画像，点别处看计入哪些指标")

    def out(most: int | None = None) -> pd.DataFrame:
        return export(view, tab, ordered(shown, most), statuses)

    notes = [f"共 {len(shown):,} 条，这里是最要紧的 {BOOK:,} 条；全部记录请下载 CSV"] if len(shown) > BOOK else []
    parts.downloads(name, lambda: csv(out(), view.demo), lambda: xlsx({TABS[tab]: out(BOOK)}, notes, view.demo), right)
    if shown.empty:
        st.info("没有符合条件的记录。")
        return
    first = ordered(shown, MOST).assign(ledger=tab)
    _grid(view, first, listing(view, tab, first, statuses), "work_records", paint)


def _among(tab: str, shown: pd.DataFrame, places: list[Any]) -> pd.DataFrame:
    """The records of the statuses, and of the cells of the risk map, that are chosen here; `places`: a column for each choice."""
    titles, quiet = worklist.titled(STATUSES[tab]), dict(label_visibility="collapsed")
    wanted = {"status": address.multi("状态", list(titles), "status", titles, places[0], placeholder="全部状态", **quiet)}
    if tab == "risk":
        squares = sorted(set(shown["cell"]) - {""})
        wanted["cell"] = address.multi("可能性 × 严重性", squares, "cell", None, places[1], placeholder="全部可能性 × 严重性", **quiet)
    for column, values in wanted.items():
        shown = shown[shown[column].isin(values)] if values else shown
    return shown


def of_unit(
    view: View, unit: str, risks: pd.DataFrame, brands: pd.DataFrame, paint: Callable[[str], str] = lambda status: "", most: int = 8
) -> bool:
    """One unit's work: big figures, and the list of what is late and due next; a click opens where the record counts.

    `risks`, `brands`: its rows of the registers. `paint`: status → the style of its cell. `most`: rows of the list. Says and returns
    whether any ledger has records of it.
    """
    held = {ledger: worklist.work(view, ledger, unit) for ledger in WORK}
    if all(rows.empty for rows in (*held.values(), risks, brands)):
        st.info("台账里没有它的任务、整改、风险和品牌。导入业务系统的导出或按模板填好的台账后，这里就有内容。")
        st.code("python manage.py import 任务台账.csv", language="shell")
        return False
    cards(unit_cards({TABS[ledger]: rows for ledger, rows in held.items()}, risks))
    rows = pd.concat([worklist.waiting(rows).assign(ledger=ledger) for ledger, rows in held.items()], ignore_index=True)
    note = f"{len(rows)} 条，截至 {worklist.as_of(view).isoformat()}" + (f"，列出前 {most} 条" if len(rows) > most else "")
    parts.heading("逾期与将到期", note)
    if len(rows):
        first = worklist.pressing(rows, most)
        _grid(view, first, waiting_list(first, TABS, worklist.STATUSES), "unit_work", paint)
    return True


def _grid(view: View, rows: pd.DataFrame, table: pd.DataFrame, key: str, paint: Callable[[str], str]) -> None:
    """A table of records in which any cell can be clicked: that of a unit opens its portrait, another one where the record counts.

    `rows`: unit, ref, ledger, status; `table`: what is shown of them, in the same order.
    """
    painted = table.style.apply(lambda column: [paint(status) for status in rows["status"]], subset=["状态"])
    columns = {name: st.column_config.Column(width=width) for name, width in _WIDE.items() if name in table}
    picked = parts.grid(
        painted, column_config=columns, hide_index=True, placeholder="", key=f"{key} {hash(tuple(rows.index))}", on_select="rerun",
        selection_mode="single-cell", height=460 if len(table) > 12 else "content",
    ).selection.cells  # fmt: skip
    if picked:
        row, column = rows.iloc[picked[0][0]], picked[0][1]
        if column == view.words["unit"]:
            parts.open_unit(view, row["unit"])
        parts.open_record(view, row["unit"], row["ledger"], row["ref"])


def _lacking(view: View, tab: str) -> NoReturn:
    """Says that the store holds nothing of a ledger, and how to bring it; ends the page."""
    title = TABS[tab]
    needed = "、".join(["单位代码", "编号", *(field.title for field in LEDGERS[tab].fields if field.required)])
    st.info(f"库里还没有{title}台账。把业务系统的导出或按模板填好的{title}台账导入后，这里就有内容。列至少有：{needed}。")
    st.code(f"python manage.py import {title}台账.csv", language="shell")
    address.stop()
