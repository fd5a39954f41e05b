"""A short status of something on a page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tag:
    """A word in a coloured box; the colour is a name of the stylesheet."""

    text: str
    colour: str
