"""What passed a participant's doors, for a log that the participant keeps: the port, and one that remembers.

A passage is noted once the outcome is known: a question together with what came of it, an answer by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from gateway.shep.messages import MessageType
from gateway.shep.names import Operation


class Direction(StrEnum):
    """Whether an envelope came in or went out."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Passage:
    """One envelope on the line between a participant and a gateway.

    `outcome` is empty for what went well, else a fault code or the code of a `ShepError`. `envelope` is the bytes as
    they were on the wire, with personal data and, in what goes out, the participant's password: a log must not keep it
    in clear.
    """

    at: datetime
    direction: Direction
    gateway: str
    operation: Operation | None
    is_answer: bool
    envelope: bytes = field(repr=False)
    service_id: str | None = None
    message_type: MessageType | None = None
    message_id: str | None = None
    correlation_id: str | None = None
    session_id: str | None = None
    outcome: str = ""


class PassageLog(Protocol):
    """Keeps passages."""

    async def note(self, *passages: Passage) -> None:
        """Keep the passages, in this order; raises what the store raises."""


class Unlogged:
    """Keeps nothing: for tools and tests that have no journal."""

    async def note(self, *passages: Passage) -> None:
        """Do nothing."""


class RememberedPassages:
    """Keeps passages in memory."""

    def __init__(self) -> None:
        self.passages: list[Passage] = []

    async def note(self, *passages: Passage) -> None:
        """Append the passages."""
        self.passages += passages
