"""The numbered flow of the operator's workplace, from the login to the sending of the signed application.

Karaganda act, lines 974-1008; Almaty act, lines 192-230. The steps stand where they are done: `person` has processes 1
and 2, `asking` processes 3 and 4 with condition 1, `scanning` and `sending` processes 5 and 6, `views` what is only
looked at. Process 7 and after happen at the provider and come back in `gateway.flows.answers`; process 9 is taken when
the result is handed over.
"""

from __future__ import annotations

from gateway.flows.arm.asking import AskingSteps
from gateway.flows.arm.person import PersonSteps
from gateway.flows.arm.sending import SendingSteps
from gateway.flows.arm.views import IntakeView, ViewSteps

__all__ = ["ArmFlow", "IntakeView"]


class ArmFlow(PersonSteps, AskingSteps, SendingSteps, ViewSteps):
    """The State Corporation's part of every service's flow, and of services whose act numbers none."""
