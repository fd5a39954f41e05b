"""A case: one application at the provider, as its row says it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg

from gateway.catalogue import Outcome, Role, Verb
from gateway.desk.procedure import Position
from gateway.exchange.wording import Wording
from gateway.identity.numbers import Bin, Iin, parse_number


class CaseState(StrEnum):
    """Whether work goes on."""

    OPEN = "open"
    CLOSED = "closed"


class CheckResult(StrEnum):
    """How the condition that the provider decides stands."""

    WAITING = "waiting"
    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the executor proposes: a certificate with its facts, or a refusal with its ground and reason."""

    outcome: Outcome
    facts: Mapping[str, str]
    ground: str | None = None
    reason: Wording | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the decision as it is kept in the case's row."""
        reason = None if self.reason is None else {"kk": self.reason.kk, "ru": self.reason.ru}
        return {"outcome": self.outcome.value, "facts": dict(self.facts), "ground": self.ground, "reason": reason}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Decision:
        """Read what `to_json` wrote."""
        return cls(Outcome(body["outcome"]), body["facts"], body["ground"], _wording(body["reason"]))


@dataclass(frozen=True, slots=True)
class Case:
    """An application at the provider; `version` is what an action must name to be taken on what was seen."""

    number: str
    service: str
    office: str
    flow: str
    applicant: Iin | Bin
    applicant_name: str
    fields: Mapping[str, str]
    signed_application: str
    gateway: str
    correlation_id: str
    submitted_at: datetime
    registered_at: datetime
    result_due: datetime
    state: CaseState
    position: Position
    awaits_verb: Verb | None
    awaits_role: Role | None
    due_at: datetime | None
    late: bool
    claimed_by: int | None
    executor: int | None
    instruction: str | None
    check_result: CheckResult
    check_reason: Wording | None
    journal_number: str | None
    result_number: str | None
    decision: Decision | None
    draft: str | None
    signed_result: str | None
    pick_up: Mapping[str, str] | None
    closed_at: datetime | None
    version: int

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the current step has run past its deadline."""
        return self.due_at is not None and now > self.due_at


CASE_COLUMNS = (
    "number, service, office, flow, applicant_number, applicant_name, fields, signed_application, gateway, "
    "correlation_id, submitted_at, registered_at, result_due, state, step, action, awaits_verb, awaits_role, due_at, "
    "late, claimed_by, executor, instruction, check_result, check_reason, journal_number, result_number, decision, "
    "draft, signed_result, pick_up, closed_at, version"
)


def read_case(row: asyncpg.Record) -> Case:
    """Return the case that a row of CASE_COLUMNS describes."""
    values = dict(row)
    verb, role, decision = values["awaits_verb"], values["awaits_role"], values["decision"]
    values.update(
        state=CaseState(values["state"]),
        awaits_verb=None if verb is None else Verb(verb),
        awaits_role=None if role is None else Role(role),
        check_result=CheckResult(values["check_result"]),
        check_reason=_wording(values["check_reason"]),
        decision=None if decision is None else Decision.from_json(decision),
    )
    applicant = parse_number(values.pop("applicant_number"))
    position = Position(values.pop("step"), values.pop("action"))
    return Case(**values, applicant=applicant, position=position)


def _wording(body: Mapping[str, str] | None) -> Wording | None:
    return None if body is None else Wording(body["kk"], body["ru"])
