"""Columns of a row that are named by whoever sets them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def assigned(values: Mapping[str, Any], settable: Collection[str], *, first: int) -> str:
    """Return `name = $first, …` for the values in their order; raises `ValueError` for what may not be set."""
    unknown = values.keys() - set(settable)
    if unknown:
        raise ValueError(f"not columns to be set: {sorted(unknown)}")
    return ", ".join(f"{name} = ${place}" for place, name in enumerate(values, first))
