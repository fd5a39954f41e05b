"""The provider workflow core: registration, condition 3, the procedure's steps, deadlines, decisions, hand-over."""

from gateway.desk.case import Case, CaseState, CheckResult, Decision
from gateway.desk.decisions import ResultSettings
from gateway.desk.desk import Desk, World
from gateway.desk.errors import DeskCode, DeskError, NotYet
from gateway.desk.staff import Staff, StaffMember

SQL_FILES = (
    "gateway/journal/sql/event.sql",
    "gateway/identity/sql/throttle.sql",
    "gateway/identity/sql/session.sql",
    "gateway/desk/sql/staff.sql",
    "gateway/desk/sql/casefile.sql",
    "gateway/desk/sql/case_step.sql",
    "gateway/desk/sql/case_action.sql",
    "gateway/desk/sql/case_document.sql",
    "gateway/desk/sql/case_evidence.sql",
    "gateway/desk/sql/desk_counter.sql",
)
"""The tables that the desk stands on beside the store's and shep's, in the order in which they can be made."""

__all__ = [
    "SQL_FILES",
    "Case",
    "CaseState",
    "CheckResult",
    "Decision",
    "Desk",
    "DeskCode",
    "DeskError",
    "NotYet",
    "ResultSettings",
    "Staff",
    "StaffMember",
    "World",
]
