"""What the page of the method shows that is neither a table nor a figure: stages, steps and rules as cards."""

import html
import math
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

import streamlit as st

from ui import glossary, parts, tour
from ui.method_text import Stage
from ui.wording import clean, tenth
from ui.worked_example import Step, number

if TYPE_CHECKING:
    from ui.view import View

_STYLE = """<style>
.zx-stages { display: grid; grid-template-columns: repeat(auto-fit, minmax(128px, 1fr)); gap: 0.5rem; }
.zx-stages > div { border: 1px solid var(--zx-line); border-top: 3px solid var(--zx-red); border-radius: 6px; padding: 0.4rem 0.7rem; }
.zx-stages span, .zx-stages small { display: block; color: var(--zx-soft); font-size: 0.85rem; overflow-wrap: anywhere; }
.zx-stages small { color: var(--zx-muted); font-size: 0.8rem; }
.zx-stages b { font-size: 1.15rem; }
.zx-lines > div { display: grid; grid-template-columns: minmax(11rem, 17rem) 1fr minmax(7rem, auto); gap: 0 1rem;
  align-items: baseline; border-bottom: 1px solid var(--zx-line); padding: 0.4rem 0; }
.zx-lines > div:last-child { border-bottom: 0; }
.zx-lines .name { font-weight: 600; overflow-wrap: anywhere; }
.zx-lines .how { overflow-wrap: anywhere; }
.zx-lines small { color: var(--zx-muted); display: block; font-weight: 400; font-size: 0.8rem; }
.zx-lines .figure { text-align: right; font-size: 1.1rem; font-weight: 700; }
.zx-lines.end > div:last-child .figure { color: var(--zx-red); font-size: 1.35rem; }
.zx-rules { columns: 3 280px; column-gap: 1.8rem; }
.zx-rules > div { break-inside: avoid; margin-bottom: 0.7rem; }
.zx-rules h3 { font-size: 0.95rem; margin: 0 0 0.1rem; padding: 0; }
.zx-rules p { margin: 0 0 0.25rem; font-size: 0.92rem; overflow-wrap: anywhere; }
@media (max-width: 640px) {
  .zx-stages { grid-template-columns: 1fr 1fr; }
  .zx-lines > div { grid-template-columns: 1fr auto; }
  .zx-lines .how { grid-column: 1 / -1; grid-row: 2; }
}
</style>"""
COLUMNS = {
    "代码": st.column_config.Column(width=70),
    "指标": st.column_config.Column(width=230),
    "占指数": st.column_config.NumberColumn(format="%.2f%%", width=70),
    "来源": st.column_config.Column(width=130),
}


def _text(words: object) -> str:
    return html.escape(clean(words, 600))


def stages(found: Iterable[Stage]) -> None:
    """The steps of the calculation as a row of numbered cards."""
    cards = (
        f"<div><span>{place} {_text(s.title)}</span><b>{_text(s.figure)}</b><small>{_text(s.words)}</small></div>"
        for place, s in enumerate(found, 1)
    )
    st.html(f'{_STYLE}<div class="zx-stages">{"".join(cards)}</div>')


def steps(found: Iterable[Step]) -> None:
    """A worked example: what, how, and the result as the product shows it, with the figure to go on computing with below it."""
    lines([(s.title, s.formula, s.note, *_result(s)) for s in found], "end")


def _result(step: Step) -> tuple[str, str]:
    """(as the product shows it, to four decimals where that says more)."""
    if step.shown:
        return step.shown, ""
    if math.isnan(step.result):
        return "—", ""
    exact = number(step.result)
    if step.unit:
        return f"{exact} {step.unit}", ""
    shown = tenth(step.result)
    return shown, "" if exact in (shown, shown.removesuffix(".0")) else exact


def lines(rows: Iterable[tuple[str, str, str, str, str]], style: str = "") -> None:
    """Rows of name, what is said of it, a quiet note, a figure, and a quiet figure below it; style "end": the last one counts."""
    items = (
        f'<div><span class="name">{_text(name)}</span><span class="how">{_text(how)}{_small(note)}</span>'
        f'<span class="figure">{_text(figure)}{_small(below)}</span></div>'
        for name, how, note, figure, below in rows
    )
    st.html(f'{_STYLE}<div class="zx-lines {style}">{"".join(items)}</div>')


def _small(words: str) -> str:
    return f"<small>{_text(words)}</small>" if words else ""


def rules(found: Iterable[tuple[str, list[str]]]) -> None:
    """Headings with their sentences, as many beside each other as there is room for."""
    cards = ""
    for title, sentences in found:
        cards += f"<div><h3>{_text(title)}</h3>{''.join(f'<p>{_text(sentence)}</p>' for sentence in sentences)}</div>"
    st.html(f'{_STYLE}<div class="zx-rules">{cards}</div>')


def terms(view: "View") -> None:
    """The glossary, and the way back to the tour."""
    for group, entries in groupby(glossary.of_view(view), key=lambda entry: entry.group):
        parts.heading(group)
        lines([(e.term, e.text, f"也说{e.also}" if e.also else "", "", "") for e in entries])
    st.html(tour.AGAIN)
