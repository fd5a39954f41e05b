"""What can be wrong with a payload."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

_ATTRIBUTE = re.compile(r"^attribute ([\w.-]+)='.*': (?=value )", re.DOTALL)
"""How xmlschema begins when an attribute is wrong: with its value."""
_SAFE = (
    "value doesn't match",
    "value must be",
    "value has to be",
    "value length",
    "attribute ",
    "The content of element",
)
"""How the sentences begin that speak of the schema alone; the others may quote what was sent."""


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


def unread(error: PayloadRefused) -> str:
    """Return what a log may say of a refused payload: where it is wrong and what was expected, never what was found."""
    if error.problems:
        return _place(error.problems[0])
    if error.code is ExchangeCode.VALUE:
        return f"{error.code}: {error.text.partition(': ')[0]}"
    return error.code.value


def _place(problem: Problem) -> str:
    expected = _ATTRIBUTE.sub(r"attribute \1: ", problem.expected)
    quotes = not expected.startswith(_SAFE) or (expected.startswith("attribute ") and expected == problem.expected)
    return problem.path if quotes else f"{problem.path}: {expected}"
