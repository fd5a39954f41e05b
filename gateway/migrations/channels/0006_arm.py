"""The State Corporation's operators, and the applications that they take in."""

from gateway.flows.arm.intakes import ARM
from gateway.store.migrate import run_sql

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    run_sql(ARM)
