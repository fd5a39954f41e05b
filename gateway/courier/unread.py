"""What a log may say of a payload that was refused: where and what was expected, never the value found."""

from __future__ import annotations

import re

from gateway.exchange.errors import ExchangeCode, PayloadRefused, Problem

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


def unread(error: PayloadRefused) -> str:
    """Return the first place that is wrong with what was expected there, or what kind of wrong it is."""
    if error.problems:
        return _place(error.problems[0])
    if error.code is ExchangeCode.VALUE:
        return f"{error.code}: {error.text.partition(': ')[0]}"
    return error.code.value


def _place(problem: Problem) -> str:
    expected = _ATTRIBUTE.sub(r"attribute \1: ", problem.expected)
    quotes = not expected.startswith(_SAFE) or (expected.startswith("attribute ") and expected == problem.expected)
    return problem.path if quotes else f"{problem.path}: {expected}"
