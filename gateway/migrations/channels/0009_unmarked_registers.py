"""Registers of results that wait for a department's mark are found however many were marked."""

from gateway.courier import UNMARKED_OF_DEPARTMENT
from gateway.store.migrate import run_sql

revision, down_revision = "0009", "0008"


def upgrade() -> None:
    run_sql(UNMARKED_OF_DEPARTMENT)
