"""The bodies that a procedure goes through, the channels beside the portal, and what is decided before the result."""

from gateway.desk import BODIES
from gateway.migrations import ACTION_KIND
from gateway.store.migrate import run_sql

revision, down_revision = "0006", "0005"


def upgrade() -> None:
    run_sql(ACTION_KIND, BODIES)
