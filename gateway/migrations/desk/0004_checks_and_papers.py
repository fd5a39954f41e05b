"""The kind of a case's service, the check of documents apart from the flow's condition, and the staff's papers."""

from gateway.desk import CHECKS_AND_PAPERS
from gateway.store.migrate import run_sql

revision, down_revision = "0004", "0003"


def upgrade() -> None:
    run_sql(CHECKS_AND_PAPERS)
