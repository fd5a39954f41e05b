"""What a counter has begun to take in and not registered yet, as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.terminal.pages import ScanPage


@dataclass(frozen=True, slots=True)
class Entry:
    """An unfinished entry as it stands."""

    sheet: str
    service: str
    version: int
    typed: Mapping[str, str]
    """What stands on the screen, by the names of the fields."""
    pages: tuple[ScanPage, ...]
    kept_until: datetime
    """From then on it is deleted, unless something of it changes."""


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An unfinished entry in the counter's list."""

    sheet: str
    service: str
    typed: Mapping[str, str]
    changed_at: datetime
    staff_name: str
    """Who wrote last."""
    pages: int
    kept_until: datetime
