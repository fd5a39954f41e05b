import asyncio
import json

import pytest
import yaml

from gateway.cli import main
from gateway.shep.stopped import Box, StoppedMessages
from tests.integration.shep.world import MESSAGE_SERVICE

_OUT = """
INSERT INTO outbox (key, chain, gateway, service_id, message_type, properties, payload_form, payload, put_at, state,
                    attempts, last_error)
VALUES ($1, $1, 'shep', $2, 'REQUEST', '[]', 'escaped', $3, $4, $5, 7, '{"code": "timed-out", "facts": {}}')
"""
_IN = """
INSERT INTO inbox (gateway, message_id, correlation_id, service_id, message_type, message_date, sender_id, properties,
                   payload_form, payload, payload_sha256, received_at, state, attempts, last_error)
VALUES ('shep', 'm', 'c', $1, 'RESPONSE', $2, 'X', '[]', 'escaped', '\\x61', '', $2, 'stopped', 9, 'NotYet')
"""


@pytest.fixture
async def store(new_store, clock):
    made = await new_store("portal", "gateway/shep/sql/outbox.sql", "gateway/shep/sql/inbox.sql")
    for key, payload, state in (("a", b"x", "stopped"), ("erased", b"", "stopped"), ("b", b"x", "waiting")):
        await made.database.execute(_OUT, key, MESSAGE_SERVICE, payload, clock.now(), state)
    await made.database.execute(_IN, MESSAGE_SERVICE, clock.now())
    return made


@pytest.fixture
def run(store, tmp_path, capsys, monkeypatch):
    """Run `qyzmet messages` as the channels; return its status, what it printed, and what it said of errors."""
    monkeypatch.setenv("QYZMET_CONFIG", "none")
    settings = tmp_path / "settings.yaml"
    channels = {
        "database_url": store.database.url,
        "database_schema": store.database.schema,
        "public_url": "http://127.0.0.1:8080",
        "sender_password": "p",
        "key": {"file": "none.p12", "password": "p"},
        "gateways": {},
        "home_gateway": "shep",
        "storage_password": "p",
        "person_key": "a test's key of persons",
        "journal_keys": ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="],
    }
    settings.write_text(yaml.safe_dump({"channels": channels}))

    async def run(*words, participant=("--participant", "channels")):
        status = await asyncio.to_thread(main, ["messages", "--config", str(settings), *participant, *words])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


async def test_what_came_to_a_stop_is_listed_with_its_reason_and_nothing_of_its_payload(run):
    status, out, _ = await run("--json", "stopped")
    assert status == 0
    assert [(each["box"], each["name"], each["reason"], each["attempts"]) for each in json.loads(out)] == [
        ("out", "a", "timed-out", 7),
        ("out", "erased", "timed-out", 7),
        ("in", "1", "NotYet", 9),
    ]
    _, out, _ = await run("stopped")
    assert "RESPONSE" in out
    assert "7 attempts, timed-out" in out


@pytest.mark.parametrize(("box", "name", "job"), [("out", "a", "shep.deliver"), ("in", "1", "shep.received")])
async def test_a_resumed_message_waits_again_and_has_its_job(run, store, box, name, job):
    status, out, _ = await run("resume", box, name)
    assert (status, out) == (0, "it goes on as soon as a worker of the participant takes it\n")
    assert [each.name for each in await StoppedMessages(store).listed() if each.box is Box(box)] == (
        ["erased"] if box == "out" else []
    )
    queued = f"SELECT count(*) FROM {store.database.schema}_pgqueuer WHERE entrypoint = $1"
    assert await store.database.fetchval(queued, job) == 1
    assert (await run("resume", box, name))[0] == 1


@pytest.mark.parametrize("name", ["erased", "b", "nothing"])
async def test_what_is_not_stopped_or_was_erased_does_not_go_on(run, store, name):
    status, _, err = await run("resume", "out", name)
    assert status == 1
    assert repr(name) in err
    assert await store.database.fetchval(f"SELECT count(*) FROM {store.database.schema}_pgqueuer") == 0


async def test_a_command_given_wrongly_says_so(run):
    assert (await run("stopped", participant=()))[0] == 64
    assert (await run("stopped", participant=("--participant", "desk")))[0] == 64
