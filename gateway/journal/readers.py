"""Who may read the message log, for what, and what is written down about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 500


class ReaderRole(StrEnum):
    """What a reader is for; no role has another's rights beyond what `MAY` says."""

    SUPPORT = "support"
    """Finds out what became of a message, without seeing it."""
    AUDITOR = "auditor"
    """Opens bodies, and reviews who read what."""
    CUSTODIAN = "custodian"
    """Erases what is kept of a person, without seeing it."""


class Act(StrEnum):
    """What is done with the log."""

    SEARCH = "search"
    OPEN = "open"
    ERASE = "erase"
    REVIEW = "review"
    """Looks at the readings."""


MAY: Final = {
    ReaderRole.SUPPORT: frozenset({Act.SEARCH}),
    ReaderRole.AUDITOR: frozenset({Act.SEARCH, Act.OPEN, Act.REVIEW}),
    ReaderRole.CUSTODIAN: frozenset({Act.ERASE}),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """A person who was recognised, with the role that the settings give."""

    name: str
    role: ReaderRole

    def may(self, act: Act) -> bool:
        """Whether the role allows the act."""
        return act in MAY[self.role]


class LogCode(StrEnum):
    """Why the log refuses."""

    UNKNOWN_READER = "journal-reader-unknown"
    NOT_ALLOWED = "journal-not-allowed"
    REASON = "journal-reason"
    NO_LINE = "journal-no-such-line"
    ERASED = "journal-body-erased"


_SENTENCES: Final = {
    LogCode.UNKNOWN_READER: "the settings have no reader of this name with this password",
    LogCode.NOT_ALLOWED: "the role {role} may not {act}",
    LogCode.REASON: f"say why, in {SHORTEST_REASON} to {LONGEST_REASON} characters",
    LogCode.NO_LINE: "the log has no line {line}",
    LogCode.ERASED: "the body of the line {line} was erased",
}


class LogRefused(Exception):
    """The log does not do what a reader asked for."""

    def __init__(self, code: LogCode, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        super().__init__(_SENTENCES[code].format(**facts))


@dataclass(frozen=True, slots=True)
class Reading:
    """Something that a reader did or was refused, as it was written down."""

    id: int
    at: datetime
    reader: str
    role: str
    act: Act
    allowed: bool
    line: UUID | None
    person: str | None
    reason: str
    facts: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the reading as a row for programs."""
        return {
            "id": self.id,
            "at": self.at.isoformat(),
            "reader": self.reader,
            "role": self.role,
            "act": self.act.value,
            "allowed": self.allowed,
            "line": None if self.line is None else str(self.line),
            "person": self.person,
            "reason": self.reason,
            "facts": dict(self.facts),
        }


def checked_reason(reason: str) -> str:
    """Return the reason without white space around it; raises `LogRefused` for one too short or too long."""
    stripped = " ".join(reason.split())
    if not SHORTEST_REASON <= len(stripped) <= LONGEST_REASON or len(set(stripped)) < 4 or "\0" in stripped:
        raise LogRefused(LogCode.REASON)
    return stripped
