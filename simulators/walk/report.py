"""What a walk tells: the trail, how it compares with the law, and the verdict on the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.catalogue import Channel
from simulators.walk.answers import catalogue
from simulators.walk.law import (
    expected_acts,
    expected_procedure,
    expected_receipts,
    expected_steps,
    flows_of,
    late_steps,
    walked_procedure,
    walked_steps,
)
from simulators.walk.plan import PlannedWalk
from simulators.walk.window_law import expected_at_window, receipts_at_window

_IN_THE_CHANNELS = (Channel.PORTAL, Channel.CORPORATION)
"""The channels whose applications have a state of their own; of a paper at a counter the desk's case has one."""


@dataclass(frozen=True)
class Expected:
    """What the act asks for of one walk: steps of the flow, steps of the procedure, who does what, receipts."""

    flows: tuple[str, ...]
    steps: list[str]
    procedure: list[str]
    acts: list[str]
    receipts: list[str]
    state: str

    @classmethod
    def of(cls, planned: PlannedWalk) -> Expected:
        """Read it off the catalogue."""
        service, channel, kind = catalogue().service(planned.service), planned.channel, planned.kind
        decision, way = planned.decision, planned.way.name if planned.way else None
        at_window = channel is Channel.CORPORATION
        return cls(
            flows=tuple(flow.id for flow in flows_of(service, channel, kind)),
            steps=expected_at_window(service, kind, way, failing=planned.failing)
            if at_window
            else expected_steps(service, channel, kind, failing=planned.failing, decision=decision),
            procedure=expected_procedure(service, channel, kind, decision),
            acts=expected_acts(service, channel, kind, decision),
            receipts=_receipts(planned, way),
            state=planned.state if channel in _IN_THE_CHANNELS else "closed",
        )


def _receipts(planned: PlannedWalk, way: str | None) -> list[str]:
    service = catalogue().service(planned.service)
    if planned.channel is Channel.PORTAL:
        return []
    if planned.channel is Channel.CORPORATION:
        return receipts_at_window(service, way)
    return [one.kind for one in expected_receipts(service, planned.channel)]


@dataclass(frozen=True)
class WalkReport:
    """The outcome of one walk."""

    planned: PlannedWalk
    application: str | None
    state: str
    trail: Sequence[Mapping[str, Any]]
    expected: Expected
    verification: Mapping[str, Any] | None = None
    acts: list[str] = field(default_factory=list)
    """Who did what, as the staff pressed it."""
    receipts: list[str] = field(default_factory=list)
    """The receipts that a counter gave."""

    @property
    def walked(self) -> list[str]:
        """The numbered steps of the flow as they stand in the trail."""
        return [step for _flow, step in self.walked_by_flow]

    @property
    def walked_by_flow(self) -> list[tuple[str, str]]:
        """The same, each with the flow it belongs to: an act may give one channel two lists."""
        return [(flow, step) for flow in self.expected.flows for step in walked_steps(self.trail, flow)]

    @property
    def walked_procedure(self) -> list[str]:
        """The steps of the procedure as they stand in the trail."""
        return walked_procedure(self.trail)

    @property
    def late(self) -> list[str]:
        """The steps that were done after their term."""
        return late_steps(self.trail)

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """What is not as the act asks, each with what is asked for and what was found."""
        compared = {
            "flow": (self.expected.steps, self.walked),
            "procedure": (self.expected.procedure, self.walked_procedure),
            "acts": (self.expected.acts, self.acts),
            "receipts": (self.expected.receipts, self.receipts),
            "state": (self.expected.state, self.state),
            "late": ([], self.late),
            "document": self._document(),
        }
        return {name: pair for name, pair in compared.items() if pair[0] != pair[1]}

    @property
    def matches(self) -> bool:
        """Whether the trail is what the catalogue says, and the document that ends it (if one does) is valid."""
        return not self.differences

    def _document(self) -> tuple[Any, Any]:
        """Compare the document with the decision: valid, a refusal with its ground, any other result by its title."""
        if self.application is None or (self.planned.decision is None and self.planned.channel is Channel.CORPORATION):
            return None, None
        told = self.verification or {}
        document = told.get("document") or {"ground": None, "title": {"kk": None}}
        decision = self.planned.decision
        if decision is None:
            return "valid", told.get("verdict")
        if decision.ground is not None:
            return ("valid", decision.ground), (told.get("verdict"), document["ground"])
        title = decision.result.title.kk
        return ("valid", None, title), (told.get("verdict"), document["ground"], document["title"]["kk"])

    def to_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        decision = self.planned.decision
        return {
            **self.planned.to_json(),
            "application": self.application,
            "state": self.state,
            "matches": self.matches,
            "result": decision.result.id if decision else None,
            "expected": self.expected.steps,
            "walked": self.walked,
            "procedure": {"expected": self.expected.procedure, "walked": self.walked_procedure},
            "acts": {"expected": self.expected.acts, "done": self.acts},
            "receipts": {"expected": self.expected.receipts, "given": self.receipts},
            "late": self.late,
            "trail": [dict(event) for event in self.trail],
            "verification": self.verification,
        }
