"""The numbers in a form's answers: check digits that the catalogue, which knows no persons, does not compute."""

from __future__ import annotations

from gateway.catalogue import FieldType
from gateway.identity.numbers import Bin, Iin, NumberError


def _is(number: type[Iin | Bin], text: str) -> bool:
    try:
        number(text)
    except NumberError:
        return False
    return True


NUMBER_CHECKS = {FieldType.IIN: lambda text: _is(Iin, text), FieldType.BIN: lambda text: _is(Bin, text)}
"""What `check_application` asks of an IIN and a BIN."""
