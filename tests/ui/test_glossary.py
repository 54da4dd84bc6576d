"""The glossary: a file in the store's own words, and headings that explain what they say and show it as it stands."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from scoring.policy import DEFAULT_WORDS
from tests.ui.support import opened
from ui import glossary

PAGE = "method"
OTHERS = {"unit": "国家", "sector": "大洲", "period": "年份", "dimension": "支柱", "index": "连通指数", "size": "人口"}
TAG = re.compile(r"<[^>]+>")


def told(markup: str) -> list[str]:
    """The terms of a marked text that carry an explanation."""
    return re.findall(r'<span class="zx-term" tabindex="0" aria-description="[^"]+">([^<]+)</span>', markup)


def shown(app: AppTest) -> str:
    return "".join(part.proto.body for part in app.get("html"))


@pytest.mark.parametrize("words", [DEFAULT_WORDS, OTHERS], ids=["default", "others"])
def test_every_term_is_explained_in_a_few_words_of_the_store(words):
    found = glossary.entries(words)
    assert len(found) > 30
    for term, entry in found.items():
        assert len(entry.text) <= 100 and entry.text.endswith("。") and "{" not in term + entry.text, term
    spellings = [*found, *(entry.also for entry in found.values() if entry.also)]
    assert len(spellings) == len(set(spellings)), "one word, two meanings"
    assert {words["sector"], words["period"], words["dimension"], words["index"]} <= set(found)
    assert words["dimension"] in found["短板"].text and words["unit"] in found["短板"].text


def test_an_explanation_is_reached_by_keyboard_and_stands_once():
    markup = glossary.marked("短板和短板，离散度", DEFAULT_WORDS)
    assert told(markup) == ["短板", "离散度"]
    assert TAG.sub("", markup) == "短板和短板，离散度"


def test_the_longer_term_wins():
    assert told(glossary.marked("所定权重与有效权重", DEFAULT_WORDS)) == ["权重", "有效权重"]
    assert told(glossary.marked("梯队概率", DEFAULT_WORDS)) == ["梯队概率"]


@given(st.text(st.sampled_from("<>&\"'目标区间短板amp;#"), max_size=30), st.sampled_from(["amp", "<b>", 'a"b', "quot", "指数", ""]))
def test_a_text_is_shown_as_it_stands(text, index):
    markup = glossary.marked(text, {**OTHERS, "index": index})
    assert html.unescape(TAG.sub("", markup)) == text


def test_only_a_term_has_a_meaning():
    assert "标准差" in glossary.meaning("离散度", DEFAULT_WORDS)
    assert glossary.meaning("界值", DEFAULT_WORDS) == glossary.meaning("目标区间", DEFAULT_WORDS)
    assert glossary.meaning("离散度与均值", DEFAULT_WORDS) is None


def test_the_list_speaks_the_words_of_the_store(open_page, demo_store, asem_store, latest):
    for store in (demo_store, asem_store):
        view = latest(store)
        body = shown(open_page(store, tab="terms"))
        for entry in glossary.of_view(view):
            assert html.escape(entry.term) in body and html.escape(entry.text) in body
    own = {term for term, entry in glossary.entries(latest(asem_store).words).items() if entry.own}
    assert own and not own & {entry.term for entry in glossary.of_view(latest(asem_store))}
    assert own <= {entry.term for entry in glossary.of_view(latest(demo_store))}


def test_headings_and_cards_of_a_page_explain_their_terms(demo_store, latest):
    view = latest(demo_store)
    app = opened("indicator")
    assert view.words["sector"] in told(shown(app))
    helps = {metric.label: metric.help for metric in app.metric}
    assert helps["中位数"] == glossary.meaning("中位数", view.words)
    assert not helps["中间一半"]
