"""The first tables of the channels; each room's DDL stands in its own folder."""

from gateway.flows.rooms import SQL_FILES
from gateway.migrations import COMMON
from gateway.store.migrate import run_sql

revision, down_revision = "0001", None


def upgrade() -> None:
    run_sql(*COMMON, *SQL_FILES)
