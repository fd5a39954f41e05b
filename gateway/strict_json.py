"""JSON on which two readers cannot disagree: no member of an object stands twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def once_each(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return the object of these members, for `object_pairs_hook`; raises `ValueError` when one stands twice."""
    read: dict[str, Any] = {}
    for name, value in pairs:
        if name in read:
            raise ValueError(f"{name[:40]!r} stands twice")
        read[name] = value
    return read
