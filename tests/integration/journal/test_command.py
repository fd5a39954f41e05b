import asyncio
import base64
import itertools
import json
import os

import asyncpg
import pytest
import yaml
from argon2 import PasswordHasher

from gateway.cli import main
from gateway.clock import RealClock
from gateway.journal import Erasure, MessageLog, PersonHash, Vault
from gateway.migrations import CHANNELS
from gateway.store import Store, migrate
from tests.integration.journal.test_message_log import BODY, PERSON, REASON, keep
from tests.integration.shep.world import working

_schemas = itertools.count(1)
KEYS = [bytes(range(32)), bytes(range(1, 33))]
PERSON_KEY = "a test's key of persons"
PASSWORD = "correct horse battery"


class Room:
    """A participant's settings and tables, and the command over them."""

    def __init__(self, folder, store, capsys):
        self.folder, self.store, self._capsys = folder, store, capsys
        self.log = MessageLog(store.database, RealClock(), Vault(KEYS[:1]), PersonHash(PERSON_KEY.encode()))
        (folder / "password").write_text(PASSWORD + "\n")
        (folder / "wrong").write_text("wrong horse battery")
        self.settle()

    def settle(self, keys=KEYS[:1], **changes):
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        channels = {
            "database_url": self.store.database.url,
            "database_schema": self.store.database.schema,
            "public_url": "http://127.0.0.1:8080",
            "sender_password": "p",
            "key": {"file": "none.p12", "password": "p"},
            "gateways": {},
            "home_gateway": "shep",
            "storage_password": "p",
            "person_key": PERSON_KEY,
            "journal_keys": [base64.b64encode(key).decode() for key in keys],
            "readers": {
                role: {"role": role, "password": quick.hash(PASSWORD)} for role in ("support", "auditor", "custodian")
            },
        }
        (self.folder / "settings.yaml").write_text(yaml.safe_dump({"channels": channels | changes}))

    async def run(self, *words, reader=None, password="password", json_too=True):
        """Return the exit status, what the command printed (read as JSON), and what it said of errors."""
        argv = ["journal", "--config", str(self.folder / "settings.yaml"), "--participant", "channels"]
        argv += ["--password-file", str(self.folder / password)]
        argv += ["--json"] if json_too else []
        argv += ["--reader", reader] if reader else []
        status = await asyncio.to_thread(main, [*argv, *words])
        captured = self._capsys.readouterr()
        printed = json.loads(captured.out) if json_too and captured.out else captured.out
        return status, printed, captured.err


