"""Text from a cluster, made fit to be shown: no control characters, no endless lines."""

import re
import reprlib
from typing import Any

LIMIT = 2000
"""Characters of a verdict's explanation."""

# ECMA-48: CSI sequences, then string sequences (OSC, DCS, SOS, PM, APC) up to their end, then two-character escapes.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"
    r"|\x1b[ -/]*[0-~]?"
)
# The other controls, invisible and direction-changing characters (Trojan Source, CVE-2021-42574), lone surrogates.
_CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]+"
)


def clean(text: str, limit: int = LIMIT) -> str:
    """Return ``text`` without escapes and control characters, newlines kept, at most ``limit`` characters long."""
    head = text[: 4 * limit]
    plain = _CONTROLS.sub(" ", _ESCAPES.sub("", head.replace("\r\n", "\n"))).strip()
    return plain if len(plain) <= limit and len(head) == len(text) else plain[: limit - 2].rstrip() + " …"


def clean_line(text: str, limit: int = LIMIT) -> str:
    """Like ``clean``, on one line."""
    return " ".join(clean(text, limit).split())


class _Short(reprlib.Repr):
    def __init__(self) -> None:
        super().__init__()
        self.maxlevel, self.maxdict, self.maxlist, self.maxstring, self.maxother, self.maxlong = 4, 6, 8, 160, 160, 40


_SHORT = _Short()


def show(value: Any) -> str:
    """Return a value of a manifest as a short literal; nothing in it can move a cursor or span lines."""
    return "nothing" if value is None else _SHORT.repr(value)
