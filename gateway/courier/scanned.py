"""A number as it is scanned from a register or a package."""

from __future__ import annotations

from gateway.courier.errors import RegisterCode, RegisterError
from gateway.terminal.codes import number_in


def scanned_number(code: str) -> str:
    """Return the number of 14 digits that was scanned or typed; raises `RegisterError` NOT_A_NUMBER for any other."""
    number = number_in(code)
    if number is None:
        raise RegisterError(RegisterCode.NOT_A_NUMBER)
    return number
