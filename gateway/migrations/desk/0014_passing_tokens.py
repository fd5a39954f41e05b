"""One-time tokens of forms are not written ahead: nothing is lost with them that a crash would have kept."""

from gateway.migrations import PASSING_TOKENS
from gateway.store.migrate import run_sql

revision, down_revision = "0014", "0013"


def upgrade() -> None:
    run_sql(PASSING_TOKENS)
