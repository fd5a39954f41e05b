"""Process 1, condition 1 and process 2 of the portal flow: who enters.

Karaganda act, lines 1362-1372; Almaty act, lines 274-280. The steps stand before any application: they are recorded
against the session that they open and come into the trail of every application drafted in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from gateway.identity.accounts import Account, Accounts
from gateway.identity.numbers import Bin, Iin
from gateway.identity.passwords import Passwords
from gateway.identity.throttle import Throttle
from gateway.journal import Journal, Kind, Outcome, PersonHash, Step
from gateway.store import Database

FLOW = "portal"


@dataclass(frozen=True, slots=True)
class Entered:
    """What a person enters to be authorised; `source` is the network source."""

    number: Iin | Bin
    password: str
    source: str


@dataclass(frozen=True, slots=True)
class Authorised:
    """Condition 1 passed."""

    account: Account


@dataclass(frozen=True, slots=True)
class AuthorisationRefused:
    """Process 2: the message is the same for an unknown number and a wrong password; `wait` after too many tries."""

    wait: timedelta = timedelta()


class PortalAuthorisation:
    """Lets registered applicants in."""

    def __init__(
        self,
        *,
        database: Database,
        accounts: Accounts,
        passwords: Passwords,
        throttle: Throttle,
        journal: Journal,
        persons: PersonHash,
    ) -> None:
        self._database = database
        self._accounts = accounts
        self._passwords = passwords
        self._throttle = throttle
        self._journal = journal
        self._persons = persons

    async def process_1_authorise(
        self, entered: Entered, open_session: Callable[[Account], str]
    ) -> Authorised | AuthorisationRefused:
        """Process 1: the applicant enters IIN or BIN and password.

        `open_session` begins the applicant's session and returns its id, against which the steps are recorded.
        """
        person = self._persons.of(entered.number)
        wait = await self._throttle.attempt(account=person, source=entered.source)
        if wait > timedelta():
            return AuthorisationRefused(wait)
        account = await self.condition_1_check_registered_data(entered)
        if account is None:
            return await self.process_2_refuse_authorisation(entered)
        session = open_session(account)
        actor = self._persons.actor(entered.number)
        async with self._database.transaction() as conn:
            await self._throttle.succeeded(conn, account=person, source=entered.source)
            for step in (
                Step(FLOW, Kind.PROCESS, 1, Outcome.DONE),
                Step(FLOW, Kind.CONDITION, 1, Outcome.PASSED),
            ):
                await self._journal.record(conn, step, session=session, person=person, actor=actor)
        return Authorised(account)

    async def condition_1_check_registered_data(self, entered: Entered) -> Account | None:
        """Condition 1: are the data of the registered applicant authentic, by IIN or BIN and password."""
        account = await self._accounts.find(entered.number)
        if not await self._passwords.verify(account.password_hash if account else None, entered.password):
            return None
        if account is not None and self._passwords.is_outdated(account.password_hash):
            await self._accounts.rehash(account, await self._passwords.hash(entered.password))
        return account

    async def process_2_refuse_authorisation(self, entered: Entered) -> AuthorisationRefused:
        """Process 2: the message that authorisation is refused because of faults in the applicant's data."""
        person = self._persons.of(entered.number)
        async with self._database.transaction() as conn:
            for step in (
                Step(FLOW, Kind.PROCESS, 1, Outcome.DONE),
                Step(FLOW, Kind.CONDITION, 1, Outcome.FAILED),
                Step(FLOW, Kind.PROCESS, 2, Outcome.DONE),
            ):
                await self._journal.record(conn, step, person=person, actor=self._persons.actor(entered.number))
        return AuthorisationRefused()
