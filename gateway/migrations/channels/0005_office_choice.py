"""Which office an application goes to, and why."""

from gateway.flows.office_choice import OFFICE_CHOICE
from gateway.store.migrate import run_sql

revision, down_revision = "0005", "0004"


def upgrade() -> None:
    run_sql(OFFICE_CHOICE)
