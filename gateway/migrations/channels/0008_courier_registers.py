"""Registers of documents that a courier carries, out to the providers and back."""

from gateway.flows.arm.registers import REGISTERS
from gateway.store.migrate import run_sql

revision, down_revision = "0008", "0007"


def upgrade() -> None:
    run_sql(REGISTERS)
