"""Names in markdown show as they are; periods read as people say them."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ui.wording import clean, period_title, tags, text


@given(st.text(max_size=120))
def test_escaped_name_is_one_paragraph_of_that_text(name):
    shown = clean(name)
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text(name))
    inline = [child for token in tokens if token.type == "inline" for child in token.children]
    assert {child.type for child in inline} <= {"text", "text_special"}
    assert "".join(child.content for child in inline) == shown


@pytest.mark.parametrize(
    ("period", "title"),
    [
        ("2024Q4", "2024年四季度"),
        ("2024", "2024年"),
        ("2024H1", "2024年上半年"),
        ("2024H2", "2024年下半年"),
        ("2024M03", "2024年3月"),
        ("试行期", "试行期"),
        ("2024Q9", "2024年Q9"),
    ],
)
def test_period_titles(period, title):
    assert period_title(period) == title


def test_long_and_invisible_names_are_tamed():
    assert len(clean("长" * 300)) == 200
    assert clean("甲\u202e乙\n丙\x00") == "甲 乙 丙"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["示例市财政局", "示例市审计局", "示例市委党校"], ["市财政局", "市审计局", "市委党校"]),
        (["示例市财政局", "示例市审计局"], ["示例市财政局", "示例市审计局"]),  # two: too few to speak of all
        (["示例市财政局", "示例市审计局", "示例市"], ["示例市财政局", "示例市审计局", "示例市"]),  # nothing would be left
        (["United Kingdom", "United States", "Unitania"], ["United Kingdom", "United States", "Unitania"]),  # inside a word
        (["South Korea", "South Sudan", "South Africa"], ["Korea", "Sudan", "Africa"]),
        (["Austria", "Belgium", "中国"], ["Austria", "Belgium", "中国"]),
    ],
)
def test_the_beginning_that_all_names_share_is_left_out(names, shown):
    assert tags(pd.Series(names)).tolist() == shown


def test_one_in_twenty_may_begin_otherwise_and_stays_whole():
    city = [f"示例市{n}号局" for n in range(1, 20)]
    assert tags(pd.Series([*city, "外地财政局"])).tolist() == [*(f"市{n}号局" for n in range(1, 20)), "外地财政局"]
    assert tags(pd.Series([*city, "示例区财政局"])).tolist() == [*(f"市{n}号局" for n in range(1, 20)), "区财政局"]
    assert tags(pd.Series([*city, "市1号局"])).tolist() == [*city, "市1号局"], "two would read alike"
    assert tags(pd.Series([*city[:-1], "外地甲局", "外地乙局"])).tolist() == [*city[:-1], "外地甲局", "外地乙局"], "two are no exception"
