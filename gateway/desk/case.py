"""A case: one application at the provider, as its row says it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import asyncpg

from gateway.catalogue import Channel, Outcome, Role, Verb
from gateway.desk.procedure import PlaceKind, Position
from gateway.exchange.wording import Wording
from gateway.identity.numbers import Bin, Iin, parse_number


class CaseState(StrEnum):
    """Whether work goes on."""

    OPEN = "open"
    CLOSED = "closed"


class CheckResult(StrEnum):
    """How the condition that the provider decides stands, or the executor's check of the documents."""

    WAITING = "waiting"
    PASSED = "passed"
    FAILED = "failed"


class Finding(StrEnum):
    """Which way a commission concluded or a head decided, before there is a result."""

    FAVOURABLE = "favourable"
    ADVERSE = "adverse"


@dataclass(frozen=True, slots=True)
class Decision:
    """What the executor proposes: one of the service's results with its facts, or a refusal with ground and reason.

    `result` is the id of a result of the catalogue. In rows of before it was named there it is the outcome, and stands
    for the first result of that outcome.
    """

    result: str | Outcome
    facts: Mapping[str, str]
    ground: str | None = None
    reason: Wording | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the decision as it is kept in the case's row."""
        reason = None if self.reason is None else {"kk": self.reason.kk, "ru": self.reason.ru}
        named = {"outcome": self.result.value} if isinstance(self.result, Outcome) else {"result": self.result}
        return {**named, "facts": dict(self.facts), "ground": self.ground, "reason": reason}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Decision:
        """Read what `to_json` wrote."""
        result = body["result"] if "result" in body else Outcome(body["outcome"])
        return cls(result, body["facts"], body["ground"], _wording(body["reason"]))


@dataclass(frozen=True, slots=True)
class Case:
    """An application at the provider; `version` is what an action must name to be taken on what was seen."""

    number: str
    service: str
    kind: str | None
    """The kind of the service that the applicant chose, where it has kinds."""
    office: str
    """The provider's office that decides."""
    channel: Channel
    """The channel that the application came by."""
    counter: str | None
    """The office that took the application in: at its counter on paper, or a department of the State Corporation."""
    flow: str
    """The flow whose steps are told of; where there is none, the events are told under the channel."""
    applicant: Iin | Bin
    applicant_name: str
    fields: Mapping[str, str]
    signed_application: str
    gateway: str | None
    """The gateway that the application came over; none on paper."""
    correlation_id: str | None
    submitted_at: datetime
    registered_at: datetime
    result_due: datetime
    state: CaseState
    position: Position
    awaits_verb: Verb | None
    awaits_role: Role | None
    awaits_office: str | None
    """The office, of whatever body, whose staff must act; while the applicant must, the office that waits for it."""
    due_at: datetime | None
    late: bool
    claimed_by: int | None
    executor: int | None
    """The executor assigned at the office that must act; none where any of its executors may take the work."""
    instruction: str | None
    check_result: CheckResult
    check_reason: Wording | None
    documents_result: CheckResult | None
    """How the executor judged the documents; in some flows that is the condition itself (`check_result`)."""
    documents_reason: Wording | None
    documents_office: str | None
    """The office whose executor judged the documents."""
    conclusion: Finding | None
    """What a commission concluded or recommended."""
    resolution: Finding | None
    """What the head decided before the result is drawn up, where the procedure has such a decision."""
    session_at: datetime | None
    """When the commission sits."""
    extended: tuple[str, ...]
    """The events for which the act's other term was applied to a step."""
    condition_result: CheckResult | None
    """How the procedure's condition, which the applicant must fulfil, ended."""
    journal_number: str | None
    result_number: str | None
    decision: Decision | None
    draft: str | None
    signed_result: str | None
    """The result with the signatures that it has so far."""
    signatures: int
    """How many of the signers have signed."""
    pick_up: Mapping[str, str] | None
    closed_at: datetime | None
    version: int

    @property
    def is_partly_signed(self) -> bool:
        """Tell whether some of the result's signers have signed and others have not."""
        return self.signatures > 0 and self.awaits_verb is Verb.SIGN

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether the current step has run past its deadline."""
        return self.due_at is not None and now > self.due_at


CASE_COLUMNS = (
    "number, service, kind, office, channel, counter, flow, applicant_number, applicant_name, fields, "
    "signed_application, gateway, correlation_id, submitted_at, registered_at, result_due, state, step, action, "
    "step_kind, awaits_verb, awaits_role, awaits_office, due_at, late, claimed_by, executor, instruction, "
    "check_result, check_reason, documents_result, documents_reason, documents_office, conclusion, resolution, "
    "session_at, extended, condition_result, journal_number, result_number, decision, draft, signed_result, "
    "signatures, pick_up, closed_at, version"
)


def read_case(row: asyncpg.Record) -> Case:
    """Return the case that a row of CASE_COLUMNS describes."""
    values = dict(row)
    verb, role, decision = values["awaits_verb"], values["awaits_role"], values["decision"]
    values.update(
        channel=Channel(values["channel"]),
        state=CaseState(values["state"]),
        awaits_verb=None if verb is None else Verb(verb),
        awaits_role=None if role is None else Role(role),
        check_result=CheckResult(values["check_result"]),
        check_reason=_wording(values["check_reason"]),
        documents_result=_check(values["documents_result"]),
        documents_reason=_wording(values["documents_reason"]),
        conclusion=_finding(values["conclusion"]),
        resolution=_finding(values["resolution"]),
        extended=tuple(values["extended"]),
        condition_result=_check(values["condition_result"]),
        decision=None if decision is None else Decision.from_json(decision),
    )
    applicant = parse_number(values.pop("applicant_number"))
    position = Position(values.pop("step"), values.pop("action"), PlaceKind(values.pop("step_kind")))
    return Case(**values, applicant=applicant, position=position)


def _check(value: str | None) -> CheckResult | None:
    return None if value is None else CheckResult(value)


def _finding(value: str | None) -> Finding | None:
    return None if value is None else Finding(value)


def _wording(body: Mapping[str, str] | None) -> Wording | None:
    return None if body is None else Wording(body["kk"], body["ru"])
