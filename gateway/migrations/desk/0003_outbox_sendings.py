"""What becomes of a message after a gateway took it: its sendings, and what the gateway told of them."""

from gateway.migrations import OUTBOX_SENDINGS
from gateway.store.migrate import run_sql

revision, down_revision = "0003", "0002"


def upgrade() -> None:
    run_sql(OUTBOX_SENDINGS)