@pytest.fixture
async def room(database_url, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("QYZMET_CONFIG", "none")
    schema = f"read_{os.getpid()}_{next(_schemas)}"
    admin = await asyncpg.connect(database_url)
    await admin.execute(f"CREATE SCHEMA {schema}")
    await admin.close()
    store = await Store.open(database_url, schema=schema, clock=RealClock())
    await migrate(store.database, CHANNELS)
    yield Room(tmp_path, store, capsys)
    await store.close()


async def test_support_finds_the_line_and_the_auditor_opens_it_and_both_are_in_the_readings(room):
    await keep(room.log, RealClock())
    status, lines, _ = await room.run("search", "--person", PERSON, "--reason", REASON, reader="support")
    assert (status, len(lines)) == (0, 1)
    status, opened, _ = await room.run("open", lines[0]["id"], "--reason", REASON, reader="auditor")
    assert (status, opened["envelope"]) == (0, BODY.decode())
    status, readings, _ = await room.run("readings", reader="auditor")
    assert [(one["act"], one["reader"], one["reason"]) for one in readings] == [
        ("review", "auditor", ""),
        ("open", "auditor", REASON),
        ("search", "support", REASON),
    ]
    assert PERSON not in json.dumps([lines, readings])


async def test_an_opened_envelope_comes_as_bytes_its_password_covered_unless_it_must_be_exact(room):
    body = b"<a><password>s3cret</password></a>"
    line = await keep(room.log, RealClock(), body)
    for more, shown in (((), "<a><password>***</password></a>"), (("--exact",), body.decode())):
        words = ("open", str(line.id), "--reason", REASON, *more)
        assert await room.run(*words, reader="auditor", json_too=False) == (0, shown, "")


@pytest.mark.parametrize(
    ("reader", "password", "words", "told"),
    [
        ("auditor", "wrong", ["readings"], (77, "no reader of this name with this password")),
        ("nobody", "password", ["readings"], (77, "no reader of this name with this password")),
        ("support", "password", ["readings"], (77, "the role support may not review")),
        ("support", "password", ["erase", "--person", PERSON, "--reason", REASON], (77, "may not erase")),
        ("support", "password", ["search", "--person", PERSON], (1, "say why")),
        ("support", "password", ["search", "--person", "123456789012"], (64, "not an IIN or BIN")),
        (None, "password", ["search"], (64, "--reader")),
        ("support", "absent", ["search"], (1, "FileNotFoundError")),
    ],
)
async def test_who_may_not_or_asks_wrongly_is_told_why(room, reader, password, words, told):
    answered, printed, error = await room.run(*words, reader=reader, password=password)
    assert (answered, printed) == (told[0], "")
    assert told[1] in error
    assert "123456789012" not in error


async def test_the_custodian_erases_a_person_and_says_how_much(room):
    await keep(room.log, RealClock())
    words = ("erase", "--person", PERSON, "--reason", REASON)
    status, told, _ = await room.run(*words, reader="custodian")
    assert (status, told["finished"], told["lines"], told["inbox"] + told["outbox"]) == (0, True, 1, 0)
    status, told, _ = await room.run(*words, reader="custodian", json_too=False)
    assert (status, "0 lines, 0 payloads emptied" in told) == (0, True)
    status, readings, _ = await room.run("readings", reader="auditor", json_too=False)
    assert readings.count("FINISHED") == 2


async def test_who_does_not_wait_is_told_that_the_erasure_is_under_way_and_the_site_carries_it_on(room):
    await keep(room.log, RealClock())
    words = ("erase", "--person", PERSON, "--reason", REASON, "--wait", "0")
    status, told, _ = await room.run(*words, reader="custodian")
    assert (status, told["finished"]) == (0, False)
    erasure = Erasure(room.store)
    async with working(room.store):
        assert (await erasure.waited(told["request"], seconds=30)).lines == 1


async def test_rekey_seals_everything_anew_and_names_the_keys_that_are_still_needed(room):
    await keep(room.log, RealClock())
    older, newer = (Vault([key]).newest for key in KEYS)
    room.settle(keys=[KEYS[1], KEYS[0]])
    assert (await room.run("rekey"))[:2] == (0, {"sealed": 1, "newest": newer, "keys": {newer: 1}, "in_clear": 0})
    room.settle(keys=KEYS[:1])
    _, told, _ = await room.run("rekey", json_too=False)
    assert f"sealed with the key {older}" in told
    assert f"{newer}  1 values  (this key is still needed)" in told


async def test_a_line_whose_key_is_gone_says_which_key_is_missing(room):
    line = await keep(room.log, RealClock())
    room.settle(keys=KEYS[1:])
    status, _, error = await room.run("open", str(line.id), "--reason", REASON, reader="auditor")
    assert status == 1
    assert f"journal-key-unknown, key: {Vault(KEYS[:1]).newest}" in error


async def test_a_key_that_is_none_stops_the_command_and_is_not_repeated(room):
    room.settle(keys=[b"short"])
    status, _, error = await room.run("rekey")
    assert status == 64
    assert "`qyzmet journal key`" in error
    assert base64.b64encode(b"short").decode() not in error


async def test_what_key_and_password_print_can_be_pasted_into_the_settings(room):
    _, made, _ = await room.run("key")
    assert len(base64.b64decode(made["key"])) == 32
    _, made, _ = await room.run("password")
    assert PasswordHasher().verify(made["password"], PASSWORD)
