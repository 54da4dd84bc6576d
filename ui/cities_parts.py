"""The page that compares areas, piece by piece: what is chosen, what stands where nothing can be compared, the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from ui import address, area_reads, cities, parts
from ui.places import open_page
from ui.scope import KEY, Scoped
from ui.wording import clean, period_title, text

if TYPE_CHECKING:
    from ui.view import View

OF, CHOSEN = "of", "areas"  # keys of the address
TABS = {"two": "差在哪里", "heat": "热力图", "change": "较上期", "table": "明细"}
ROLLUP = "python manage.py rollup 甲市=甲.db 乙市=乙.db --out 全省.db"


def opening(view: View) -> cities.Areas:
    """The area whose parts are compared, by selector; ends the page where the release has none, and says what makes one."""
    if not area_reads.areas(*cities.key(view)):
        unit = text(view.words["unit"])
        st.info(f"本期的{unit}不分地区，没有可比较的。把各地的库汇总成一个，各地就是地区：", icon=":material/account_tree:")
        st.code(ROLLUP, language="shell")
        address.stop()
    titles = cities.places(view)
    path = _chosen_area(view, titles, st.columns([1.4, 3])[0])
    found = cities.within(view, "" if path == address.ALL else path)
    if found.table.empty:
        st.info(f"{text(titles[path])}里不再分{text(view.words['sector'])}。请选别的范围。", icon=":material/account_tree:")
        address.stop()
    return found


def _chosen_area(view: View, titles: dict[str, str], where: Any) -> str:
    """The code of what is looked into: in a large store that of the header's way, which a choice here changes."""
    if not isinstance(view, Scoped):
        return address.select("范围", list(titles), OF, address.ALL, titles, where, label_visibility="collapsed")
    here = view.scope if view.scope in titles else view.scope.rpartition("/")[0]
    now = here if here in titles else address.ALL
    place = list(titles).index(now)
    path = where.selectbox("范围", list(titles), place, titles.get, key=f"cities_of {now}", label_visibility="collapsed")
    if path != now:
        address.turn(**{KEY: path})
    return path


def everywhere(view: View, areas: cities.Areas) -> float:
    """The mean over all units of what is looked at."""
    return float(area_reads.group(*cities.key(view), areas.path)["mean"])


def chosen(areas: cities.Areas, word: str, most: int) -> list[str]:
    """Two to `most` areas, in the address; the first and the last where fewer are chosen. Ends the page where there are not two."""
    scored = areas.table.index[areas.table["mean"].notna()].tolist()
    if len(scored) < 2:
        st.info(f"有得分的{text(word)}不到两个，没有可比的。")
        address.stop()
    titles = {path: clean(areas.table.at[path, "name"], 40) for path in scored}
    held = address.multi(f"比较（2–{most} 个{word}，先选的两个看差距）", scored, CHOSEN, titles, placeholder="最高的和最低的")
    if len(held) > most:
        st.warning(f"最多同时比较 {most} 个，只显示前 {most} 个。", icon=":material/filter_list:")
    return held[:most] if len(held) > 1 else [*held, *(p for p in (scored[0], scored[-1]) if p not in held)][:2]


def open_area(view: View, path: str | None) -> None:
    """Opens 云图 at an area that was clicked."""
    if path:
        open_page("overview", **{KEY: path}, period=view.period)


def lacking(names: list[str], period: str) -> None:
    """Says which areas the period before does not have."""
    if names:
        st.caption(f"{period_title(period)}没有{'、'.join(text(n) for n in names[:12])}{'等' if len(names) > 12 else ''}的得分，未列入。")


def listing(view: View, areas: cities.Areas, sheet: pd.DataFrame) -> None:
    """The table of all figures; a row that is chosen opens 云图 there."""
    whole = [c for c in sheet if pd.api.types.is_integer_dtype(sheet[c])]
    column = st.column_config
    config = {c: column.NumberColumn(format="%d" if c in whole else "%.1f", width=84) for c in sheet.select_dtypes("number")}
    shown = sheet.assign(**{c: sheet[c].str[:10] for c in ("当地发布时间",) if c in sheet})
    open_area(view, parts.picked(shown, "cities", 14, column_config=config | {sheet.columns[0]: column.TextColumn(pinned=True)}))
