import asyncio
import uuid
from datetime import timedelta

import asyncpg
import pytest

from gateway.journal import MessageLog, PersonHash, Vault
from gateway.journal.message_log import Wanted
from gateway.journal.readers import Act, LogCode, LogRefused, Reader, ReaderRole
from gateway.journal.vault import VaultError

KEY, NEWER = bytes(range(32)), bytes(range(1, 33))
PERSON, OTHER = "900101300017", "850505400013"
PERSONS = PersonHash(b"a test's key of persons")
SUPPORT, AUDITOR, CUSTODIAN = (Reader(role.value, role) for role in ReaderRole)
REASON = "өтініш № 17 бойынша тексеру"
BODY = f"<сұраным><iin>{PERSON}</iin></сұраным>".encode()


@pytest.fixture
async def store(new_store):
    return await new_store("messages", "gateway/journal/sql/message_log.sql")


@pytest.fixture
def log(store, clock):
    return MessageLog(store.database, clock, Vault([KEY]), PERSONS)


async def keep(log, clock, body=BODY, numbers=(PERSON,), **said):
    line = log.seal(
        body,
        numbers=numbers,
        **{
            "at": clock.now(),
            "direction": "in",
            "gateway": "shep",
            "operation": "sendMessage",
            "is_answer": False,
            "service": "S",
            "message_type": "REQUEST",
            "message_id": "1",
            "correlation_id": "1",
            "session_id": None,
            "outcome": "",
            **said,
        },
    )
    await log.write(line)
    return line.line


async def acts(store):
    rows = await store.database.fetch(
        "SELECT act, reader, allowed, line, person, reason FROM message_reading ORDER BY id"
    )
    return [tuple(row) for row in rows]


async def test_a_line_is_found_by_what_it_says_the_newest_first_and_comes_without_its_body(log, clock):
    first = await keep(log, clock, message_id="7", session_id="{s}", outcome="SCE004")
    clock.advance(timedelta(minutes=1))
    second = await keep(log, clock, message_id="8", service="T", direction="out")
    for wanted, found in (
        (Wanted(), (second, first)),
        (Wanted(message_id="7"), (first,)),
        (Wanted(correlation_id="1", service="T"), (second,)),
        (Wanted(session_id="{s}"), (first,)),
        (Wanted(since=clock.now()), (second,)),
        (Wanted(until=clock.now()), (first,)),
        (Wanted(limit=1), (second,)),
        (Wanted(message_id="9"), ()),
    ):
        assert await log.search(SUPPORT, wanted) == found
    assert "сұраным" not in repr(first)


async def test_a_person_is_found_by_hash_and_nothing_of_the_person_lies_in_the_table(store, log, clock):
    line = await keep(log, clock, numbers=(PERSON, OTHER))
    await keep(log, clock, b"<a/>", numbers=())
    for number in (PERSON, OTHER):
        assert await log.search(SUPPORT, Wanted(person=PERSONS.of(number)), reason=REASON) == (line,)
    assert (
        await log.search(SUPPORT, Wanted(person=PersonHash(b"another key of persons").of(PERSON)), reason=REASON) == ()
    )
    stored = str(await store.database.fetchval("SELECT string_agg(message_log::text, '') FROM message_log"))
    for secret in (PERSON, OTHER, PERSON.encode().hex(), "сұраным".encode().hex()):
        assert secret not in stored


async def test_the_auditor_opens_the_exact_bytes_and_is_written_down(store, log, clock):
    line = await keep(log, clock)
    assert await log.open(AUDITOR, line.id, reason=REASON) == BODY
    assert await acts(store) == [("open", "auditor", True, line.id, None, REASON)]


@pytest.mark.parametrize(
    ("reader", "act"),
    [
        (SUPPORT, Act.OPEN),
        (SUPPORT, Act.REVIEW),
        (CUSTODIAN, Act.SEARCH),
        (CUSTODIAN, Act.OPEN),
        (CUSTODIAN, Act.REVIEW),
    ],
)
async def test_what_a_role_may_not_do_is_refused_and_the_attempt_is_written_down(store, log, clock, reader, act):
    line = await keep(log, clock)
    attempts = {
        Act.OPEN: lambda: log.open(reader, line.id, reason=REASON),
        Act.REVIEW: lambda: log.readings(reader, since=clock.now()),
        Act.SEARCH: lambda: log.search(reader, Wanted(person=PERSONS.of(PERSON)), reason=REASON),
    }
    with pytest.raises(LogRefused) as caught:
        await attempts[act]()
    assert caught.value.code is LogCode.NOT_ALLOWED
    assert [(row[0], row[1], row[2]) for row in await acts(store)] == [(act.value, reader.name, False)]
    assert await log.open(AUDITOR, line.id, reason=REASON) == BODY


