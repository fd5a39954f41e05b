"""Events of flows that are lists of actions, and what applicants present after the application."""

from gateway.flows.supplement_rows import SUPPLEMENTS
from gateway.migrations import ACTION_KIND
from gateway.store.migrate import run_sql

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    run_sql(ACTION_KIND, SUPPLEMENTS)
