"""Indexes under lists, search and reports, and how a name is folded for search."""

from gateway.desk import LISTS
from gateway.store.migrate import run_sql

revision, down_revision = "0005", "0004"


def upgrade() -> None:
    run_sql(LISTS)
