"""The provider workflow core: registration, condition 3, the procedure's steps, deadlines, decisions, hand-over."""

from pathlib import Path

from gateway.desk.case import Case, CaseState, CheckResult, Decision
from gateway.desk.decisions import ResultSettings
from gateway.desk.desk import Desk, World
from gateway.desk.errors import DeskCode, DeskError, NotYet
from gateway.desk.reports import Month
from gateway.desk.search import NumberPart, Search
from gateway.desk.staff import Staff, StaffMember

_GATEWAY = Path(__file__).resolve().parents[1]
SQL_FILES = tuple(
    _GATEWAY / place
    for place in (
        "journal/sql/event.sql",
        "identity/sql/throttle.sql",
        "identity/sql/session.sql",
        "desk/sql/staff.sql",
        "desk/sql/casefile.sql",
        "desk/sql/case_step.sql",
        "desk/sql/case_action.sql",
        "desk/sql/case_document.sql",
        "desk/sql/case_evidence.sql",
        "desk/sql/desk_counter.sql",
    )
)
"""The tables that the desk stands on beside the store's and shep's, in the order in which they can be made."""
CHECKS_AND_PAPERS = _GATEWAY / "desk/sql/checks_and_papers.sql"
"""What revision 0004 of the desk's schema brings."""
LISTS = _GATEWAY / "desk/sql/lists.sql"
"""What revision 0005 of the desk's schema brings."""
BODIES = _GATEWAY / "desk/sql/bodies.sql"
"""What revision 0006 of the desk's schema brings."""
WINDOWS = _GATEWAY / "desk/sql/windows.sql"
"""What revision 0008 of the desk's schema brings."""
AKIMS_CASES, AKIMS_CASES_BACK = _GATEWAY / "desk/sql/akims_cases.sql", _GATEWAY / "desk/sql/akims_cases_back.sql"
"""What revision 0011 of the desk's schema brings, and what takes it back."""

__all__ = [
    "AKIMS_CASES",
    "AKIMS_CASES_BACK",
    "BODIES",
    "CHECKS_AND_PAPERS",
    "LISTS",
    "SQL_FILES",
    "WINDOWS",
    "Case",
    "CaseState",
    "CheckResult",
    "Decision",
    "Desk",
    "DeskCode",
    "DeskError",
    "Month",
    "NotYet",
    "NumberPart",
    "ResultSettings",
    "Search",
    "Staff",
    "StaffMember",
    "World",
]
