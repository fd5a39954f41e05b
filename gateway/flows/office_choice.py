"""Process 3, before the form: to which office the application goes where a service has several.

An application goes to the provider of the place of residence (Karaganda, lines 108-109). The portal asks ГБД ФЛ, of an
organisation ГБД ЮЛ, where the applicant is registered, with the applicant's consent where the act asks for one (such as
Karaganda, lines 1271-1274), and proposes the office of that district. The applicant may choose another one. Where the
database is silent, has no address, or no office has the district, the applicant chooses from the list; an office that
an application does not belong to forwards it.

What was found and what was chosen are kept with the application; of the address, the district's code alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import asyncpg

from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.flows.applications import EDITABLE, ApplicationRow, Applications
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.registered_address import AddressSilent, RegisteredAddresses, RegisteredPlace
from gateway.journal import Journal, Kind, Outcome, PersonHash, Step
from gateway.store import Store

OFFICE_CHOICE = Path(__file__).with_name("sql") / "office_choice.sql"
"""The table, which revision 0005 of the channels' schema brings."""
NOTE = "office chosen"
"""The note in the trail, whose fact `why` says what the choice rests on."""


class Finding(StrEnum):
    """What is known of the office for the applicant's registered address."""

    FOUND = "found"
    NO_OFFICE = "no-office"
    """None of the service's offices has the district."""
    NO_ADDRESS = "no-address"
    """The state database has no registered address of the applicant."""
    SILENT = "silent"
    """The state database gave no answer."""
    NOT_ASKED = "not-asked"
    """The applicant preferred to choose."""


class Why(StrEnum):
    """What the choice of an office rests on."""

    REGISTERED_ADDRESS = "registered-address"
    OWN_CHOICE = "own-choice"
    """Another office than the one that was proposed, or without a question to the state database."""
    NO_OFFICE = "no-office"
    NO_ADDRESS = "no-address"
    SILENT = "silent"


_WHY = {Finding.NO_OFFICE: Why.NO_OFFICE, Finding.NO_ADDRESS: Why.NO_ADDRESS, Finding.SILENT: Why.SILENT}


@dataclass(frozen=True, slots=True)
class Standing:
    """How the choice stands for an application."""

    finding: Finding
    proposed: str | None = None
    chosen: str | None = None

    @property
    def why(self) -> Why | None:
        """Return what the choice rests on, once there is one."""
        if self.chosen is None:
            return None
        if self.finding is Finding.FOUND and self.chosen == self.proposed:
            return Why.REGISTERED_ADDRESS
        return _WHY.get(self.finding, Why.OWN_CHOICE)


_KEEP_FINDING = """
INSERT INTO office_choice (application, consented_at, finding, found_at, place, proposed)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (application) DO UPDATE SET consented_at = excluded.consented_at, finding = excluded.finding,
    found_at = excluded.found_at, place = excluded.place, proposed = excluded.proposed, chosen = NULL, chosen_at = NULL
"""
_KEEP_NOTHING_ASKED = """
INSERT INTO office_choice (application, finding, found_at) VALUES ($1, 'not-asked', $2)
ON CONFLICT (application) DO NOTHING
"""
_KEEP_CHOICE = "UPDATE office_choice SET chosen = $2, chosen_at = $3 WHERE application = $1"
_STANDING = "SELECT finding, proposed, chosen FROM office_choice WHERE application = $1"


class OfficeChoice:
    """The choice of the office; without `addresses` there is no such step, and the form's list is all."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        journal: Journal,
        persons: PersonHash,
        addresses: RegisteredAddresses | None,
    ) -> None:
        self._store = store
        self._clock = store.clock
        self._catalogue = catalogue
        self._journal = journal
        self._persons = persons
        self._addresses = addresses
        self._applications = Applications(store.database)

    def is_asked(self, service: Service) -> bool:
        """Tell whether there is a choice for a service: not where it has one provider."""
        return self._addresses is not None and len(self._catalogue.offices_of(service.id)) > 1

    async def is_open(self, application: ApplicationRow) -> bool:
        """Tell whether a draft's office is still to be chosen."""
        if application.state not in EDITABLE or not self.is_asked(self._catalogue.service(application.service)):
            return False
        standing = await self.standing(application.number)
        return standing is None or standing.chosen is None

    async def standing(self, number: str) -> Standing | None:
        """Return how the choice stands, or nothing before it has begun."""
        row = await self._store.database.fetchrow(_STANDING, number)
        return None if row is None else _standing(row)

    async def process_3_find_office(self, account_id: int, number: str, *, consent: bool) -> Standing:
        """Ask the state database where the applicant is registered, and keep what office follows.

        Raises `ApplicationUnknown`, `FlowError` NOT_EDITABLE, and `ValueError` without the consent that the act wants.
        """
        application = await self._applications.of(account_id, number)
        service = self._catalogue.service(application.service)
        if service.consent is not None and not consent:
            raise ValueError("the act asks for the applicant's consent to the question")
        finding, place, office = await self._find(application, service)
        async with self._store.database.transaction() as conn:
            await self._applications.lock_draft(conn, account_id, number)
            now = self._clock.now()
            await conn.execute(
                _KEEP_FINDING,
                number,
                now if service.consent is not None else None,
                finding.value,
                now,
                None if place is None else place.code,
                None if office is None else office.id,
            )
        return Standing(finding, None if office is None else office.id)

    async def process_3_choose_office(self, account_id: int, number: str, office_id: str) -> Standing:
        """Take the office that the applicant chooses; a certificate that was chosen before is taken back.

        Raises `ApplicationUnknown`, and `FlowError` NOT_EDITABLE or, for an office that does not provide the service,
        SERVICE_NOT_HERE.
        """
        async with self._store.database.transaction() as conn:
            application = await self._applications.lock_draft(conn, account_id, number)
            if office_id not in {office.id for office in self._catalogue.offices_of(application.service)}:
                raise FlowError(FlowCode.SERVICE_NOT_HERE, reason=f"{application.service} at {office_id[:64]}")
            now = self._clock.now()
            await conn.execute(_KEEP_NOTHING_ASKED, number, now)
            await conn.execute(_KEEP_CHOICE, number, office_id, now)
            await self._applications.reopen(conn, number, now, office=office_id)
            standing = _standing(await conn.fetchrow(_STANDING, number))
            why = "" if standing.why is None else standing.why.value
            await self._journal.record(
                conn,
                Step("portal", Kind.NOTE, 0, Outcome.DONE, {"step": NOTE, "office": office_id, "why": why}),
                application=number,
                actor=self._persons.actor(application.applicant),
            )
        return standing

    async def _find(
        self, application: ApplicationRow, service: Service
    ) -> tuple[Finding, RegisteredPlace | None, Office | None]:
        if self._addresses is None:
            return Finding.SILENT, None, None
        try:
            place = await self._addresses.place_of(application.applicant)
        except AddressSilent:
            return Finding.SILENT, None, None
        if place is None:
            return Finding.NO_ADDRESS, None, None
        if place.district is not None:
            office = self._catalogue.office_for(service.id, place.district)
        else:
            office = self._catalogue.office_at(service.id, place.code)
        return (Finding.NO_OFFICE if office is None else Finding.FOUND), place, office


def _standing(row: asyncpg.Record) -> Standing:
    return Standing(Finding(row["finding"]), row["proposed"], row["chosen"])
