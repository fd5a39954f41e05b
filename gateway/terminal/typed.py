"""What is typed at a terminal and kept between one key and the next, whole and unjudged."""

from __future__ import annotations

from typing import Final

LONGEST_VALUE: Final = 4000
"""Of anything that is typed; a field of the form may take less."""


def storable(value: str) -> str:
    """Return a value without what no row can hold: the null character, and halves of characters."""
    return value.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
