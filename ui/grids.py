"""Tables on the screen, which scroll, and all their rows on paper: the second only when the switch of the text twins is on."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ui.figures import TWIN
from ui.wording import clean

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler
    from streamlit.delta_generator import DeltaGenerator

MOST = 300  # rows on paper: ten sheets across, more is a file's affair
Said = Mapping[str, "str | Callable[[Any], str]"]


def grid(table: pd.DataFrame | Styler, where: DeltaGenerator | Any = st, said: Said | None = None, **how: Any) -> Any:
    """`st.dataframe` with these settings, and what it gives back; for paper the same as an HTML table, where that was asked for.

    said: how a Styler writes its columns, each a format string or a function: it does not tell.
    """
    drawn = where.dataframe(table, **how)
    if st.session_state.get(TWIN):
        where.html(on_paper(table if isinstance(table, pd.DataFrame) else table.data, said or {}, **how))
    return drawn


def on_paper(
    table: pd.DataFrame,
    said: Said,
    column_config: Mapping[str, Any] | None = None,
    column_order: list[str] | None = None,
    placeholder: str = "",
    **_: Any,
) -> str:
    """The first rows as an HTML table with the columns, titles and formats of the screen; of more rows it says how many there are."""
    config = {name: {"label": one} if isinstance(one, str) else one for name, one in (column_config or {}).items()}
    names = [name for name in column_order or table.columns if config.get(name, {}) is not None]
    titles = "".join(f"<th>{html.escape(clean(config.get(name, {}).get('label') or name))}</th>" for name in names)
    columns = [_column(table[name].head(MOST), said.get(name), config.get(name, {}), placeholder) for name in names]
    lines = "".join(f"<tr>{''.join(f'<td>{html.escape(clean(cell))}</td>' for cell in cells)}</tr>" for cells in zip(*columns, strict=True))
    more = f"<caption>共 {len(table):,} 行，印出前 {MOST} 行；其余见下载的文件。</caption>" if len(table) > MOST else ""
    return f'<div class="zx-sheet"><table>{more}<thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table></div>'


def _column(cells: pd.Series, said: str | Callable[[Any], str] | None, config: Mapping[str, Any], placeholder: str) -> list[str]:
    how = said or (config.get("type_config") or {}).get("format")
    return [placeholder if _empty(cell) else _said(cell, how) for cell in cells]


def _empty(cell: Any) -> bool:
    return not isinstance(cell, (list, tuple)) and pd.isna(cell)


def _said(cell: Any, how: str | Callable[[Any], str] | None) -> str:
    """A cell as the screen writes it: numbers by the column's format, else to four places; a line of numbers as they are."""
    if callable(how):
        return how(cell)
    if isinstance(cell, (list, tuple)):
        return " ".join(_said(one, "%.1f") for one in cell if not _empty(one))
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m-%d}"
    if isinstance(cell, bool) or not pd.api.types.is_number(cell):
        return {True: "✓", False: ""}.get(cell, str(cell)) if isinstance(cell, bool) else str(cell)
    if how is None:
        return f"{cell:.4f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)
    named = {"percent": "{:.2%}", "localized": "{:,}"}.get(how, how)
    return named.format(cell) if "{" in named else named % cell
