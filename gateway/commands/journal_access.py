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
from gateway.journal import Erasure, MessageLog, PersonHash, Vault
from gateway.journal.readers import LogCode, LogRefused, Reader, ReaderRole
from gateway.journal.vault import KeyRefused
from gateway.settings import Participant, Settings
from gateway.shep.person_payloads import PersonsPayloads
from gateway.shep.stored_payloads import StoredPayloads
from gateway.store import Store


@dataclass(frozen=True)
class AtTheStore:
    """A participant's log, as the operator reaches it."""

    log: MessageLog
    payloads: StoredPayloads
    persons: PersonHash
    vault: Vault
    erasure: Erasure
    store: Store


@dataclass(frozen=True)
class Entered:
    """A participant's log, as a reader reaches it whose password fits."""

    log: MessageLog
    persons: PersonHash
    erasure: Erasure
    store: Store
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
    store = await Store.open(
        own.database_url.get_secret_value(),
        schema=own.database_schema,
        clock=await _clock(settings),
        max_size=4,
        heartbeat_timeout=own.heartbeat_timeout,
    )
    try:
        database = store.database
        yield AtTheStore(
            log=MessageLog(database, store.clock, vault, persons),
            payloads=StoredPayloads(database, vault),
            persons=persons,
            vault=vault,
            erasure=Erasure(store, also=[PersonsPayloads(database, vault, persons).erase]),
            store=store,
        )
    finally:
        await store.close()


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
        reader = Reader(arguments.reader, ReaderRole(known.role))
        yield Entered(room.log, room.persons, room.erasure, room.store, reader)


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
