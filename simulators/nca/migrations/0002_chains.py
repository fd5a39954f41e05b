"""Several chains in one ledger."""

from pathlib import Path

from gateway.store.migrate import run_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql(Path(__file__).resolve().parents[1] / "sql" / "chains.sql")
