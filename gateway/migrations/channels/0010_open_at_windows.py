"""What is open or held at the windows is found however many applications there are."""

from gateway.flows.arm.intakes import OPEN_AT_WINDOWS
from gateway.store.migrate import run_sql

revision, down_revision = "0010", "0009"


def upgrade() -> None:
    run_sql(OPEN_AT_WINDOWS)
