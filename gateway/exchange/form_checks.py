"""The numbers in a form's answers: check digits that the catalogue, which knows no persons, does not compute."""

from __future__ import annotations

from gateway.catalogue import FieldType
from gateway.identity.numbers import Bin, Iin, NumberError
from gateway.texts import Text


def _fault(number: type[Iin | Bin], text: str) -> Text | None:
    try:
        number(text)
    except NumberError as error:
        return error.text
    return None


NUMBER_CHECKS = {
    FieldType.IIN: lambda text: _fault(Iin, text),
    FieldType.BIN: lambda text: _fault(Bin, text),
}
"""What `check_application` asks of an IIN and a BIN: what is wrong with it, if anything."""
