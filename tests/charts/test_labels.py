"""Names are user data: a figure shows them as text, on one line, cut where they are too long."""

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts.labels import cut, plain, width, wrapped

NAMES = st.text(max_size=250)


@given(NAMES, st.integers(1, 60))
def test_plain_text_holds_no_markup_and_keeps_to_its_width(name, columns):
    shown = plain(name, columns)
    assert "<" not in shown and ">" not in shown and "\n" not in shown
    assert width(html.unescape(shown)) <= columns


@given(NAMES, st.integers(6, 30), st.integers(1, 4))
def test_wrapped_text_keeps_to_its_lines(name, columns, lines):
    rows = wrapped(name, columns, lines).split("<br>")
    assert len(rows) <= lines
    assert all(width(html.unescape(row)) <= columns and "<" not in row for row in rows)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("A & B", "A &amp; B"),
        ("甲\n乙\u202e丙", "甲 乙 丙"),
        ("🏮局", "🏮局"),
        ("%{x}局", "%&#123;x}局"),  # plotly would put a number there
        ("", ""),
    ],
)
def test_known_names(name, shown):
    assert plain(name) == shown


def test_long_name_ends_in_an_ellipsis():
    assert cut("长" * 200, 21) == "长" * 10 + "…"


def test_words_stay_whole_and_chinese_breaks_anywhere():
    assert wrapped("Brunei Darussalam", 14) == "Brunei<br>Darussalam"
    assert wrapped("市人力资源和社会保障局", 12) == "市人力资源和<br>社会保障局"
