"""Papers that a counter has begun to take in, with their scanned pages."""

from gateway.desk.entries import PAPER_ENTRIES
from gateway.store.migrate import run_sql

revision, down_revision = "0010", "0009"


def upgrade() -> None:
    run_sql(PAPER_ENTRIES)
