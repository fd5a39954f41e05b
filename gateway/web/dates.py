"""Dates and moments as people write them, in the time of Almaty."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from gateway.clock import ALMATY

_ZONE = ZoneInfo(ALMATY)


def day(value: date | datetime | str | None) -> str:
    """Return dd.mm.yyyy; an aware moment is taken to Almaty first, a string is read as ISO 8601."""
    value = _read(value)
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(_ZONE) if value.tzinfo else value
    return f"{value.day:02}.{value.month:02}.{value.year:04}"


def moment(value: datetime | str | None) -> str:
    """Return dd.mm.yyyy HH:MM in the time of Almaty."""
    read = _read(value)
    if read is None:
        return ""
    if not isinstance(read, datetime):
        return day(read)
    local = read.astimezone(_ZONE) if read.tzinfo else read
    return f"{day(local)} {local.hour:02}:{local.minute:02}"


def read_day(text: str) -> date:
    """Read what a person typed as dd.mm.yyyy; raises `ValueError`."""
    parts = text.replace("/", ".").replace("-", ".").split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        raise ValueError("not a date of the form dd.mm.yyyy")
    numbers = [int(part) for part in parts]
    if len(parts[2]) != 4:
        raise ValueError("the year has four digits")
    return date(numbers[2], numbers[1], numbers[0])


def _read(value: date | datetime | str | None) -> date | datetime | None:
    if not isinstance(value, str):
        return value
    return datetime.fromisoformat(value) if "T" in value or " " in value else date.fromisoformat(value)
