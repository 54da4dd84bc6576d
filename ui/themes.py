"""The light and the dark theme: which one this run is for, and the switch between them.

Streamlit draws both (.streamlit/config.toml) and keeps the visitor's choice in the browser; only its menu, which is English, could change
it. The switch writes the same note and loads the page again: the address keeps what is shown, no link takes the choice along, and the
server holds none of it.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import streamlit as st


class Painter(NamedTuple):
    """Turns a finished figure, and a colour in a table, to the dark theme."""

    figure: Callable[[Any], Any]
    colour: Callable[[str], str]


# This room draws nothing: the server hands in who does. Without one, figures stay light.
painter: Painter | None = None


def dark() -> bool:
    """Whether this run is for a dark screen; not where there is none to ask."""
    return st.context.theme.type == "dark"


def painted(fig: Any) -> Any:
    """A figure for the theme of this run."""
    return painter.figure(fig) if painter and dark() else fig


def shown(colour: str) -> str:
    """A figure's colour, #RRGGBB, as words in a table have it in the theme of this run."""
    return painter.colour(colour) if painter and dark() else colour


_SWITCH = """
<div role="radiogroup" aria-label="明暗">
  <label><input type="radio" name="zx-theme" value="Light"><span>浅色</span></label>
  <label><input type="radio" name="zx-theme" value="Dark"><span>深色</span></label>
  <label><input type="radio" name="zx-theme" value="System"><span>随系统</span></label>
</div>"""
_STYLE = """
div { display: flex; width: 100%; font-family: var(--st-font); font-size: 0.875rem; color: var(--st-text-color); }
label { flex: 1; text-align: center; cursor: pointer; }
input { position: absolute; opacity: 0; }
span { display: block; padding: 0.3rem 0; border: 1px solid var(--st-border-color); margin-left: -1px; white-space: nowrap; }
label:first-child span { border-radius: 6px 0 0 6px; margin-left: 0; }
label:last-child span { border-radius: 0 6px 6px 0; }
input:checked + span { background: var(--st-secondary-background-color); color: var(--st-link-color); font-weight: 600; }
input:focus-visible + span { outline: 2px solid var(--st-link-color); outline-offset: 1px; }
"""
# Streamlit's note holds for one path: it is written for every page, and again where a page was not known to it.
_SCRIPT = """
const KEY = "zx-theme", chosen = () => localStorage.getItem(KEY) ?? "System";

function keep(choice, pages) {
  localStorage.setItem(KEY, choice);
  const here = location.pathname, page = pages.find((name) => here.endsWith("/" + name)) ?? "", base = here.slice(0, here.length - page.length);
  for (const path of new Set([here, base, ...pages.map((name) => base + name)]))
    localStorage.setItem(`stActiveTheme-${path}-v2`, JSON.stringify(choice));
}

// What is not in the address would be lost: a file that was brought, a text that was typed.
const unsaved = () => [...document.querySelectorAll("[data-testid=stMain] :is(textarea, input[type=text], [data-testid=stFileUploaderFile])")]
  .some((field) => field.value === undefined || (field.value && field.role !== "combobox"));

export default function ({ data, parentElement, setTriggerValue }) {
  const choices = [...parentElement.querySelectorAll("input")], mark = () => choices.forEach((one) => { one.checked = one.value === chosen(); });
  mark();
  for (const one of choices)
    one.onchange = () => {
      if (unsaved() && !confirm("换明暗要重新载入本页，填了还没有保存的内容会丢。现在换吗？")) return mark();
      keep(one.value, data.pages);
      location.reload();
    };
  const screen = getComputedStyle(document.querySelector(".stApp")).colorScheme;
  if (matchMedia("print").matches) return;
  if (chosen() !== "System" && chosen().toLowerCase() !== screen) {
    if (sessionStorage.getItem(KEY) === location.href) return;  // once: a note that does nothing is no reason to go on
    sessionStorage.setItem(KEY, location.href);
    keep(chosen(), data.pages);
    location.reload();
  } else if (screen !== data.screen && window.zxScreen !== screen) setTriggerValue("screen", screen);
  window.zxScreen = screen;  // the evening has come: what the server draws follows, once
}
"""
_component = st.components.v2.component("themes", html=_SWITCH, css=_STYLE, js=_SCRIPT)


def switch(pages: Sequence[str]) -> None:
    """The switch between light, dark and what the system has. pages: the addresses of all pages."""
    _component(key="themes", data={"pages": list(pages), "screen": "dark" if dark() else "light"}, on_screen_change=lambda: None)
