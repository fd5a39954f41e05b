"""The State Corporation's windows: a channel whose applications come by message from a department."""

from gateway.desk import WINDOWS
from gateway.store.migrate import run_sql

revision, down_revision = "0008", "0007"


def upgrade() -> None:
    run_sql(WINDOWS)
