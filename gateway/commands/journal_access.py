"""The way to a message log from the command line: settings, database, and the reader's password."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import aiohttp

from gateway.clock import Clock, FollowedClock, RealClock
from gateway.commands.journal import Given
from gateway.identity.passwords import Passwords
from gateway.journal import MessageLog, PersonHash, Vault
from gateway.journal.readers import LogCode, LogRefused, Reader, ReaderRole
from gateway.journal.vault import KeyRefused
from gateway.settings import Participant, Settings
from gateway.shep.stored_payloads import StoredPayloads
from gateway.store import Database


@dataclass(frozen=True)
class AtTheStore:
    """A participant's log, as the operator reaches it."""

    log: MessageLog
    payloads: StoredPayloads
    persons: PersonHash
    vault: Vault


@dataclass(frozen=True)
class Entered:
    """A participant's log, as a reader reaches it whose password fits."""

    log: MessageLog
    persons: PersonHash
    reader: Reader


@contextlib.asynccontextmanager
async def at_the_store(arguments: argparse.Namespace) -> AsyncIterator[AtTheStore]:
    """Open the participant's database; raises `Given` for settings that lack it."""
    own, settings = _participant(arguments)
    try:
        vault = Vault.of(key.get_secret_value() for key in own.journal_keys)
        persons = PersonHash(own.person_key.get_secret_value().encode())
    except (KeyRefused, ValueError) as error:
        raise Given(str(error)) from None
    database = await Database.connect(own.database_url.get_secret_value(), schema=own.database_schema, max_size=2)
    try:
        clock = await _clock(settings)
        yield AtTheStore(MessageLog(database, clock, vault, persons), StoredPayloads(database, vault), persons, vault)
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def entered(arguments: argparse.Namespace, ask: Callable[[argparse.Namespace], str]) -> AsyncIterator[Entered]:
    """Recognise the reader by password, then open the log; raises `Given` and `LogRefused`."""
    own, _ = _participant(arguments)
    if arguments.reader is None:
        raise Given("say who you are: --reader")
    password = ask(arguments)
    known = own.readers.get(arguments.reader)
    stored = None if known is None else known.password.get_secret_value()
    if not await Passwords().verify(stored, password) or known is None:
        raise LogRefused(LogCode.UNKNOWN_READER)
    async with at_the_store(arguments) as room:
        yield Entered(room.log, room.persons, Reader(arguments.reader, ReaderRole(known.role)))


def _participant(arguments: argparse.Namespace) -> tuple[Participant, Settings]:
    settings = Settings()
    if arguments.participant is None:
        raise Given("say whose log: --participant channels or desk")
    own: Participant | None = getattr(settings, arguments.participant)
    if own is None:
        raise Given(f"the settings have no part `{arguments.participant}`")
    return own, settings


async def _clock(settings: Settings) -> Clock:
    """Return the clock as it stands now: a command is over before it is moved."""
    if settings.clock_url is None:
        return RealClock()
    async with aiohttp.ClientSession() as http:
        clock = FollowedClock(settings.clock_url, http)
        with contextlib.suppress(aiohttp.ClientError, TimeoutError, ValueError):
            await clock.refresh()
        return clock
