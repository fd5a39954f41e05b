"""The electronic queue of the State Corporation's halls, and what its windows hand over."""

from gateway.flows.arm.hand_overs import HANDED_OVER
from gateway.flows.arm.overview import OVERVIEW
from gateway.flows.arm.tickets import TICKETS
from gateway.store.migrate import run_sql

revision, down_revision = "0007", "0006"


def upgrade() -> None:
    run_sql(TICKETS, HANDED_OVER, OVERVIEW)
