"""The ledger of the simulated НУЦ."""

from pathlib import Path

from gateway.store.migrate import run_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_sql(Path(__file__).resolve().parents[1] / "sql" / "ledger.sql")
