from datetime import timedelta

import asyncpg
import pytest

from gateway.journal import Journal, Kind, Outcome, Step

NUMBER = "71000000000001"


@pytest.fixture
async def store(new_store):
    return await new_store("journal", "gateway/journal/sql/event.sql")


@pytest.fixture
def journal(store, clock):
    return Journal(store.database, clock)


def process(number, **facts):
    return Step("portal", Kind.PROCESS, number, Outcome.DONE, facts)


async def test_an_event_keeps_who_when_and_the_facts(store, journal, clock):
    async with store.database.transaction() as conn:
        await journal.record(conn, process(5, digest="ab"), application=NUMBER, actor="applicant:5f")
    (event,) = await journal.trail(NUMBER)
    assert event.step == process(5, digest="ab")
    assert (event.actor, event.at) == ("applicant:5f", clock.now())


@pytest.mark.parametrize("sql", ["UPDATE event SET number = 9", "DELETE FROM event", "TRUNCATE event"])
async def test_what_was_recorded_cannot_be_changed_or_removed(store, journal, sql):
    async with store.database.transaction() as conn:
        await journal.record(conn, process(5), application=NUMBER)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await store.database.execute(sql)
    assert len(await journal.trail(NUMBER)) == 1


async def test_an_event_told_twice_is_recorded_once_and_the_order_is_that_of_happening(store, journal, clock):
    later, earlier = clock.now() + timedelta(minutes=2), clock.now() + timedelta(minutes=1)
    async with store.database.transaction() as conn:
        assert await journal.record(conn, process(8), application=NUMBER, at=later, key="process 8")
        assert await journal.record(conn, process(6), application=NUMBER, at=earlier, key="process 6")
        assert not await journal.record(conn, process(6), application=NUMBER, at=later, key="process 6")
    assert [event.step.number for event in await journal.trail(NUMBER)] == [6, 8]


async def test_the_login_comes_into_the_trail_of_every_application_of_its_session(store, journal):
    async with store.database.transaction() as conn:
        await journal.record(conn, process(1), session="s1", person="h1")
        await journal.record(conn, process(1), session="s2", person="h2")
        for number in (NUMBER, NUMBER, "71000000000002"):
            await journal.copy_session(conn, session="s1", application=number)
    assert len(await journal.trail(NUMBER)) == 1
    assert len(await journal.trail("71000000000002")) == 1
    assert len(await journal.events_of_person("h2")) == 1


async def test_an_event_of_nobody_is_refused(store, journal):
    async with store.database.transaction() as conn:
        with pytest.raises(asyncpg.CheckViolationError):
            await journal.record(conn, process(1))


async def test_steps_of_one_moment_stand_in_the_order_that_their_sender_counts(store, journal):
    async with store.database.transaction() as conn:
        for number in (8, 6, 7):
            await journal.record(conn, process(number), application=NUMBER, place=number)
        await journal.record(conn, process(5), application=NUMBER)
    assert [event.step.number for event in await journal.trail(NUMBER)] == [5, 6, 7, 8]
