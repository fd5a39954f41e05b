"""The message log, and payloads of inbox and outbox that are sealed and removed when their time is over."""

from gateway.migrations import MESSAGE_LOG
from gateway.store.migrate import run_sql

revision, down_revision = "0002", "0001"


def upgrade() -> None:
    run_sql(*MESSAGE_LOG)
