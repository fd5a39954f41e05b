"""What stands in a row of the outbox: the message, its payload sealed, and of an error codes and measures only."""

from __future__ import annotations

from typing import Any, Final

import asyncpg

from gateway.journal.column import SealedColumn
from gateway.journal.vault import Vault, VaultError
from gateway.shep.errors import ShepError
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Property

_TELLING: Final = frozenset({"fault", "signed", "status", "url", "seconds", "limit", "key", "table", "verdict"})
"""The facts of an error that a row keeps: none of them can hold a person's data."""


def outbox_payload(vault: Vault | None, schema: str) -> SealedColumn:
    """Return the column of the payloads; a row's key there is its `key`."""
    return SealedColumn(vault, schema, "outbox")


def message_of(row: asyncpg.Record, payloads: SealedColumn) -> AsyncMessage:
    """Return the message; raises `VaultError` when its payload cannot be opened."""
    return AsyncMessage(
        service_id=row["service_id"],
        message_type=MessageType(row["message_type"]),
        payload=Payload(PayloadForm(row["payload_form"]), payloads.open(row["payload"], row["key"])),
        message_id=row["message_id"],
        correlation_id=row["correlation_id"],
        route_id=row["route_id"],
        message_date=row["put_at"],
        properties=tuple(Property(key, value) for key, value in row["properties"]),
    )


def facts_of(error: ShepError | VaultError) -> dict[str, Any]:
    """Return what a row keeps of an error."""
    told = error.to_json()
    return told | {"facts": {name: fact for name, fact in told["facts"].items() if name in _TELLING}}
