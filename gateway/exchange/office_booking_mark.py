"""What a provider's office marked of a time that was booked there, on its way back to the portal.

It goes in the chain of the booking itself and names the whole booking, but nobody: who booked it the portal knows. Of
one booking two marks may come, since who was marked as not come may still come.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from gateway.clock import ALMATY
from gateway.exchange.document import Draft, Reading, written
from gateway.exchange.errors import ExchangeCode, PayloadRefused
from gateway.exchange.schema import Schema

NAMESPACE: Final = "urn:qyzmet:office-booking-mark:1"
SCHEMA: Final = Schema("office-booking-mark.xsd", NAMESPACE, "officeBookingMark")
_MAX_BYTES = 8 * 1024
_ZONE = ZoneInfo(ALMATY)


class VisitMark(StrEnum):
    """Whether the person came; the values are the elements of the document."""

    CAME = "came"
    NO_SHOW = "noShow"


@dataclass(frozen=True, slots=True)
class OfficeBookingMark:
    """A mark as it travels; office, day and ticket tell its booking from every other."""

    office: str
    service: str
    booked_for: datetime
    ticket: int
    mark: VisitMark
    at: datetime
    """When it was made."""

    @property
    def day(self) -> date:
        """Return the day for which it was booked, in the time of Almaty."""
        return self.booked_for.astimezone(_ZONE).date()


def build_mark(mark: OfficeBookingMark) -> bytes:
    """Write the payload, always the same bytes for the same mark; raises `PayloadNotWritable`."""
    draft = Draft(SCHEMA)
    root = draft.root
    draft.add(root, "office", mark.office)
    draft.add(root, "service", mark.service)
    draft.add(root, "bookedFor", written(mark.booked_for))
    draft.add(root, "ticket", str(mark.ticket))
    draft.add(root, mark.mark.value, attributes={"at": written(mark.at)})
    return draft.to_bytes()


def read_mark(data: bytes) -> OfficeBookingMark:
    """Read the payload; raises `PayloadRefused`."""
    reading = Reading.of(data, SCHEMA, max_bytes=_MAX_BYTES)
    mark = next(one for one in VisitMark if reading.has(one.value))
    (told,) = reading.all(mark.value)
    try:
        at = datetime.fromisoformat(str(told.attrib["at"]))
    except ValueError as error:
        raise PayloadRefused(ExchangeCode.VALUE, f"at: {error}") from error
    return OfficeBookingMark(
        office=reading.text("office"),
        service=reading.text("service"),
        booked_for=reading.moment("bookedFor"),
        ticket=int(reading.text("ticket")),
        mark=mark,
        at=at,
    )
