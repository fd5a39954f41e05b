"""The response (RESPONSE): the signed result or refusal, from the desk to the channels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gateway.exchange.document import Draft, Reading, encoded, written
from gateway.exchange.schema import Schema
from gateway.exchange.wording import PickUp, add_pick_up, read_pick_up

NAMESPACE = "urn:qyzmet:response:1"
SCHEMA = Schema("response.xsd", NAMESPACE, "response")
_MAX_BYTES = 4 * 1024 * 1024


class ResponseOutcome(StrEnum):
    """How the service ended."""

    ISSUED = "issued"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    """A decision lost its force, because the applicant did not do what it asked for (Karaganda, lines 3695-3697)."""


@dataclass(frozen=True, slots=True)
class Response:
    """The end of an application; the outcome is to be compared with what the signed document says."""

    number: str
    outcome: ResponseOutcome
    at: datetime
    signed_document: bytes
    pick_up: PickUp | None = None


def build_response(response: Response) -> bytes:
    """Write the payload; raises `PayloadNotWritable`."""
    draft = Draft(SCHEMA)
    draft.add(draft.root, "number", response.number)
    draft.add(draft.root, "outcome", response.outcome.value)
    draft.add(draft.root, "at", written(response.at))
    draft.add(draft.root, "signedDocument", encoded(response.signed_document))
    if response.pick_up is not None:
        add_pick_up(draft, response.pick_up)
    return draft.to_bytes()


def read_response(data: bytes) -> Response:
    """Read the payload; raises `PayloadRefused`."""
    reading = Reading.of(data, SCHEMA, max_bytes=_MAX_BYTES)
    return Response(
        number=reading.text("number"),
        outcome=ResponseOutcome(reading.text("outcome")),
        at=reading.moment("at"),
        signed_document=reading.content("signedDocument"),
        pick_up=read_pick_up(reading),
    )
