"""In which chain a booked time came, so that the clerks' mark can go back in it."""

from gateway.desk.bookings import BOOKING_CHAIN
from gateway.store.migrate import run_sql

revision, down_revision = "0013", "0012"


def upgrade() -> None:
    run_sql(BOOKING_CHAIN)
