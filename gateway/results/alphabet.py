"""The letters that a result document may hold: those that the page's font has, so that nothing is shown as a box.

Invisible characters (soft hyphen, zero-width and direction marks) are left out: what is signed is what is seen.
`Words` in result.xsd names the same letters.
"""

from __future__ import annotations

import re

KAZAKH = "ӘәҒғҚқҢңӨөҰұҮүҺһІі"
"""The letters that Kazakh has beyond the Russian alphabet."""

PRINTABLE = (
    "\u0020-\u007e"
    "\u00a0-\u00ac\u00ae-\u017f"
    "\u0400-\u045f\u0490-\u04c4\u04c7-\u04cc\u04d0-\u04f9"
    "\u2011\u2013\u2014\u2018-\u201a\u201c-\u201e\u2026\u2039\u203a\u2116"
)
_UNPRINTABLE = re.compile(f"[^{PRINTABLE}]")


def unprintable(text: str) -> str:
    """Return the characters of `text` that a result document cannot show, each once, in their order."""
    return "".join(dict.fromkeys(_UNPRINTABLE.findall(text)))
