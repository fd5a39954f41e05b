"""How the reading process says no."""

from __future__ import annotations

from gateway.scans.errors import ScanCode


class Refused(Exception):
    """The file is not taken; the reason holds nothing of what is written in it."""

    def __init__(self, code: ScanCode, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


def unreadable(reason: str) -> Refused:
    """Return the refusal of what is no such file, or a broken one."""
    return Refused(ScanCode.UNREADABLE, reason)
