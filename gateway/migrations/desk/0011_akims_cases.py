"""What rural akims took in is found by indexes of its own, in which no case of the State Corporation stands."""

from gateway.desk import AKIMS_CASES, AKIMS_CASES_BACK
from gateway.store.migrate import run_sql

revision, down_revision = "0011", "0010"


def upgrade() -> None:
    run_sql(AKIMS_CASES)


def downgrade() -> None:
    run_sql(AKIMS_CASES_BACK)
