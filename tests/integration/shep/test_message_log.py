import asyncio
import hashlib

import pytest

from gateway.journal import MessageLog, PersonHash, Vault
from gateway.journal.message_log import Wanted
from gateway.journal.readers import Reader, ReaderRole
from gateway.shep.message_log import LoggedPassages
from gateway.shep.messages import MessageType
from gateway.shep.names import MAX_ENVELOPE_BYTES, Operation
from gateway.shep.passages import Direction, Passage

PERSONS = PersonHash(b"a test's key of persons")
AUDITOR = Reader("a", ReaderRole.AUDITOR)
REASON = "a test of the log"
PERSON = "900101300017"
QUESTION = f"<s:Envelope><password>s3cret</password>&lt;iin&gt;{PERSON}&lt;/iin&gt;</s:Envelope>".encode()
ANSWER = b"<s:Envelope><fault/></s:Envelope>"


@pytest.fixture
async def store(new_store):
    return await new_store("logged", "gateway/journal/sql/message_log.sql")


@pytest.fixture
def log(store, clock):
    return MessageLog(store.database, clock, Vault([bytes(range(32))]), PERSONS)


def passages(clock, question=QUESTION, **changes):
    said = {
        "gateway": "rshep",
        "operation": Operation.SEND_ASYNC,
        "service_id": "S",
        "message_type": MessageType.REQUEST,
        "message_id": "1",
        "correlation_id": "2",
        "session_id": "{3}",
        "outcome": "SCE004",
    }
    said |= changes
    return (
        Passage(clock.now(), Direction.OUT, is_answer=False, envelope=question, **said),
        Passage(clock.now(), Direction.IN, is_answer=True, envelope=ANSWER, **said),
    )


async def test_a_question_and_its_answer_are_two_lines_that_say_what_the_passages_said(store, log, clock):
    await LoggedPassages(log).note(*passages(clock))
    answer, question = await log.search(AUDITOR, Wanted())
    for line, direction, envelope in ((question, "out", QUESTION), (answer, "in", ANSWER)):
        assert (line.direction, line.size, line.sha256) == (
            direction,
            len(envelope),
            hashlib.sha256(envelope).hexdigest(),
        )
        assert (line.gateway, line.operation, line.service, line.message_type) == (
            "rshep",
            "sendMessage",
            "S",
            "REQUEST",
        )
        assert (line.message_id, line.correlation_id, line.session_id, line.outcome) == ("1", "2", "{3}", "SCE004")
        assert await log.open(AUDITOR, line.id, reason=REASON) == envelope
    assert (question.is_answer, answer.is_answer) == (False, True)
    assert question in await log.search(AUDITOR, Wanted(person=PERSONS.of(PERSON)), reason=REASON)
    whole = await store.database.fetchval("SELECT string_agg(message_log::text, '') FROM message_log")
    assert b"s3cret".hex() not in whole


async def test_a_passage_of_which_nothing_could_be_read_is_a_line_too(log, clock):
    nothing = dict.fromkeys(("operation", "service_id", "message_type", "message_id", "correlation_id", "session_id"))
    await LoggedPassages(log).note(*passages(clock, b"\xff\x00 no XML", **nothing)[:1])
    (line,) = await log.search(AUDITOR, Wanted())
    assert await log.open(AUDITOR, line.id, reason=REASON) == b"\xff\x00 no XML"


async def test_a_pair_costs_one_statement(store, log, clock):
    asked = []
    async with store.database.transaction() as conn:  # the one that is lent to whoever asks next
        conn.add_query_logger(lambda record: asked.append(record.query))
    for _ in range(8):
        await LoggedPassages(log).note(*passages(clock))
    assert await store.database.fetchval("SELECT count(*) FROM message_log") == 16
    assert len([query for query in asked if query.startswith("INSERT INTO message_log")]) == 8


async def test_the_largest_envelope_is_kept_while_the_loop_goes_on(log, clock):
    body = b"<a>" + bytes(range(97, 122)) * (MAX_ENVELOPE_BYTES // 25) + b"</a>"
    turns = 0

    async def turning():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(turning())
    await LoggedPassages(log).note(*passages(clock, body)[:1])
    task.cancel()
    (line,) = await log.search(AUDITOR, Wanted())
    assert line.size == len(body)
    assert turns > 100
