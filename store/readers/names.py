"""Names to things: units and indicators by code or by name, as they stand in cells and headers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from scoring.framework import Framework, Node

from .cells import BadCell, nearest, text_key

MOST = 3_000  # texts that are looked up one by one; past them all units are read
HINTS = 50  # distinct unknown texts for which the nearest known one is looked up
_MARKS = re.compile(r"[\s\-_:：.、|/]+")


class Units:
    """Units by code or name. Ids are places in `codes`; with `open` an unknown text becomes a new unit of that code.

    `known`: code → name; what has `like` and `near` besides (a register of very many) is asked for a text when it comes.
    """

    def __init__(self, known: Mapping[str, str], open: bool = False):
        self.open = open
        self.codes: list[str] = []
        self.names: list[str] = []
        self._by_code: dict[str, int] = {}
        self._by_key: dict[str, set[int]] = {}
        self._hints: dict[str, str] = {}
        self._known, self._asked = known if hasattr(known, "like") else None, set()
        for code, name in known.items() if self._known is None else ():
            self._put(code, name)

    def add(self, code: str, name: str) -> int:
        """Register a unit, or give a known one another name; returns its id."""
        self._ask(code)
        self._ask(name)
        return self._put(code, name)

    def _ask(self, text: str) -> None:
        """Fetch the units that a text may mean, where they are not all here already. What was put here since is not taken back."""
        if self._known is None or text in self._asked:
            return
        self._asked.add(text)
        known, key = self._known, text_key(text)
        if len(self._asked) > MOST:
            self._known, found = None, known.items()
        else:
            found = [unit for unit in known.like(text) if key in map(text_key, unit)]
        for code, name in found:
            if code not in self._by_code:
                self._put(code, name)

    def _put(self, code: str, name: str) -> int:
        if (at := self._by_code.get(code)) is None:
            at = self._by_code[code] = len(self.codes)
            self.codes.append(code)
            self.names.append(name)
            self._by_key.setdefault(text_key(code), set()).add(at)
        elif self.names[at] != name:
            if text_key(self.names[at]) != text_key(code):
                self._by_key[text_key(self.names[at])].discard(at)
            self.names[at] = name
        self._by_key.setdefault(text_key(name), set()).add(at)
        return at

    def find(self, text: str) -> int | None:
        """Id of the unit with this code or name, None if there is none. Raises BadCell when several have the name."""
        self._ask(text)
        if (at := self._by_code.get(text)) is not None:
            return at
        found = self._by_key.get(text_key(text), set())
        if len(found) > 1:
            codes = "、".join(self.codes[i] for i in sorted(found)[:3])
            raise BadCell(f"对应几个单位（{codes}）；请改填单位代码")
        if not found and self.open:
            return self.add(text, text)
        return next(iter(found), None)

    def name_of(self, code: str) -> str:
        """The name of the unit with this code, "" if there is none."""
        self._ask(code)
        return self.names[self._by_code[code]] if code in self._by_code else ""

    def namesakes(self, name: str) -> list[str]:
        """Codes of the units that have this name."""
        self._ask(name)
        return [self.codes[i] for i in sorted(self._by_key.get(text_key(name), ())) if text_key(self.names[i]) == text_key(name)]

    def nearest(self, text: str) -> str:
        """The nearest name or code; "" past the first HINTS texts, since each costs a comparison with every unit."""
        if text not in self._hints:
            near = [*self.names, *self.codes] if self._known is None else self._known.near(text)
            self._hints[text] = nearest(text, near) if len(self._hints) < HINTS else ""
        return self._hints[text]


class Indicators:
    """Nodes of a framework by code, by name, or by `代码 名称`, with or without the unit in brackets.

    `columns`: what has values, by code: the indicators, then the denominators that are none, each as a node of its own.
    """

    def __init__(self, framework: Framework):
        self.framework = framework
        self.columns = {c: framework.node(c) if c in framework else Node(c, "", c) for c in framework.columns}
        self.ids = {code: k for k, code in enumerate(self.columns)}
        self._by_key: dict[str, list[Node]] = {}
        self._hints: dict[str, str] = {}
        for node in (*framework.nodes, *(n for c, n in self.columns.items() if c not in framework)):
            for key in labels(node):
                self._by_key.setdefault(key, []).append(node)

    def find(self, text: str) -> Node | None:
        """The indicator or denominator that a text names, None if there is none.

        Raises BadCell: several of the name, or an inner node.
        """
        found = self._named(text)
        found = _the_one([n for n in found if n.code in self.ids] or found)
        if found is None:
            return None
        if found.code not in self.ids:
            raise BadCell(f"是汇总节点（{found.code}），得分由下级指标算出，不能填值；请删去")
        return found

    def node(self, text: str) -> str | None:
        """Code of the framework's node, inner or not, that a text names; None if there is none. Raises BadCell: several."""
        found = _the_one([n for n in self._named(text) if n.code in self.framework])
        return found and found.code

    def _named(self, text: str) -> list[Node]:
        if text in self.columns or text in self.framework:
            return [self.columns.get(text) or self.framework.node(text)]
        return self._by_key.get(text_key(text)) or self._split(text)

    def _split(self, text: str) -> list[Node]:
        """`POL1-名称`, `POL1：名称的一部分`: a code, a mark, and words that are in the node's name, or around it."""
        code, _, rest = _MARKS.sub("\0", text.strip()).partition("\0")
        if code not in self.framework or not rest:
            return []
        node = self.framework.node(code)
        words, name = text_key(_MARKS.sub("", rest)), text_key(_MARKS.sub("", node.name))
        return [node] if words in name or name in words else []

    def nearest(self, text: str) -> str:
        """The nearest code or name of an indicator, "" past the first HINTS texts."""
        if text not in self._hints:
            known = [t for code, node in self.columns.items() for t in (code, node.name)]
            self._hints[text] = nearest(text, known) if len(self._hints) < HINTS else ""
        return self._hints[text]


def _the_one(found: list[Node]) -> Node | None:
    if len(found) > 1:
        raise BadCell(f"对应几个指标（{'、'.join(n.code for n in found[:3])}）；请改用指标代码")
    return found[0] if found else None


def labels(node: Node) -> set[str]:
    """What a header may say for a node, as `text_key` forms: code, name, both, each with or without the unit."""
    code, name, unit = text_key(node.code), text_key(node.name), text_key(node.unit)
    bare = {code, name, code + name, f"{code}({name})", f"{name}({code})"}
    return bare | {f"{label}({unit})" for label in bare if unit}
