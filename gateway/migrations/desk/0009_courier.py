"""Registers of documents that a courier carries, and the packages that are expected with them."""

from gateway.courier import COURIER_REGISTERS
from gateway.desk.expected import EXPECTED_PACKAGES
from gateway.store.migrate import run_sql

revision, down_revision = "0009", "0008"


def upgrade() -> None:
    run_sql(COURIER_REGISTERS, EXPECTED_PACKAGES)
