"""In which chain of ЭҮШ a REQUEST went: what answers it is taken from that chain alone.

Nobody but the receiver was given the chain, so that what is said of somebody else's message is told apart.
"""

from __future__ import annotations

from gateway.store.database import Connection

_CHAIN = "SELECT receipt ->> 'correlation_id' AS chain FROM outbox WHERE key = $1 AND gateway = $2"


class ChainUnknown(Exception):
    """The answer to a message came before the gateway's receipt was noted; the inbox tries the answer again."""


async def was_sent_in(conn: Connection, key: str, *, gateway: str, correlation_id: str) -> bool:
    """Tell whether the message of this key went over this gateway in this chain, by the gateway's receipt.

    Raises `ChainUnknown` while the receipt of a message that was put for this gateway is not noted.
    """
    row = await conn.fetchrow(_CHAIN, key, gateway)
    if row is not None and row["chain"] is None:
        raise ChainUnknown(key)
    return row is not None and bool(row["chain"] == correlation_id)
