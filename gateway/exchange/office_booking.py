"""A time that somebody booked at a provider's office through the portal, on its way to the provider's desk.

The act lets applicants book the electronic queue through the portal where documents are taken in (Karaganda act, lines
1180-1182). A booking is no application: it opens no case, has no deadline, and carries of the person a masked name
only. That it was given up is a document of its own; since either may come first, each names the whole booking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from gateway.clock import ALMATY
from gateway.exchange.document import Draft, Reading, written
from gateway.exchange.errors import ExchangeCode, PayloadRefused
from gateway.exchange.schema import Schema

NAMESPACE: Final = "urn:qyzmet:office-booking:1"
SCHEMA: Final = Schema("office-booking.xsd", NAMESPACE, "officeBooking")
BOOKING_SERVICE: Final = "QYZMET_OFFICE_BOOKING"
"""The service of ЭҮШ by which bookings go to the providers."""
_MAX_BYTES = 8 * 1024
_MOST_WORDS = 6
_ZONE = ZoneInfo(ALMATY)


@dataclass(frozen=True, slots=True)
class OfficeBooking:
    """A booking as it travels; office, day and ticket tell it from every other."""

    office: str
    service: str
    booked_for: datetime
    ticket: int
    """Its number in the office's queue of the day."""
    at: datetime
    """When it was booked, or given up."""
    holder: str | None
    """Whom to expect, by `masked_name`; nobody, where the booking was given up."""

    @property
    def day(self) -> date:
        """Return the day for which it was booked, in the time of Almaty."""
        return self.booked_for.astimezone(_ZONE).date()


def masked_name(name: str) -> str:
    """Return the first letters of a name's words, such as `Ж*** Ә*** С***`: enough to ask for, too little to know."""
    letters = [next((letter for letter in word if letter.isalpha()), "") for word in name.split()]
    return " ".join(f"{letter}***" for letter in letters[:_MOST_WORDS] if letter) or "?***"


def build_booking(booking: OfficeBooking) -> bytes:
    """Write the payload, always the same bytes for the same booking; raises `PayloadNotWritable`."""
    draft = Draft(SCHEMA)
    root = draft.root
    draft.add(root, "office", booking.office)
    draft.add(root, "service", booking.service)
    draft.add(root, "bookedFor", written(booking.booked_for))
    draft.add(root, "ticket", str(booking.ticket))
    at = {"at": written(booking.at)}
    if booking.holder is None:
        draft.add(root, "cancelled", attributes=at)
    else:
        draft.add(root, "booked", attributes={**at, "holder": booking.holder})
    return draft.to_bytes()


def read_booking(data: bytes) -> OfficeBooking:
    """Read the payload; raises `PayloadRefused`."""
    reading = Reading.of(data, SCHEMA, max_bytes=_MAX_BYTES)
    (told,) = reading.all("booked") or reading.all("cancelled")
    try:
        at = datetime.fromisoformat(str(told.attrib["at"]))
    except ValueError as error:
        raise PayloadRefused(ExchangeCode.VALUE, f"at: {error}") from error
    return OfficeBooking(
        office=reading.text("office"),
        service=reading.text("service"),
        booked_for=reading.moment("bookedFor"),
        ticket=int(reading.text("ticket")),
        at=at,
        holder=str(told.attrib["holder"]) if reading.has("booked") else None,
    )
