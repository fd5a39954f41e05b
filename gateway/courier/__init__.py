"""Registers of documents that a courier carries, as both participants keep, send, mark and print them."""

from pathlib import Path

COURIER_REGISTERS = Path(__file__).with_name("sql") / "register.sql"
"""The tables of the registers, the same in both participants' schemas."""
UNMARKED_OF_DEPARTMENT = Path(__file__).with_name("sql") / "unmarked.sql"
"""The index that revision 0009 of the channels' schema brings."""
