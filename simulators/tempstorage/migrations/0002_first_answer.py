"""What was answered to each question, so that a repetition acts once, after a restart too."""

from gateway.shep.stored_answers import SQL_FILE
from gateway.store.migrate import run_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql(SQL_FILE)
