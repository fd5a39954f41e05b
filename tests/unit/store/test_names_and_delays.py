"""What the store decides without a database."""

from datetime import timedelta

import pytest

from gateway.store.database import checked_identifier
from gateway.store.jobs import ATTEMPTS, retry_delay
from gateway.store.provision import role_password, with_role


def test_a_failing_job_waits_twice_as_long_each_time_but_never_more_than_ten_minutes():
    delays = [retry_delay(attempt) for attempt in range(1, ATTEMPTS + 1)]
    assert delays[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert delays == sorted(delays)
    assert delays[-1] == timedelta(minutes=10)


@pytest.mark.parametrize("name", ["channels", "desk_2", "_x"])
def test_a_plain_name_of_a_schema_is_taken(name):
    assert checked_identifier(name) == name


@pytest.mark.parametrize("name", ["", "1a", "a-b", 'a"; DROP SCHEMA desk', "Desk", "a" * 42, "a\n", "а"])
def test_a_name_that_would_need_quotes_is_refused(name):
    with pytest.raises(ValueError, match="identifier"):
        checked_identifier(name)


def test_each_role_has_a_password_of_its_own_that_the_secret_decides():
    assert role_password(b"one", "qyzmet_desk") == role_password(b"one", "qyzmet_desk")
    assert role_password(b"one", "qyzmet_desk") != role_password(b"one", "qyzmet_channels")
    assert role_password(b"one", "qyzmet_desk") != role_password(b"two", "qyzmet_desk")


def test_a_role_takes_the_place_of_the_administrator_and_the_rest_of_the_address_stays():
    url = with_role("postgresql://admin:word@127.0.0.1:5433/main?sslmode=require", "qyzmet_desk", "p w")
    assert url == "postgresql://qyzmet_desk:p%20w@127.0.0.1:5433/main?sslmode=require"


def test_the_administrators_user_and_password_in_the_query_do_not_stay():
    url = with_role("postgresql:///main?host=/tmp/x&user=admin&password=word", "qyzmet_desk", "p")
    assert "admin" not in url
    assert "word" not in url
    assert "host=%2Ftmp%2Fx" in url