async def test_without_a_reason_no_person_is_searched_and_no_body_opened(store, log, clock):
    line = await keep(log, clock)
    for reason in ("", "short", "x" * 501):
        with pytest.raises(LogRefused, match="say why"):
            await log.open(AUDITOR, line.id, reason=reason)
        with pytest.raises(LogRefused, match="say why"):
            await log.search(AUDITOR, Wanted(person=PERSONS.of(PERSON)), reason=reason)
    assert await acts(store) == []


async def test_a_body_is_not_returned_when_the_reading_cannot_be_written_down(store, log, clock):
    line = await keep(log, clock)
    await store.database.execute("ALTER TABLE message_reading RENAME TO gone")
    with pytest.raises(asyncpg.UndefinedTableError):
        await log.open(AUDITOR, line.id, reason=REASON)
    with pytest.raises(asyncpg.UndefinedTableError):
        await log.search(AUDITOR, Wanted(person=PERSONS.of(PERSON)), reason=REASON)


async def test_an_opening_that_fails_is_written_down_all_the_same(store, log, clock):
    one, another = await keep(log, clock), await keep(log, clock)
    swapped = "UPDATE message_log SET body = (SELECT body FROM message_log WHERE id = $2) WHERE id = $1"
    await store.database.execute(swapped, one.id, another.id)
    with pytest.raises(VaultError, match="journal-seal-broken"):
        await log.open(AUDITOR, one.id, reason=REASON)
    unknown = uuid.uuid4()
    with pytest.raises(LogRefused) as caught:
        await log.open(AUDITOR, unknown, reason=REASON)
    assert caught.value.code is LogCode.NO_LINE
    assert [row[3] for row in await acts(store)] == [one.id, unknown]


@pytest.mark.parametrize(
    "sql",
    ["UPDATE message_reading SET reader = 'another'", "DELETE FROM message_reading", "TRUNCATE message_reading"],
)
async def test_a_reading_cannot_be_changed_or_removed(store, log, clock, sql):
    await log.open(AUDITOR, (await keep(log, clock)).id, reason=REASON)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await store.database.execute(sql)


@pytest.mark.parametrize("column", ["at = at", "outcome = ''", "sha256 = sha256", "gateway = 'x'", "message_id = '2'"])
async def test_the_facts_of_a_line_cannot_be_changed(store, log, clock, column):
    await keep(log, clock)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="keeps its facts"):
        await store.database.execute(f"UPDATE message_log SET {column}")


async def test_what_a_stranger_wrote_as_long_as_a_message_does_not_make_a_long_line(log, clock):
    line = await keep(log, clock, service="s" * 100_000, message_id="m" * 100_000)
    assert (len(line.service), len(line.message_id)) == (200, 200)


async def test_after_a_change_of_keys_everything_opens_and_the_older_key_is_not_needed(store, log, clock):
    lines = [await keep(log, clock, f"<n>{number}</n>".encode()) for number in range(20)]
    both = MessageLog(store.database, clock, Vault([NEWER, KEY]), PERSONS)
    resealed = await asyncio.gather(both.reseal(), both.reseal())
    assert sum(resealed) == 20
    assert await both.keys_in_use() == {Vault([NEWER]).newest: 20}
    assert await both.reseal() == 0
    alone = MessageLog(store.database, clock, Vault([NEWER]), PERSONS)
    assert [await alone.open(AUDITOR, line.id, reason=REASON) for line in lines[:2]] == [b"<n>0</n>", b"<n>1</n>"]
    with pytest.raises(VaultError, match="journal-key-unknown"):
        await log.open(AUDITOR, lines[0].id, reason=REASON)


async def test_a_body_that_does_not_open_holds_up_no_change_of_keys(store, log, clock):
    lines = [await keep(log, clock) for _ in range(20)]
    for line in lines[:9]:
        await store.database.execute("UPDATE message_log SET body = body || '\\x00' WHERE id = $1", line.id)
    both = MessageLog(store.database, clock, Vault([NEWER, KEY]), PERSONS)
    assert await both.reseal() == 11
    assert await both.keys_in_use() == {Vault([NEWER]).newest: 11, Vault([KEY]).newest: 9}
