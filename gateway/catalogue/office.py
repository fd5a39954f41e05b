"""Offices: which provider takes applications for which services, where, when, and by which route."""

from __future__ import annotations

import re
from datetime import time
from typing import Annotated

from pydantic import Field, PlainSerializer, PlainValidator

from gateway.catalogue.terms import Identifier, Strict, Wording


def _parse_time(value: object) -> time:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('expected a time of day in quotes, such as "09:00"')
    return time.fromisoformat(value)


TimeOfDay = Annotated[time, PlainValidator(_parse_time), PlainSerializer(lambda value: value.strftime("%H:%M"))]


class OfficeHours(Strict):
    """When an office works on a working day (Asia/Almaty), with its midday break."""

    opens: TimeOfDay
    closes: TimeOfDay
    break_from: TimeOfDay
    break_to: TimeOfDay

    @property
    def spans(self) -> tuple[tuple[time, time], tuple[time, time]]:
        """Return the two spans of work, before and after the break."""
        return (self.opens, self.break_from), (self.break_to, self.closes)


class Office(Strict):
    """One provider's office; addresses, numbers and hours are assumed unless a source is named."""

    id: Identifier
    name: Wording
    bin: Annotated[str, Field(pattern=r"^\d{12}$")]
    region: Wording
    territory: str
    address: Wording
    phone: str
    hours: OfficeHours
    route_id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,40}$")]
    services: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    pick_up_place: Wording
    assumed: bool
