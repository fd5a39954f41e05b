"""The messages that the echo takes and sends."""

from pathlib import Path

from gateway.store.migrate import run_sql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
_GATEWAY = Path(__file__).resolve().parents[3] / "gateway"


def upgrade() -> None:
    run_sql(*(_GATEWAY / name for name in ("store/sql/timer.sql", "shep/sql/outbox.sql", "shep/sql/inbox.sql")))
