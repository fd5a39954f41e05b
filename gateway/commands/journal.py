"""`qyzmet journal`: the message log of a participant, for the people who may read it.

Every search for a person, every opening and every erasure is written down with the reader's name and reason.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import getpass
import json
import os
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from gateway.clock import ALMATY
from gateway.command import Command, Given

_ZONE = ZoneInfo(ALMATY)
_STATUS = {"journal-not-allowed": 77, "journal-reader-unknown": 77}  # EX_NOPERM of sysexits.h
_WAIT_SECONDS = 60.0
_HINT = "; give --reader and the password on the terminal or by --password-file"


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", help="settings file (YAML); the environment wins over it")
    parser.add_argument("--participant", choices=["channels", "desk"], help="whose log")
    parser.add_argument("--reader", help="your name among the settings' readers")
    parser.add_argument("--password-file", type=Path, help="a file with your password, instead of the terminal")
    parser.add_argument("--json", action="store_true", help="for programs")
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    search = acts.add_parser("search", help="find lines, without their bodies (support, auditor)")
    search.add_argument("--person", help="IIN or BIN; `-` asks for it on the terminal; needs a reason")
    search.add_argument("--message-id")
    search.add_argument("--correlation-id")
    search.add_argument("--session-id")
    search.add_argument("--service")
    search.add_argument("--since", type=_moment, help="ISO 8601, the time of Almaty unless said")
    search.add_argument("--until", type=_moment)
    search.add_argument("--limit", type=int, default=100)
    search.add_argument("--reason", default="")
    opening = acts.add_parser("open", help="write the envelope of a line to standard output (auditor)")
    opening.add_argument("line", type=UUID)
    opening.add_argument("--reason", required=True)
    opening.add_argument("--exact", action="store_true", help="with the participant's password, as signed")
    erasing = acts.add_parser("erase", help="empty what is kept of a person (custodian)")
    erasing.add_argument("--person", required=True, help="IIN or BIN; `-` asks for it on the terminal")
    erasing.add_argument("--reason", required=True)
    erasing.add_argument("--wait", type=float, default=_WAIT_SECONDS, help="seconds (default: 60)")
    readings = acts.add_parser("readings", help="list who searched, opened and erased (auditor)")
    readings.add_argument("--since", type=_moment, default=datetime(1970, 1, 1, tzinfo=UTC))
    readings.add_argument("--limit", type=int, default=100)
    rekey = acts.add_parser("rekey", help="seal everything with the first of the journal keys")
    rekey.add_argument("--plain", action="store_true", help="also what lies in clear from before there were keys")
    acts.add_parser("key", help="make a journal key for the settings")
    acts.add_parser("password", help="make the hash of a reader's password for the settings")


def _run(arguments: argparse.Namespace) -> int:
    import asyncpg
    from pydantic import ValidationError

    from gateway.journal.readers import LogRefused
    from gateway.journal.vault import VaultError

    if arguments.config:
        os.environ["QYZMET_CONFIG"] = arguments.config
    try:
        return asyncio.run(_ACTS[arguments.act](arguments))
    except (LogRefused, VaultError) as error:
        return _failed(str(error), _STATUS.get(error.code.value, 1))
    except asyncpg.UndefinedTableError:
        return _failed("the participant's tables are not there yet: `qyzmet serve` makes them at its start", 1)
    except (asyncpg.PostgresError, OSError) as error:
        return _failed(f"{type(error).__name__}: {error}", 1)
    except (Given, ValidationError) as error:
        return _failed(str(error), 64 if isinstance(error, Given) else 78)


async def _search(arguments: argparse.Namespace) -> int:
    from gateway.commands.journal_access import entered
    from gateway.journal.message_log import Wanted

    number = _number(arguments.person)
    async with entered(arguments, _password) as room:
        wanted = Wanted(
            person=None if number is None else room.persons.of(number),
            message_id=arguments.message_id,
            correlation_id=arguments.correlation_id,
            session_id=arguments.session_id,
            service=arguments.service,
            since=arguments.since,
            until=arguments.until,
            limit=arguments.limit,
        )
        lines = await room.log.search(room.reader, wanted, reason=arguments.reason)
    if arguments.json:
        return _json([line.to_json() for line in lines])
    for line in lines:
        what = line.operation or "?"
        said = " ".join(part for part in (line.service, line.message_type, line.message_id) if part)
        sys.stdout.write(
            f"{line.id}  {line.at.astimezone(_ZONE):%Y-%m-%d %H:%M:%S}  {line.direction:3} {line.gateway}  {what}"
            f"{' answer' if line.is_answer else ''}  {said}  {line.size} bytes  {line.outcome or 'ok'}\n"
        )
    return 0


async def _open(arguments: argparse.Namespace) -> int:
    from gateway.commands.journal_access import entered
    from gateway.shep.masking import without_passwords

    async with entered(arguments, _password) as room:
        envelope = await room.log.open(room.reader, arguments.line, reason=arguments.reason)
    shown = envelope if arguments.exact else without_passwords(envelope)
    if arguments.json:
        return _json({"line": str(arguments.line), "envelope": shown.decode("utf-8", "replace")})
    sys.stdout.buffer.write(shown)
    return 0


async def _erase(arguments: argparse.Namespace) -> int:
    from gateway.commands.journal_access import entered

    number = _number(arguments.person)
    async with entered(arguments, _password) as room:
        request = await room.erasure.ask(room.reader, room.persons.of(number or ""), reason=arguments.reason)
        # The sites' workers may be at it already; without them this process does the job.
        work = asyncio.create_task(room.store.jobs.run())
        erased = await room.erasure.waited(request, seconds=arguments.wait)
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
    if arguments.json:
        return _json(erased.to_json())
    if not erased.finished:
        return _line(f"the erasure {request} is under way; the sites carry it on, and the readings tell its end")
    sys.stdout.write(f"erasure {request}: {erased.lines} lines, {erased.inbox + erased.outbox} payloads emptied\n")
    if erased.waiting:
        sys.stdout.write(f"  {erased.waiting} messages are still on their way: erase again when they have arrived\n")
    if erased.unopened:
        sys.stdout.write(f"  {erased.unopened} payloads did not open and were not looked through\n")
    return 0


async def _readings(arguments: argparse.Namespace) -> int:
    from gateway.commands.journal_access import entered

    async with entered(arguments, _password) as room:
        readings = await room.log.readings(room.reader, since=arguments.since, limit=arguments.limit)
    if arguments.json:
        return _json([reading.to_json() for reading in readings])
    for reading in readings:
        about = reading.line or reading.person or ""
        if "finished" in reading.facts:
            about = f"{about} FINISHED"
        sys.stdout.write(
            f"{reading.at.astimezone(_ZONE):%Y-%m-%d %H:%M:%S}  {reading.reader} ({reading.role})  {reading.act}"
            f"{'' if reading.allowed else ' REFUSED'}  {about}  {reading.reason}\n"
        )
    return 0


async def _rekey(arguments: argparse.Namespace) -> int:
    from gateway.commands.journal_access import at_the_store

    async with at_the_store(arguments) as room:
        sealed = await room.log.reseal() + await room.payloads.reseal()
        if arguments.plain:
            sealed += await room.payloads.seal_plain()
        plain = await room.payloads.in_clear()
        keys: dict[str, int] = dict(await room.log.keys_in_use())
        for name, count in (await room.payloads.keys_in_use()).items():
            keys[name] = keys.get(name, 0) + count
        newest = room.vault.newest
    if arguments.json:
        return _json({"sealed": sealed, "newest": newest, "keys": keys, "in_clear": plain})
    sys.stdout.write(f"{sealed} sealed with the key {newest}\n")
    for name, count in keys.items():
        sys.stdout.write(f"  {name}  {count} values{'' if name == newest else '  (this key is still needed)'}\n")
    if plain:
        sys.stdout.write(f"  {plain} payloads lie in clear and are not handled: see `rekey --plain`\n")
    return 0


async def _key(arguments: argparse.Namespace) -> int:
    from gateway.journal.vault import new_key

    return _json({"key": new_key()}) if arguments.json else _line(new_key())


async def _new_password(arguments: argparse.Namespace) -> int:
    from gateway.identity.passwords import PasswordRefused, Passwords, check_new_password

    password = _password(arguments, again=True)
    try:
        check_new_password(password, "\0")
    except PasswordRefused as error:
        raise Given(error.text.en) from None
    made = await Passwords().hash(password)
    return _json({"password": made}) if arguments.json else _line(made)


_ACTS: dict[str, Callable[[argparse.Namespace], Coroutine[Any, Any, int]]] = {
    "search": _search,
    "open": _open,
    "erase": _erase,
    "readings": _readings,
    "rekey": _rekey,
    "key": _key,
    "password": _new_password,
}


def _password(arguments: argparse.Namespace, *, again: bool = False) -> str:
    if arguments.password_file is not None:
        return str(arguments.password_file.read_text("utf-8")).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Given("there is no terminal to ask for the password" + _HINT)
    password = getpass.getpass("Password: ")
    if again and getpass.getpass("Again: ") != password:
        raise Given("the two passwords are not the same")
    return password


def _number(text: str | None) -> str | None:
    """Return the IIN or BIN that was given or is typed, checked; raises `Given` without repeating it."""
    from gateway.identity.numbers import NumberError, parse_number

    if text is None:
        return None
    if text == "-":
        text = getpass.getpass("IIN or BIN: ") if sys.stdin.isatty() else sys.stdin.readline()
    try:
        return str(parse_number(text.strip()))
    except NumberError as error:
        raise Given(f"not an IIN or BIN: {error.code.value}") from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=_ZONE)


def _json(value: Any) -> int:
    return _line(json.dumps(value, ensure_ascii=False, indent=2))


def _line(text: str) -> int:
    sys.stdout.write(text + "\n")
    return 0


def _failed(message: str, status: int) -> int:
    sys.stderr.write(f"qyzmet journal: {message}\n")
    return status


COMMAND = Command("search, open and erase what the message log of a participant keeps", _arguments, _run)
