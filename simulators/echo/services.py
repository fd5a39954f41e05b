"""QYZMET_ECHO and QYZMET_ECHO_ASYNC: the payload comes back in the form in which it came."""

from __future__ import annotations

from typing import Final

from gateway.shep.inbox import Inbox, Received
from gateway.shep.messages import AsyncMessage, MessageType, Payload, PayloadForm, Sender, SyncQuestion
from gateway.shep.outbox import Outbox
from gateway.shep.participant import SyncReply
from gateway.store import Store
from simulators.echo.names import ASYNC_SERVICE_ID

ACCEPTED: Final = Payload(PayloadForm.ESCAPED, "Өтініш қабылданды / Заявка принята".encode())
"""What the notification says that comes before the response."""


async def echo(question: SyncQuestion, _sender: Sender) -> SyncReply:
    """Answer a question of ЭҮШ with its own payload."""
    return SyncReply(question.payload)


class AsyncEcho:
    """Answers each REQUEST with one NOTIFICATION and a RESPONSE; both are put in one transaction, and once."""

    def __init__(self, store: Store, outbox: Outbox) -> None:
        self._store = store
        self._outbox = outbox

    def listen(self, inbox: Inbox) -> None:
        """Take the requests that `inbox` gets."""
        inbox.on(ASYNC_SERVICE_ID, MessageType.REQUEST, self._answer)

    async def _answer(self, received: Received) -> None:
        async with self._store.database.transaction() as conn:
            for kind, payload in (
                (MessageType.NOTIFICATION, ACCEPTED),
                (MessageType.RESPONSE, received.message.payload),
            ):
                await self._outbox.put(
                    conn,
                    key=f"{received.gateway} {received.correlation_id} {kind.value}",
                    gateway=received.gateway,
                    message=AsyncMessage(
                        service_id=ASYNC_SERVICE_ID,
                        message_type=kind,
                        payload=payload,
                        correlation_id=received.correlation_id,
                    ),
                )
