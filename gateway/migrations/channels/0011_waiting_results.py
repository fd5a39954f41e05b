"""Results that wait at the windows are found however many were handed over."""

from gateway.flows.arm.hand_overs import WAITING_RESULTS
from gateway.store.migrate import run_sql

revision, down_revision = "0011", "0010"


def upgrade() -> None:
    run_sql(WAITING_RESULTS)
