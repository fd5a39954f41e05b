"""A message that is none of the asking party's: whether it is another's, or nobody's at all."""

from __future__ import annotations

from typing import Final, NoReturn

from gateway.shep.faults import FaultCode
from gateway.shep.refusal import Refused
from gateway.store import Database
from gateway.store.database import Connection

_ANYBODYS: Final = "SELECT 1 FROM message WHERE message_id = $1 LIMIT 1"


async def refuse_unknown(database: Database | Connection, message_id: str, *, anothers: str) -> NoReturn:
    """Raise `Refused`: SCE003 saying `anothers` when the message is another party's, SCE001 when there is none."""
    if await database.fetchval(_ANYBODYS, message_id):
        raise Refused(FaultCode.NO_RIGHT, anothers)
    raise Refused(FaultCode.WRONG_FORMAT, "no message has this messageId")
