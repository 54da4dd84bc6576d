"""A table on paper has all rows that the screen scrolls through, written as the screen writes them."""

import pandas as pd
import streamlit as st

from tests.ui.support import opened
from ui import caption, glance, grids


def test_paper_has_titles_formats_order_and_escaped_text():
    table = pd.DataFrame({"a": [1.25, None], "b": ["<b>甲</b>", "乙"], "c": [0.5, 1.0], "d": ["unseen", "unseen"]})
    config = {"a": st.column_config.NumberColumn("得分", format="%+.1f"), "c": st.column_config.NumberColumn(format="percent"), "d": None}
    shown = grids.on_paper(table, {}, column_config=config, column_order=["b", "a", "c", "d"], placeholder="—")
    assert "<th>b</th><th>得分</th><th>c</th></tr>" in shown
    assert "<td>&lt;b&gt;甲&lt;/b&gt;</td><td>+1.2</td><td>50.00%</td>" in shown and "<td>乙</td><td>—</td><td>100.00%</td>" in shown
    assert "unseen" not in shown


def test_a_long_table_says_how_many_rows_it_has():
    shown = grids.on_paper(pd.DataFrame({"n": range(grids.MOST + 1)}), {})
    assert f"<td>{grids.MOST - 1}</td>" in shown and f"<td>{grids.MOST}</td>" not in shown and f"共 {grids.MOST + 1} 行" in shown


def test_a_styler_is_written_as_told():
    assert "<td>2.50 分</td>" in grids.on_paper(pd.DataFrame({"n": [2.5]}), {"n": "{:.2f} 分"})


def test_twins_of_tables_come_with_the_switch_only(store):
    def sheets(**query):
        return [part for part in opened("method", tab="indicators", **query).get("html") if 'class="zx-sheet"' in part.proto.body]

    assert not sheets() and len(sheets(twin="on")) == 1


def test_the_first_screen_says_what_is_to_be_seen(small_city, latest):
    view = latest(small_city)
    other = view.previous
    first = caption.caption(other, glance.with_change(other, None), None, "")
    assert "最高" in first and "较" not in first
    assert "最低（均值 " in first or "各" not in first
    assert "较上期" in caption.caption(view, glance.with_change(view, other), other, "较上期")
