"""What a message says of itself before any of it is known to be true: for policy, the fault kit and the journal."""

from __future__ import annotations

import re
from typing import Final

from simulators.shep.journal import Entry

_PEEKED_BYTES: Final = 64 * 1024
_IDS: Final = {
    field: re.compile(rb"<%b>\s*([A-Za-z0-9_.:{}@/-]{1,80})\s*</%b>" % (name, name))
    for field, name in {
        "message_id": b"messageId",
        "correlation_id": b"correlationId",
        "service_id": b"serviceId",
        "sender_id": b"senderId",
    }.items()
}


def peek_service_id(body: bytes) -> str | None:
    """Return the service that a message seems to be for."""
    return _peek("service_id", body)


def note_unread(entry: Entry) -> None:
    """Fill in what a refused message was not read far enough for, and name those fields in the fact `unread`."""
    missing = [field for field in _IDS if getattr(entry, field) is None]
    seen = {field: value for field in missing if (value := _peek(field, entry.envelope)) is not None}
    for field, value in seen.items():
        setattr(entry, field, value)
    if seen:
        entry.facts["unread"] = ", ".join(seen)


def _peek(field: str, body: bytes) -> str | None:
    found = _IDS[field].search(body, 0, _PEEKED_BYTES)
    return None if found is None else found[1].decode("ascii")
