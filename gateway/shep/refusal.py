"""A refusal on its way to becoming a fault."""

from __future__ import annotations

from typing import Any

from gateway.shep.faults import FaultCode


class Refused(Exception):
    """The message is not taken. `data` goes to the sender, `facts` to the journal."""

    def __init__(self, code: FaultCode, data: str, **facts: Any) -> None:
        self.code = code
        self.data = data
        self.facts = facts
        super().__init__(f"{code.value}: {data}")
