"""The notification (NOTIFICATION): a numbered step taken at the desk, told to the channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from gateway.exchange.document import Draft, Reading, written
from gateway.exchange.schema import Schema
from gateway.exchange.wording import PickUp, Wording, add_pick_up, add_wording, read_pick_up, read_wording

NAMESPACE = "urn:qyzmet:notification:1"
SCHEMA = Schema("notification.xsd", NAMESPACE, "notification")
SUPPLEMENT = "supplement"
"""The fact of a notice about what was presented after the application: the key of what was not taken, empty where it
could not be read."""
REDIRECTED = "redirected-to"
"""The fact of a notice that says which office of the service has the application now."""
REGISTERED = "registered"
"""The fact of a notice that an application is registered at the desk, where no numbered flow has a step for it."""
_MAX_BYTES = 512 * 1024


class StepKind(StrEnum):
    """What a step is by the act's own word."""

    PROCESS = "process"
    CONDITION = "condition"
    ACTION = "action"
    PROCEDURE = "procedure"
    NOTE = "note"


class StepOutcome(StrEnum):
    """How a step ended."""

    DONE = "done"
    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True)
class StepNotice:
    """One step at the desk; `sequence` orders the steps of one application that happened at the same moment."""

    number: str
    flow: str
    kind: StepKind
    step_number: int
    outcome: StepOutcome
    at: datetime
    sequence: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    message: Wording | None = None
    result_due: datetime | None = None
    pick_up: PickUp | None = None


def build_notice(notice: StepNotice) -> bytes:
    """Write the payload, always the same bytes for the same step; raises `PayloadNotWritable`."""
    draft = Draft(SCHEMA)
    root = draft.root
    draft.add(root, "number", notice.number)
    step = {
        "flow": notice.flow,
        "kind": notice.kind.value,
        "number": str(notice.step_number),
        "outcome": notice.outcome.value,
    }
    draft.add(root, "step", attributes=step)
    draft.add(root, "at", written(notice.at))
    draft.add(root, "sequence", str(notice.sequence))
    facts = draft.add(root, "facts")
    for name, value in notice.facts.items():
        draft.add(facts, "fact", value, {"id": name})
    if notice.message is not None:
        add_wording(draft, root, "message", notice.message)
    if notice.result_due is not None:
        draft.add(root, "resultDue", written(notice.result_due))
    if notice.pick_up is not None:
        add_pick_up(draft, notice.pick_up)
    return draft.to_bytes()


def read_notice(data: bytes) -> StepNotice:
    """Read the payload; raises `PayloadRefused`."""
    reading = Reading.of(data, SCHEMA, max_bytes=_MAX_BYTES)
    step = reading.all("step")[0].attrib
    return StepNotice(
        number=reading.text("number"),
        flow=str(step["flow"]),
        kind=StepKind(str(step["kind"])),
        step_number=int(step["number"]),
        outcome=StepOutcome(str(step["outcome"])),
        at=reading.moment("at"),
        sequence=int(reading.text("sequence")),
        facts={str(fact.attrib["id"]): fact.text or "" for fact in reading.all("facts", "fact")},
        message=read_wording(reading, "message") if reading.has("message") else None,
        result_due=reading.moment("resultDue") if reading.has("resultDue") else None,
        pick_up=read_pick_up(reading),
    )
