"""Pieces that pages share: headings, big figures, filters, downloads, what to do when the store fails."""

import html
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ui import address, exports, glossary, viewer
from ui.figures import figure
from ui.grids import grid
from ui.places import open_page
from ui.user import current_user
from ui.wording import clean, period_title, text

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

    from ui.view import View

__all__ = [
    "downloads", "filters", "finding", "grid", "heading", "metric", "no_permission", "node_figure", "open_record", "open_trace", "open_unit", "panel",
    "period_title", "picked", "store_problem", "text", "unit_figure",
]  # fmt: skip


def heading(title: str, note: str = "") -> None:
    """The heading of a section, with a quiet note behind it; both are plain text, of which the glossary's terms are explained."""
    words = viewer.words()
    quiet = f' <span class="zx-note">{glossary.marked(clean(note), words)}</span>' if note else ""
    st.html(f'<h2 class="zx-heading">{glossary.marked(clean(title), words)}{quiet}</h2>')


def finding(sentence: str) -> None:
    """What a page's figures let one see, in a plain sentence over them."""
    st.html(f'<div class="zx-finding">{html.escape(clean(sentence, 300))}</div>')


def metric(
    label: str,
    value: str,
    delta: str | None = None,
    note: str = "",
    help: str | None = None,
    judged: bool = True,
    where: Any = st,
) -> None:
    """A big figure in a card. delta: text with its sign; note: what it is compared with.

    judged: more is better, so a rise is teal and a fall brown; else a change is grey, as of a count that is neither good nor bad.
    """
    up, down = bool(delta) and delta.startswith("+"), bool(delta) and delta.startswith(("−", "-"))
    colour = ("green" if up else "orange" if down else "gray") if judged else "gray"
    where.metric(
        text(label), value, delta, delta_color=colour, delta_arrow="up" if up else "down" if down else "off",
        delta_description=text(note) or None,
        help=help or text(glossary.meaning(label, viewer.words())) or None,
        border=True, height="stretch",
    )  # fmt: skip


def open_unit(view: "View", unit: str) -> None:
    """Opens the portrait of a unit at the view's period."""
    open_page("unit", unit=unit, period=view.period)


def open_trace(view: "View", unit: str, node: str) -> None:
    """Opens the way from a unit's score of a node down to the records, at the view's period."""
    open_page("trace", tab="down", unit=unit, node=node, period=view.period)


def open_record(view: "View", unit: str, ledger: str, ref: str) -> None:
    """Opens the way from a record of a unit up to the figures that it feeds, at the view's period."""
    open_page("trace", tab="up", unit=unit, ledger=ledger, ref=ref, period=view.period)


def unit_figure(view: "View", fig: Any, key: str, alt: str, tall: bool = False) -> None:
    """Shows a figure whose points are units; a click opens that unit's portrait."""
    if unit := figure(fig, key, alt, view.units.index, tall):
        open_unit(view, unit)


def node_figure(view: "View", unit: str, fig: Any, key: str, alt: str) -> None:
    """Shows a figure of a unit whose points are nodes; a click opens the way from that node's score down."""
    if node := figure(fig, key, alt, view.framework.codes):
        open_trace(view, unit, node)


def panel(
    where: Any, fig: Any, key: str, alt: str, title: str, help: str | None = None, pick: Iterable[str] | None = None
) -> str | None:
    """A figure under a quiet title in one of several columns; with `pick`, the code that was clicked, as of `figure`."""
    with where:
        st.caption(text(title), help=help)
        return figure(fig, key, alt, pick)


def filters(view: "View", tier_titles: dict[str, str] | None = None, where: Any = st) -> pd.DataFrame:
    """Filters by area, sector and tier, in the address; the rows of view.units that pass. There is none by what all have in common."""
    units, kept = view.units, pd.Series(True, index=view.units.index)
    titles = {"area": "地区", "sector": view.words["sector"]}
    offered = {column: sorted(set(units[column].dropna()) - {""}) for column in titles}
    if len(offered["area"]) < 2:
        del offered["area"]
    *columns, right = where.columns(len(offered) + 1)
    for (column, options), place in zip(offered.items(), columns, strict=True):
        chosen = address.multi(titles[column], options, column, where=place) if options else []
        kept &= units[column].isin(chosen) | (not chosen)
    tiers = address.multi("梯队", list(view.labels), "tier", tier_titles, where=right)
    return units[kept & units["tier"].isin(tiers)] if tiers else units[kept]


def picked(table: "pd.DataFrame | Styler", key: str, most: int = 12, **how: Any) -> str | None:
    """Shows a table, index code, of which a row can be chosen; the chosen row's code. most: rows that are seen at once."""
    codes = table.index
    how = {"hide_index": True, "placeholder": "—", "height": 35 * (most + 1) + 3 if len(codes) > most else "content", **how}
    key = f"{key} {hash(tuple(codes))}"  # rows are chosen by number: of other rows nothing is chosen
    rows = grid(table, key=key, on_select="rerun", selection_mode="single-row", **how).selection.rows
    return next((codes[k] for k in rows if k < len(codes)), None)


def downloads(name: str, csv: Callable[[], bytes], xlsx: Callable[[], bytes], where: Any = st) -> None:
    """Buttons that hand out a table as CSV and XLSX, made only when pressed; none for one who may take nothing out.

    name: the file's name without an ending.
    """
    if not current_user().may("export"):
        return
    row, name = where.container(horizontal=True), exports.named(name)
    sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    row.download_button("下载 CSV", exports.recorded(csv, f"{name}.csv"), f"{name}.csv", "text/csv", key=f"{name}.csv", on_click="ignore")
    row.download_button("下载 XLSX", exports.recorded(xlsx, f"{name}.xlsx"), f"{name}.xlsx", sheet, key=f"{name}.xlsx", on_click="ignore")


def store_problem(error: Exception, command: str) -> None:
    """A calm page instead of the contents: what is wrong, and the command to type."""
    st.error(text(error, 600), icon=":material/database_off:")
    st.write("在安装目录里运行下面的命令，然后刷新本页：")
    st.code(command, language="shell")


def no_permission(what: str, remedy: str) -> None:
    """A calm card instead of what a person may not see or do: what that is, and who can help."""
    st.warning(text(what, 300), icon=":material/lock:")
    st.write(text(remedy, 300))
