"""The way to a message log from the command line: settings, database, and the reader's password."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from gateway.command import Given
from gateway.commands.participant_store import participant_of, store_of
from gateway.identity.passwords import Passwords
from gateway.journal import Erasure, MessageLog, PersonHash, Vault
from gateway.journal.readers import LogCode, LogRefused, Reader, ReaderRole
from gateway.journal.vault import KeyRefused
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
    own, settings = participant_of(arguments)
    try:
        vault = Vault.of(key.get_secret_value() for key in own.journal_keys)
        persons = PersonHash(own.person_key.get_secret_value().encode())
    except (KeyRefused, ValueError) as error:
        raise Given(str(error)) from None
    async with store_of(own, settings) as store:
        database = store.database
        yield AtTheStore(
            log=MessageLog(database, store.clock, vault, persons),
            payloads=StoredPayloads(database, vault),
            persons=persons,
            vault=vault,
            erasure=Erasure(store, also=[PersonsPayloads(database, vault, persons).erase]),
            store=store,
        )


@contextlib.asynccontextmanager
async def entered(arguments: argparse.Namespace, ask: Callable[[argparse.Namespace], str]) -> AsyncIterator[Entered]:
    """Recognise the reader by password, then open the log; raises `Given` and `LogRefused`."""
    own, _ = participant_of(arguments)
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
