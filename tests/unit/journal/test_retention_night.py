from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.journal.retention import next_night


@given(st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 (made aware)
def test_the_next_night_is_ahead_and_within_a_day(now):
    assert now < next_night(now) <= now + timedelta(days=1, hours=1)
    assert next_night(now).astimezone(UTC).hour == 22
