"""What can be wrong with a payload."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ExchangeCode(StrEnum):
    """The stable codes of this room."""

    NOT_XML = "payload-not-xml"
    TOO_LARGE = "payload-too-large"
    SCHEMA = "payload-not-of-its-schema"
    MIXED_MARKUP = "payload-with-comments"
    VALUE = "payload-value-wrong"
    NOT_WRITABLE = "payload-not-writable"


@dataclass(frozen=True, slots=True)
class Problem:
    """One place where a document leaves its schema."""

    path: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.path}: {self.expected}; found {self.found}" if self.found else f"{self.path}: {self.expected}"


class ExchangeError(Exception):
    """A payload cannot be built or read; `code` is stable."""

    def __init__(self, code: ExchangeCode, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class PayloadNotWritable(ExchangeError):
    """A value does not fit the schema of the payload that it should go into."""

    def __init__(self, text: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(ExchangeCode.NOT_WRITABLE, text)
        self.problems = problems


class PayloadRefused(ExchangeError):
    """What came from outside is not the payload that was expected; `problems` names the places."""

    def __init__(self, code: ExchangeCode, text: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(code, text)
        self.problems = problems
