"""The portal's flow put together from its rooms; the composition root gives the ports."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from gateway.catalogue.load import Catalogue
from gateway.clock import Clock
from gateway.courier.sending import Outgoing
from gateway.flows.answers import DeskAnswers
from gateway.flows.arm.bookings import Bookings
from gateway.flows.arm.office_marks import OfficeMarks
from gateway.flows.arm.office_notices import OfficeNotices
from gateway.flows.authorisation import PortalAuthorisation
from gateway.flows.cabinet import Cabinet
from gateway.flows.ground import FlowGround
from gateway.flows.kept_drafts import KeptDrafts
from gateway.flows.numbers import NumberSource, SequenceNumbers
from gateway.flows.office_choice import OfficeChoice
from gateway.flows.portal import PortalFlow
from gateway.flows.ports import Refusals
from gateway.flows.refusals import Render
from gateway.flows.registered_address import RegisteredAddresses
from gateway.flows.registration import PortalRegistration
from gateway.identity.accounts import Accounts
from gateway.identity.passwords import Passwords
from gateway.identity.sessions import PostgresSessions
from gateway.identity.throttle import Throttle
from gateway.journal import Journal
from gateway.results.pdf import render_pdf

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
    kept_drafts: KeptDrafts
    offices: OfficeChoice
    bookings: Bookings
    office_marks: OfficeMarks

    @classmethod
    def open(
        cls,
        ground: FlowGround,
        *,
        refusals: Refusals,
        public_url: str,
        numbers: NumberSource | None = None,
        render: Render = render_pdf,
        addresses: RegisteredAddresses | None = None,
        outbox: Outgoing | None = None,
        gateway: str = "shep",
        halls: bool = True,
    ) -> Self:
        """Put the rooms together on one store; registers the jobs of the flow, so it is done before the store runs.

        Without `addresses` no office is proposed; without an `outbox` no time is booked at a provider's office,
        and without `halls`, which the State Corporation's workplace makes, no ticket of one.
        """
        store, catalogue, journal, persons = ground.store, ground.catalogue, ground.journal, ground.persons
        database, real_time = store.database, ground.real_time
        accounts = Accounts(database, store.clock, real_time=real_time, portal=public_url)
        sessions = PostgresSessions(database, real_time=real_time)
        throttle = Throttle(database, real_time=real_time)
        passwords = ground.passwords or Passwords()
        told = None if outbox is None else OfficeNotices(outgoing=outbox, accounts=accounts, gateway=gateway)
        bookings = Bookings(store=store, catalogue=catalogue, notices=told, halls=halls)
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
                signatures=ground.signatures,
            ),
            authorisation=PortalAuthorisation(
                database=database,
                accounts=accounts,
                passwords=passwords,
                throttle=throttle,
                journal=journal,
                persons=persons,
            ),
            flow=PortalFlow(ground, refusals=refusals, numbers=numbers or SequenceNumbers()),
            answers=DeskAnswers(
                store=store, catalogue=catalogue, journal=journal, signatures=ground.signatures, render=render
            ),
            kept_drafts=KeptDrafts(database, keep=ground.draft_retention),
            cabinet=Cabinet(store=store, catalogue=catalogue, journal=journal, signatures=ground.signatures),
            offices=OfficeChoice(
                store=store, catalogue=catalogue, journal=journal, persons=persons, addresses=addresses
            ),
            bookings=bookings,
            office_marks=OfficeMarks(store),
        )
