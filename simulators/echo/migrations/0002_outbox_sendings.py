"""What becomes of the echo's messages after a gateway took them."""

from pathlib import Path

from gateway.store.migrate import run_sql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
_GATEWAY = Path(__file__).resolve().parents[3] / "gateway"


def upgrade() -> None:
    run_sql(_GATEWAY / "shep/sql/outbox_sendings.sql")
