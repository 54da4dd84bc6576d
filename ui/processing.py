"""What was done to a cell between the value that was reported and the one that was scored, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scoring.framework import Node
from scoring.imputation import IMPUTATIONS, method_of
from scoring.index import DENOMINATED, IMPUTED, LOGGED, WINSORISED

if TYPE_CHECKING:
    from ui.view import View


def processed(view: View, unit: str) -> pd.DataFrame:
    """A row an indicator of this unit whose value was not scored as reported, index its code: done (words), value (what was scored)."""
    mine = view.marks[view.marks["unit"] == unit].set_index("indicator")
    done = [_words(view, view.framework.node(code), mark) for code, mark in mine["mark"].items()]
    return pd.DataFrame({"done": done, "value": mine["value"]}, index=mine.index)


def _words(view: View, node: Node, mark: int) -> str:
    steps = {
        DENOMINATED: f"除以{node.denominator}",
        IMPUTED: IMPUTATIONS[method_of(node, view.policy)].title,
        WINSORISED: "缩尾",
        LOGGED: "取对数",
    }
    return "、".join(words for flag, words in steps.items() if mark & flag)
