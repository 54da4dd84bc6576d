"""TOML from outside, read within bounds: a few lines can be made to take minutes, or to fill the stack."""

import tomllib
from typing import Any

_LONGEST, _LONGEST_LINE = 100_000, 2_000  # characters; a key of many dots takes the square of its length


def parsed(text: str) -> dict[str, Any]:
    """The tables that a TOML text states. Raises tomllib.TOMLDecodeError, also for one out of all bounds."""
    if len(text) > _LONGEST or max(map(len, text.split("\n"))) > _LONGEST_LINE:
        raise tomllib.TOMLDecodeError(f"超出 {_LONGEST} 个字符，或有一行超出 {_LONGEST_LINE} 个字符")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise tomllib.TOMLDecodeError("括号套得太深") from None
