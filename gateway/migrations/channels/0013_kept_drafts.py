"""Drafts that nobody finishes are found however many applications there are."""

from gateway.flows.kept_drafts import KEPT_DRAFTS
from gateway.store.migrate import run_sql

revision, down_revision = "0013", "0012"


def upgrade() -> None:
    run_sql(KEPT_DRAFTS)
