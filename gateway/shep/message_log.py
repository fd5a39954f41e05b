"""A participant's passages as lines of its message log: persons found, digests made, bodies sealed, off the loop.

The bytes are kept as they were on the wire, the participant's own password in what it sends included: the signature
covers them, and with a changed body a line would prove nothing. Whoever opens a body sees the password covered, unless
the exact bytes are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from gateway.journal import MessageLog
from gateway.journal.message_log import SealedLine
from gateway.shep.offload import offloaded
from gateway.shep.passages import Passage
from gateway.shep.persons import numbers_in

_WEIGHT: Final = 4
"""A byte costs about as much here as four in reading a message: search, digest, compression, encryption."""


class LoggedPassages:
    """Writes passages into the message log of a participant; a question and its answer by one statement."""

    def __init__(self, log: MessageLog) -> None:
        self._log = log

    async def note(self, *passages: Passage) -> None:
        """Keep the passages, in this order; raises what the store raises, and `VaultError`."""
        size = sum(len(passage.envelope) for passage in passages)
        await self._log.write(*await offloaded(_WEIGHT * size, partial(self._sealed, passages)))

    def _sealed(self, passages: Sequence[Passage]) -> list[SealedLine]:
        return [
            self._log.seal(
                passage.envelope,
                numbers=numbers_in(passage.envelope),
                at=passage.at,
                direction=passage.direction.value,
                gateway=passage.gateway,
                operation=None if passage.operation is None else passage.operation.local_name,
                is_answer=passage.is_answer,
                service=passage.service_id,
                message_type=None if passage.message_type is None else passage.message_type.value,
                message_id=passage.message_id,
                correlation_id=passage.correlation_id,
                session_id=passage.session_id,
                outcome=passage.outcome,
            )
            for passage in passages
        ]
