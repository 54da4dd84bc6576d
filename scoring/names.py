"""When two names are one."""

from __future__ import annotations

import re
import unicodedata


def text_key(text: str) -> str:
    """The form in which names are compared: NFKC, no blanks, no quotation marks, case folded."""
    if text.isascii() and text.isalnum():
        return text.casefold()
    return re.sub(r"[\s\"'“”‘’「」『』]+", "", unicodedata.normalize("NFKC", text)).casefold()
