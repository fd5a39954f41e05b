"""The first tables of the desk; each room's DDL stands in its own folder."""

from pathlib import Path

from gateway.desk import SQL_FILES
from gateway.migrations import COMMON
from gateway.store.migrate import run_sql

revision, down_revision = "0001", None
_ROOT = Path(__file__).resolve().parents[3]


def upgrade() -> None:
    run_sql(*COMMON, *(_ROOT / name for name in SQL_FILES))
