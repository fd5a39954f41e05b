"""The numbered flow of the operator's workplace, from the login to the sending of the signed application.

Karaganda act, lines 974-1008; Almaty act, lines 192-230. The steps stand where they are done: `person` has processes 1
to 4 and condition 1, `scanning` and `sending` processes 5 and 6, `views` what is looked at. Process 7 and after happen
at the provider and come back in `gateway.flows.answers`; process 9 is taken when the result is handed over.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gateway.flows.arm.finding import Questions
from gateway.flows.arm.person import PersonSteps
from gateway.flows.arm.sending import SendingSteps
from gateway.flows.arm.views import IntakeView, ViewSteps

__all__ = ["ArmFlow", "IntakeView"]


class ArmFlow(PersonSteps, SendingSteps, ViewSteps):
    """The State Corporation's part of every service's flow, and of services whose act numbers none."""

    def __init__(self, *, questions: Questions, hold_limit: timedelta = timedelta(hours=24), **ground: Any) -> None:
        super().__init__(questions=questions, hold_limit=hold_limit, **ground)
