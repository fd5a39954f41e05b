"""Days in forms: typed as dd.mm.yyyy, stored as ISO 8601; what is no day stays as it was typed, to be told of."""

from __future__ import annotations

from gateway.web.dates import day, read_day


def typed_day(value: str) -> str:
    """Return a stored day as it is typed (dd.mm.yyyy)."""
    try:
        return day(value)
    except ValueError:
        return value


def stored_day(value: str) -> str:
    """Return a typed day as it is stored (ISO 8601)."""
    try:
        return read_day(value).isoformat()
    except ValueError:
        return value
