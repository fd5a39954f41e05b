import hashlib
from datetime import timedelta

import pytest

from gateway.identity.sessions import PostgresSessions
from gateway.web.sessions import SessionStore

ONE, TWO, OTHER = (hashlib.sha256(word).hexdigest() for word in (b"one", b"two", b"other"))


@pytest.fixture
async def store(new_store):
    return await new_store("sessions", "gateway/identity/sql/session.sql")


@pytest.fixture
def sessions(store, clock):
    sessions: SessionStore = PostgresSessions(store.database, real_time=clock)
    return sessions


@pytest.fixture
def soon(clock):
    return clock.now() + timedelta(minutes=30)


async def test_a_session_is_found_until_it_expires_and_not_after(sessions, clock, soon):
    await sessions.create(ONE, {"account": "7"}, account="7", expires_at=soon)
    clock.advance(timedelta(minutes=29))
    assert await sessions.load(ONE) == {"account": "7"}
    clock.advance(timedelta(minutes=1))
    assert await sessions.load(ONE) is None


async def test_use_puts_the_expiry_off(sessions, clock, soon):
    await sessions.create(ONE, {}, account=None, expires_at=soon)
    await sessions.change(ONE, {"seen": "now"}, (), expires_at=soon + timedelta(minutes=20))
    clock.advance(timedelta(minutes=40))
    assert await sessions.load(ONE) == {"seen": "now"}


async def test_a_session_that_was_ended_is_not_brought_back_by_a_request_on_its_way(sessions, soon):
    await sessions.create(ONE, {}, account="7", expires_at=soon)
    await sessions.delete(ONE)
    await sessions.change(ONE, {"account": "7"}, (), expires_at=soon)
    assert await sessions.load(ONE) is None


async def test_what_a_request_did_not_change_stays_as_another_left_it(sessions, soon):
    await sessions.create(ONE, {"account": "7", "held": "x", "seen": "first"}, account="7", expires_at=soon)
    await sessions.change(ONE, {"locked": True}, ("held", "never-there"), expires_at=soon)
    await sessions.change(ONE, {"seen": "last"}, (), expires_at=soon)
    assert await sessions.load(ONE) == {"account": "7", "locked": True, "seen": "last"}


async def test_a_new_password_ends_all_sessions_of_the_account_and_no_other(sessions, store, soon):
    for digest, account in ((ONE, "7"), (TWO, "7"), (OTHER, "8")):
        await sessions.create(digest, {}, account=account, expires_at=soon)
    async with store.database.transaction() as conn:
        await sessions.end_all(conn, "7")
    assert [await sessions.load(digest) for digest in (ONE, TWO, OTHER)] == [None, None, {}]


async def test_sessions_that_are_over_are_removed(sessions, store, clock, soon):
    await sessions.create(ONE, {}, account=None, expires_at=soon)
    clock.advance(timedelta(hours=1))
    await sessions.create(TWO, {}, account=None, expires_at=soon + timedelta(hours=1))
    assert await store.database.fetchval("SELECT count(*) FROM session") == 1
