"""What a round of walks came to, one row a pair of service and channel: for the terminal, for programs, and a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.catalogue import Catalogue, Channel, Service
from simulators.walk.answers import kinds_of
from simulators.walk.law import flows_of
from simulators.walk.plan import PlannedWalk
from simulators.walk.report import WalkReport

HEADINGS = ("service", "channel", "kinds", "steps run", "conditions failed", "results", "walks")


@dataclass(frozen=True, slots=True)
class StoppedWalk:
    """A walk that met something on the way that was not as it must be."""

    planned: PlannedWalk
    reason: str

    @property
    def matches(self) -> bool:
        """A walk that stopped is none that the act asks for."""
        return False

    def to_json(self) -> dict[str, Any]:
        """Return what is known of it for programs."""
        return {**self.planned.to_json(), "matches": False, "stopped": self.reason}


@dataclass
class Row:
    """One pair: which of its steps ran in some walk, which conditions failed, which documents it ended in."""

    service: str
    channel: Channel
    kinds: list[str] = field(default_factory=list)
    flow: set[tuple[str, str]] = field(default_factory=set)
    procedure: set[tuple[str, str]] = field(default_factory=set)
    flow_steps: int = 0
    procedure_steps: int = 0
    failed: set[str] = field(default_factory=set)
    results: list[str] = field(default_factory=list)
    walks: int = 0
    matched: int = 0

    def add(self, report: WalkReport, procedure: str) -> None:
        """Count a walk; steps of different flows and procedures of a service are different steps."""
        planned = report.planned
        self.matched += report.matches
        if planned.kind is not None and planned.kind not in self.kinds:
            self.kinds.append(planned.kind)
        for flow, step in report.walked_by_flow:
            kind, number, outcome = step.split()
            self.flow.add((flow, f"{kind} {number}"))
            if outcome == "failed":
                self.failed.add(number)
        for step in report.walked_procedure:
            _, number, outcome = step.split()
            kind = "step" if outcome == "done" else "condition"
            self.procedure.add((procedure, f"{kind} {number}"))
            if outcome == "failed":
                self.failed.add(f"{number} of the procedure")
        if planned.decision is not None and planned.decision.result.id not in self.results:
            self.results.append(planned.decision.result.id)

    @property
    def steps(self) -> str:
        """How many of the flow's and of the procedure's steps were reached; a counter has no flow."""
        procedure = f"{len(self.procedure)} of {self.procedure_steps}"
        return f"{len(self.flow)} of {self.flow_steps} and {procedure}" if self.flow_steps else procedure

    def cells(self, *, named: bool = True) -> tuple[str, ...]:
        """Return the row as the cells of a table, kinds and results named or only counted."""
        return (
            self.service,
            str(self.channel),
            (", ".join(self.kinds) if named else str(len(self.kinds) or "")) or "–",
            self.steps,
            ", ".join(sorted(self.failed)) or "–",
            ", ".join(self.results) if named else str(len(self.results)),
            f"{self.matched} of {self.walks}",
        )

    def to_json(self) -> dict[str, Any]:
        """Return the row for programs."""
        return {
            "service": self.service,
            "channel": self.channel.value,
            "kinds": self.kinds,
            "flow": {"run": len(self.flow), "of": self.flow_steps},
            "procedure": {"run": len(self.procedure), "of": self.procedure_steps},
            "conditions_failed": sorted(self.failed),
            "results": self.results,
            "walks": self.walks,
            "matched": self.matched,
        }


def rows_of(law: Catalogue, outcomes: Iterable[WalkReport | StoppedWalk]) -> list[Row]:
    """Return a row for each pair that was walked, in the order in which they were."""
    rows: dict[tuple[str, Channel], Row] = {}
    for outcome in outcomes:
        planned = outcome.planned
        service = law.service(planned.service)
        row = rows.setdefault((service.id, planned.channel), _empty(service, planned.channel))
        row.walks += 1
        if isinstance(outcome, WalkReport):
            row.add(outcome, service.procedure(planned.channel, planned.kind).id)
    return list(rows.values())


def _empty(service: Service, channel: Channel) -> Row:
    kinds = kinds_of(service, channel)
    flows = {flow.id: flow for kind in kinds for flow in flows_of(service, channel, kind)}
    procedures = {one.id: one for kind in kinds for one in (service.procedure(channel, kind),)}
    return Row(
        service.id,
        channel,
        flow_steps=sum(len(flow.steps) for flow in flows.values()),
        procedure_steps=sum(len(one.path(channel)) for one in procedures.values()),
    )


def as_text(rows: Iterable[Row]) -> str:
    """Return the table for a terminal, kinds and results counted."""
    cells = [HEADINGS, *(row.cells(named=False) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def as_page(rows: Sequence[Row]) -> str:
    """Return the page of the reference."""
    return "\n".join(_page(rows)) + "\n"


def _page(rows: Sequence[Row]) -> Iterator[str]:
    walks, matched = sum(row.walks for row in rows), sum(row.matched for row in rows)
    services = len({row.service for row in rows})
    yield "# Walks"
    yield ""
    yield (
        f"What `qyzmet walk --all` walked: {walks} walks through {len(rows)} pairs of service and channel ({services} "
        f"services), of which {matched} left the trail that the act's flow and procedure ask for, done by those whom "
        "the act names, and ended in the document that was decided on, where one was, valid as XML and as PDF. Made by "
        "`qyzmet walk --all --page docs/reference/walks.md`."
    )
    yield ""
    yield (
        "Every service is walked on the portal, at the provider's own counter, at the rural akim's and at a window of "
        "the State Corporation, wherever its act opens the channel: in each of its kinds on its good path to each of "
        "its results, with each step taking nine tenths of its term; to a negative result, to the queue and to a "
        "cancellation where it has one; to a refusal though every condition passed, because the documents have "
        "faults, and after an adverse conclusion or decision; with the term extended where the act names an event for "
        "it. Every condition of every flow fails once with each service; the first service of each act's flow is "
        "walked in every way in which its conditions can fail ([the ways](commands.md#qyzmet-walk)), and "
        "`--every-way` does that with every service. At a window the applicant is absent from the state database or "
        "dead, the database is out of reach and asked again, a representative comes with a good power of attorney and "
        "with one that is absent, revoked, expired or of other people, consent is refused, documents are missing, the "
        "operator's key is expired or revoked and a new one is used, and with the courier a package is not among what "
        "came, a package comes beside the register, and a result is missing on the way back."
    )
    yield ""
    yield (
        "Steps run are the processes, conditions and actions of the channel's flows that were reached in some walk, "
        "and the steps and conditions of its procedures; papers at a counter have no flow of the act, so that the "
        "procedure stands alone, as it does at a window for the services whose act numbers no flow there."
    )
    yield ""
    yield f"| {' | '.join(HEADINGS)} |"
    yield f"|{'---|' * len(HEADINGS)}"
    for row in rows:
        service, *others = row.cells()
        yield f"| `{service}` | {' | '.join(others)} |"
