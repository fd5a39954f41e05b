"""Cases as their rows would say they stand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gateway.catalogue import Channel, Verb
from gateway.desk import Case, CaseState, CheckResult
from gateway.desk.procedure import Position
from gateway.identity.numbers import Iin

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


def a_case(service: str, **how: Any) -> Case:
    """A case whose checks have passed and whose result is to be drawn up, but for what is given."""
    row: dict[str, Any] = {
        "number": "20260000000001",
        "service": service,
        "kind": None,
        "office": "karaganda-employment",
        "channel": Channel.PORTAL,
        "counter": None,
        "flow": "portal",
        "applicant": Iin("900515100035"),
        "applicant_name": "ЖАППАРОВА ӘЙГҮЛ",
        "fields": {},
        "signed_application": "",
        "gateway": "rshep",
        "correlation_id": "",
        "submitted_at": NOW,
        "registered_at": NOW,
        "result_due": NOW,
        "state": CaseState.OPEN,
        "position": Position(3, 0),
        "awaits_verb": Verb.DRAFT,
        "awaits_role": None,
        "awaits_office": how.get("office", "karaganda-employment"),
        "due_at": NOW,
        "late": False,
        "claimed_by": None,
        "executor": None,
        "instruction": None,
        "check_result": CheckResult.PASSED,
        "check_reason": None,
        "documents_result": None,
        "documents_reason": None,
        "documents_office": None,
        "conclusion": None,
        "resolution": None,
        "session_at": None,
        "extended": (),
        "condition_result": None,
        "journal_number": None,
        "result_number": None,
        "decision": None,
        "draft": None,
        "signed_result": None,
        "signatures": 0,
        "pick_up": None,
        "closed_at": None,
        "version": 1,
    }
    return Case(**{**row, **how})
