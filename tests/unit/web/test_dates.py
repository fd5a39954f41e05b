from datetime import UTC, date, datetime

import pytest

from gateway.web.dates import day, moment, read_day


def test_a_moment_is_told_in_the_time_of_almaty():
    late = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
    assert day(late) == "03.03.2026"
    assert moment(late) == "03.03.2026 01:30"
    assert moment(late.isoformat()) == "03.03.2026 01:30"


def test_a_date_stays_what_it_is():
    assert day(date(2026, 3, 2)) == "02.03.2026"
    assert day("2026-03-02") == "02.03.2026"
    assert day(None) == ""


@pytest.mark.parametrize("text", ["31.03.2026", "31/03/2026", "31-03-2026"])
def test_a_typed_date_is_read(text):
    assert read_day(text) == date(2026, 3, 31)


@pytest.mark.parametrize("text", ["", "31.03.26", "31.02.2026", "2026-03-31x", "٣١.٠٣.٢٠٢٦", "1.2.3.4", "31.03.20266"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        read_day(text)
