"""Times that people booked at an office through the portal."""

from gateway.desk.bookings import OFFICE_BOOKINGS, OFFICE_BOOKINGS_BACK
from gateway.store.migrate import run_sql

revision, down_revision = "0012", "0011"


def upgrade() -> None:
    run_sql(OFFICE_BOOKINGS)


def downgrade() -> None:
    run_sql(OFFICE_BOOKINGS_BACK)
