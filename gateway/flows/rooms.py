"""The portal's flow put together from its rooms; the composition root gives the ports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from gateway.catalogue.load import Catalogue
from gateway.clock import Clock
from gateway.flows.answers import DeskAnswers
from gateway.flows.arm.bookings import Bookings
from gateway.flows.authorisation import PortalAuthorisation
from gateway.flows.cabinet import Cabinet
from gateway.flows.numbers import NumberSource, SequenceNumbers
from gateway.flows.office_choice import OfficeChoice
from gateway.flows.portal import PortalFlow
from gateway.flows.ports import Dispatch, Refusals, SignatureChecks
from gateway.flows.refusals import Render
from gateway.flows.registered_address import RegisteredAddresses
from gateway.flows.registration import PortalRegistration
from gateway.identity.accounts import Accounts
from gateway.identity.passwords import Passwords
from gateway.identity.sessions import PostgresSessions
from gateway.identity.throttle import Throttle
from gateway.journal import Journal, PersonHash
from gateway.results.pdf import render_pdf
from gateway.store import Store

_GATEWAY = Path(__file__).resolve().parents[1]
SQL_FILES = tuple(
    _GATEWAY / name
    for name in (
        "journal/sql/event.sql",
        "identity/sql/account.sql",
        "identity/sql/session.sql",
        "identity/sql/throttle.sql",
        "flows/sql/application.sql",
        "flows/sql/outcome.sql",
    )
)
"""The tables of the channels that these rooms own, in the order of creation."""


@dataclass(frozen=True)
class PortalRooms:
    """Everything that the portal's pages and the channels' worker use."""

    catalogue: Catalogue
    clock: Clock
    journal: Journal
    accounts: Accounts
    sessions: PostgresSessions
    registration: PortalRegistration
    authorisation: PortalAuthorisation
    flow: PortalFlow
    answers: DeskAnswers
    cabinet: Cabinet
    offices: OfficeChoice
    bookings: Bookings

    @classmethod
    def open(
        cls,
        *,
        store: Store,
        catalogue: Catalogue,
        journal: Journal,
        signatures: SignatureChecks,
        refusals: Refusals,
        dispatch: Dispatch,
        person_key: bytes,
        public_url: str,
        hold_limit: timedelta = timedelta(hours=24),
        numbers: NumberSource | None = None,
        passwords: Passwords | None = None,
        real_time: Clock | None = None,
        render: Render = render_pdf,
        addresses: RegisteredAddresses | None = None,
    ) -> Self:
        """Put the rooms together on one store; registers the jobs of the flow, so it is done before the store runs.

        Without `addresses` no office is proposed.
        """
        database = store.database
        persons = PersonHash(person_key)
        accounts = Accounts(database, store.clock, real_time=real_time, portal=public_url)
        sessions = PostgresSessions(database, real_time=real_time)
        throttle = Throttle(database, real_time=real_time)
        passwords = passwords or Passwords()
        bookings = Bookings(store=store, catalogue=catalogue)
        bookings.listen()
        return cls(
            catalogue=catalogue,
            clock=store.clock,
            journal=journal,
            accounts=accounts,
            sessions=sessions,
            registration=PortalRegistration(
                database=database,
                accounts=accounts,
                passwords=passwords,
                sessions=sessions,
                throttle=throttle,
                journal=journal,
                persons=persons,
                signatures=signatures,
            ),
            authorisation=PortalAuthorisation(
                database=database,
                accounts=accounts,
                passwords=passwords,
                throttle=throttle,
                journal=journal,
                persons=persons,
            ),
            flow=PortalFlow(
                store=store,
                catalogue=catalogue,
                journal=journal,
                persons=persons,
                signatures=signatures,
                refusals=refusals,
                dispatch=dispatch,
                numbers=numbers or SequenceNumbers(),
                hold_limit=hold_limit,
            ),
            answers=DeskAnswers(
                store=store, catalogue=catalogue, journal=journal, signatures=signatures, render=render
            ),
            cabinet=Cabinet(store=store, catalogue=catalogue, journal=journal, signatures=signatures),
            offices=OfficeChoice(
                store=store, catalogue=catalogue, journal=journal, persons=persons, addresses=addresses
            ),
            bookings=bookings,
        )
