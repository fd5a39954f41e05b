"""What a round of walks came to, one row a service: for the terminal, for programs, and as a page of the reference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from gateway.catalogue import Catalogue, Channel
from simulators.walk.plan import PlannedWalk
from simulators.walk.report import WalkReport

HEADINGS = ("service", "kinds", "steps run", "conditions failed", "results", "walks")


@dataclass(frozen=True, slots=True)
class StoppedWalk:
    """A walk that met something on the way that was not as it must be."""

    walk: PlannedWalk
    reason: str

    @property
    def service(self) -> str:
        """The service that was walked."""
        return self.walk.service

    def to_json(self) -> dict[str, Any]:
        """Return what is known of it for programs."""
        return {
            "service": self.walk.service,
            "kind": self.walk.kind,
            "fail": self.walk.way.name if self.walk.way else None,
            "matches": False,
            "stopped": self.reason,
        }


@dataclass
class Row:
    """One service: which of its steps ran in some walk, which conditions failed, which documents it ended in."""

    service: str
    kinds: list[str] = field(default_factory=list)
    flow: set[str] = field(default_factory=set)
    procedure: set[str] = field(default_factory=set)
    flow_steps: int = 0
    procedure_steps: int = 0
    failed: set[int] = field(default_factory=set)
    results: list[str] = field(default_factory=list)
    walks: int = 0
    matched: int = 0

    def add(self, report: WalkReport) -> None:
        """Count a walk."""
        self.walks += 1
        self.matched += report.matches
        if report.kind is not None and report.kind not in self.kinds:
            self.kinds.append(report.kind)
        for step in report.walked:
            kind, number, outcome = step.split()
            self.flow.add(f"{kind} {number}")
            if outcome == "failed":
                self.failed.add(int(number))
        self.procedure |= set(report.walked_procedure)
        if report.decision is not None and report.decision.result.id not in self.results:
            self.results.append(report.decision.result.id)

    def cells(self, *, named: bool = True) -> tuple[str, ...]:
        """Return the row as the cells of a table, kinds and results named or only counted."""
        return (
            self.service,
            (", ".join(self.kinds) if named else str(len(self.kinds) or "")) or "–",
            f"{len(self.flow)} of {self.flow_steps} and {len(self.procedure)} of {self.procedure_steps}",
            ", ".join(map(str, sorted(self.failed))) or "–",
            ", ".join(self.results) if named else str(len(self.results)),
            f"{self.matched} of {self.walks}",
        )

    def to_json(self) -> dict[str, Any]:
        """Return the row for programs."""
        return {
            "service": self.service,
            "kinds": self.kinds,
            "flow": {"run": len(self.flow), "of": self.flow_steps},
            "procedure": {"run": len(self.procedure), "of": self.procedure_steps},
            "conditions_failed": sorted(self.failed),
            "results": self.results,
            "walks": self.walks,
            "matched": self.matched,
        }


def rows_of(catalogue: Catalogue, outcomes: Iterable[WalkReport | StoppedWalk]) -> list[Row]:
    """Return a row for each service that was walked, in the order in which they were."""
    rows: dict[str, Row] = {}
    for outcome in outcomes:
        row = rows.setdefault(outcome.service, _empty(catalogue, outcome.service))
        if isinstance(outcome, WalkReport):
            row.add(outcome)
        else:
            row.walks += 1
    return list(rows.values())


def _empty(catalogue: Catalogue, service: str) -> Row:
    law = catalogue.service(service)
    flows = [flow for flow in law.flows if flow.channel is Channel.PORTAL]
    procedures = [one for one in law.procedures if Channel.PORTAL in one.channels]
    return Row(
        service,
        flow_steps=max(len(flow.steps) for flow in flows),
        procedure_steps=max(len(one.path(Channel.PORTAL)) for one in procedures),
    )


def as_text(rows: Iterable[Row]) -> str:
    """Return the table for a terminal, kinds and results counted."""
    cells = [HEADINGS, *(row.cells(named=False) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEADINGS))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def as_page(rows: Iterable[Row]) -> str:
    """Return the page of the reference."""
    return "\n".join(_page(list(rows))) + "\n"


def _page(rows: list[Row]) -> Iterator[str]:
    walks, matched = sum(row.walks for row in rows), sum(row.matched for row in rows)
    yield "# Walks"
    yield ""
    yield (
        f"What `qyzmet walk --all` walked: {walks} walks through {len(rows)} of the services that the portal offers, "
        f"of which {matched} left the trail that the act's flow and procedure ask for and ended in the document that "
        "was decided on, valid as XML and as PDF. Made by `qyzmet walk --all --page docs/reference/walks.md`."
    )
    yield ""
    yield (
        "Every service is walked on its good path, in each of its kinds, to a negative result where it has one, and to "
        "a refusal though every condition passed; where no condition is decided by the documents, also to a refusal "
        "because they have faults. The first service of each act's flow is walked in every way in which a condition "
        "can fail ([the ways](commands.md#qyzmet-walk)); `--every-way` does that with every service."
    )
    yield ""
    yield (
        "Steps run are the processes and conditions of the flow that were reached in some walk, and the steps of the "
        "procedure inside the provider. The processes that only a failed condition leads to are missing where no "
        "condition was made to fail."
    )
    yield ""
    yield f"| {' | '.join(HEADINGS)} |"
    yield f"|{'---|' * len(HEADINGS)}"
    for row in rows:
        service, *others = row.cells()
        yield f"| `{service}` | {' | '.join(others)} |"
