"""The words of the field, explained: a list, and terms in headings that say what they mean when they are pointed at or touched."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ui.view import View

_FILE = Path(__file__).resolve().parent.parent / "data" / "glossary.csv"

# Escape takes an explanation away without moving the pointer, as WCAG 1.4.13 asks. A constant script: it holds no data.
ESCAPE = """<script>
if (!window.zxEscape) {
  window.zxEscape = true;
  const quiet = document.documentElement.classList;
  addEventListener("keydown", event => { if (event.key === "Escape") quiet.add("zx-quiet"); });
  for (const come of ["pointerover", "focusin"])
    addEventListener(come, event => { if (event.target.closest?.(".zx-term")) quiet.remove("zx-quiet"); });
}
</script>"""

STYLE = """<style>
.zx-term { text-decoration: underline dotted var(--zx-level) 1.5px; text-underline-offset: 0.25em; cursor: help; }
h2.zx-heading { position: relative; }
.zx-term:hover::after, .zx-term:focus::after {
  content: attr(aria-description); position: absolute; left: 0; top: 100%; z-index: 1000; width: max-content; max-width: min(26rem, 100%);
  padding: 0.5rem 0.8rem; background: var(--zx-raised); color: var(--zx-ink); border: 1px solid var(--zx-line);
  border-left: 3px solid var(--zx-red); border-radius: 6px;
  box-shadow: 0 4px 16px rgba(35, 39, 46, 0.16); font-size: 0.9rem; font-weight: 400; line-height: 1.6; text-align: left;
}
.zx-quiet .zx-term::after { display: none; }
[data-testid=stElementContainer]:has(.zx-term:hover, .zx-term:focus) { position: relative; z-index: 1000; }
@media (max-width: 640px) {
  .zx-term:hover::after, .zx-term:focus::after { position: fixed; left: 1rem; right: 1rem; top: auto; bottom: 1rem; width: auto; max-width: none; }
}
@media print { .zx-term { text-decoration: none; } .zx-term::after { display: none; } }
</style>"""


class Entry(NamedTuple):
    """A term with what it means. own: it belongs to the store that speaks of it, others need not know it."""

    group: str
    term: str
    also: str
    own: bool
    text: str


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def entries(words: Mapping[str, str]) -> dict[str, Entry]:
    """Every term of data/glossary.csv in the store's own words; of two that these words make one, the first."""
    found: dict[str, Entry] = {}
    for row in _rows():
        term, text = row["term"].format_map(words), row["text"].format_map(words)
        if term:
            found.setdefault(term, Entry(row["group"], term, row["also"], row["own"] == "yes", text))
    return found


def of_view(view: View) -> list[Entry]:
    """The terms that a release has a use for: all but those of another framework."""
    spoken = "\n".join([*view.words.values(), *view.facets.values(), *(n.name for n in view.framework.nodes)])
    return [entry for entry in entries(view.words).values() if not entry.own or entry.term in spoken]


def meaning(label: str, words: Mapping[str, str]) -> str | None:
    """What a label means that is a term and nothing else; None for any other."""
    entry = _spellings(words).get(label)
    return entry and entry.text


def marked(text: str, words: Mapping[str, str]) -> str:
    """A text as HTML, its terms with their explanations; a term that stands twice is explained once."""
    known = _spellings(words)
    pattern = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    told, parts = set(), []
    for place, part in enumerate(re.split(f"({pattern})", text)):
        entry = known.get(part) if place % 2 else None
        parts.append(html.escape(part) if entry is None or entry in told else _term(part, entry.text))
        told.add(entry)
    return "".join(parts)


def _spellings(words: Mapping[str, str]) -> dict[str, Entry]:
    found = entries(words)
    return found | {entry.also: entry for entry in found.values() if entry.also}


def _term(word: str, text: str) -> str:
    return f'<span class="zx-term" tabindex="0" aria-description="{html.escape(text)}">{html.escape(word)}</span>'
