"""What applicants present after the application, because the provider waits for it."""

from gateway.desk.supplements import SUPPLEMENTS
from gateway.store.migrate import run_sql

revision, down_revision = "0007", "0006"


def upgrade() -> None:
    run_sql(SUPPLEMENTS)
