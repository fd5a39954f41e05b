"""What both halves of a participant write into its `PassageLog`.

An exchange that came to its end is not undone by a log that fails: a receipt that the gateway gave is worth more than
its line. The failure is told to the operator and counted in `Notebook.missed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import structlog

from gateway.clock import Clock
from gateway.shep.messages import MessageType
from gateway.shep.names import Operation
from gateway.shep.passages import Direction, Passage, PassageLog

_log = structlog.get_logger(__name__)

UNFINISHED: Final = "unfinished"
"""The outcome of an exchange that its caller gave up; it is not known whether the message arrived."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What a passage is found by, besides the people in it."""

    operation: Operation | None = None
    service_id: str | None = None
    message_type: MessageType | None = None
    message_id: str | None = None
    correlation_id: str | None = None
    session_id: str | None = None

    @classmethod
    def of(cls, operation: Operation, content: object) -> Heading:
        """Return the heading of a message of any operation: its fields have the same names in all of them."""
        return cls(operation, **{name: getattr(content, name, None) for name in _FIELDS})

    def answered_by(self, content: object) -> Heading:
        """Return the heading of the answer: its own fields, and those of the question where it has none."""
        return Heading(
            self.operation, **{name: getattr(content, name, None) or getattr(self, name) for name in _FIELDS}
        )

    def facts(self) -> dict[str, Any]:
        """Return the fields for a `Passage`."""
        return {"operation": self.operation} | {name: getattr(self, name) for name in _FIELDS}


_FIELDS = ("service_id", "message_type", "message_id", "correlation_id", "session_id")


class Notebook:
    """Notes the passages of one half; `missed` counts those that the log did not keep."""

    def __init__(self, log: PassageLog, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self.missed = 0

    def passage(
        self,
        direction: Direction,
        heading: Heading,
        envelope: bytes,
        *,
        gateway: str,
        is_answer: bool,
        outcome: str,
    ) -> Passage:
        """Return a passage of this moment."""
        return Passage(
            at=self._clock.now(),
            direction=direction,
            gateway=gateway,
            is_answer=is_answer,
            envelope=envelope,
            outcome=outcome,
            **heading.facts(),
        )

    async def note(self, *passages: Passage) -> None:
        """Keep the passages; raises nothing."""
        try:
            await self._log.note(*passages)
        except Exception:  # noqa: BLE001 - whatever the log's store raises, the exchange has happened
            self.missed += len(passages)
            _log.exception("shep-passages-not-logged", passages=[repr(each) for each in passages], missed=self.missed)
