"""What the desk tells of waiting for the applicant: until when, and for which documents; and that it waits no longer.

It travels among the facts of a notification: the one that tells the applicant of the decision (Karaganda act, lines
3925-3927) says that the provider waits (lines 3642-3644), a later one says how the waiting ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from gateway.exchange.document import written
from gateway.exchange.errors import ExchangeCode, PayloadRefused

AWAITS = "awaits"
_DOCUMENTS = "documents"
_UNTIL = "until"


class WaitingEnd(StrEnum):
    """How the waiting ended."""

    PRESENTED = "presented"
    """The documents are with the provider."""
    LAPSED = "lapsed"
    """The term ran out."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The provider waits for documents of these kinds until a moment."""

    until: datetime
    documents: tuple[str, ...]


def waiting_facts(*, until: datetime, documents: Iterable[str]) -> dict[str, str]:
    """Return the facts by which a notification says that the provider waits; raises `PayloadNotWritable`."""
    return {AWAITS: _DOCUMENTS, _UNTIL: written(until), _DOCUMENTS: " ".join(documents)}


def waited_facts(end: WaitingEnd | str) -> dict[str, str]:
    """Return the facts by which a notification says that the provider waits no longer."""
    return {AWAITS: WaitingEnd(end).value}


def read_waiting(facts: Mapping[str, str]) -> Waiting | WaitingEnd | None:
    """Return what a notification's facts say of waiting, nothing for most; raises `PayloadRefused`."""
    said = facts.get(AWAITS)
    if said is None:
        return None
    try:
        if said != _DOCUMENTS:
            return WaitingEnd(said)
        until = datetime.fromisoformat(facts.get(_UNTIL, ""))
    except ValueError as error:
        raise PayloadRefused(ExchangeCode.VALUE, f"facts/{AWAITS}: {error}") from error
    if until.tzinfo is None:
        raise PayloadRefused(ExchangeCode.VALUE, f"facts/{_UNTIL}: a moment without a time zone")
    return Waiting(until.astimezone(UTC), tuple(facts.get(_DOCUMENTS, "").split()))
