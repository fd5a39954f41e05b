"""The catalogue as a whole: acts, services and offices, read once at start."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.catalogue import bodies
from gateway.catalogue.act import Act
from gateway.catalogue.calendar import MovedDays, WorkingCalendar
from gateway.catalogue.errors import CatalogueFileError, UnknownOffice, UnknownService
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.catalogue.reading import Document, read_model
from gateway.catalogue.terms import Body, Channel, Strict
from gateway.catalogue.variants import expand_flows, read_variants

FOLDER = Path(__file__).parent


class ActsFile(Strict):
    """The file of acts."""

    acts: tuple[Act, ...]


class OfficesFile(Strict):
    """The file of offices."""

    offices: tuple[Office, ...]


@dataclass(frozen=True, repr=False)
class Catalogue:
    """All services, the acts they stand in, the offices that provide them and the calendar they are timed by."""

    acts: dict[str, Act]
    services: dict[str, Service]
    offices: dict[str, Office]
    calendar: WorkingCalendar

    def __repr__(self) -> str:
        return f"<Catalogue of {len(self.services)} services>"

    def service(self, service_id: str) -> Service:
        """Return a service; raises `UnknownService`."""
        try:
            return self.services[service_id]
        except KeyError:
            raise UnknownService(service_id) from None

    def office(self, office_id: str) -> Office:
        """Return an office; raises `UnknownOffice`."""
        try:
            return self.offices[office_id]
        except KeyError:
            raise UnknownOffice(office_id) from None

    def act_of(self, service: Service) -> Act:
        """Return the act in which a service is regulated."""
        return self.acts[service.act]

    def offered(self, channel: Channel) -> tuple[Service, ...]:
        """Return the services that the act opens on a channel and an office provides."""
        return tuple(service for service in self.services.values() if self.offers(service.id, channel))

    def offers(self, service_id: str, channel: Channel) -> bool:
        """Tell whether the act opens a channel for a service and an office provides it; raises `UnknownService`."""
        return self.service(service_id).opens(channel) and bool(self.offices_of(service_id))

    def offices_of(self, service_id: str) -> tuple[Office, ...]:
        """Return the offices that provide a service, in the order of the file; raises `UnknownService`."""
        self.service(service_id)
        return bodies.providers_of(self.offices, service_id)

    def body_of(
        self,
        case_office: Office,
        body: Body,
        counter: Office | None = None,
        answers: Mapping[str, str] | None = None,
    ) -> Office:
        """Return the office that does a body's steps in a case of `case_office`; raises `UnknownOffice`.

        The rural akim is the one at whose counter the application was taken in, where that was one. Of several others
        it is the one that the form's `answers` name, such as the akim of the child's district (Almaty, lines 471-475).
        """
        return bodies.body_of(self.offices, case_office, body, counter, answers)

    def counters_of(self, service_id: str, channel: Channel) -> tuple[Office, ...]:
        """Return the offices whose counters take applications in for a service; raises `UnknownService`."""
        return bodies.counters_of(self.offices, self.service(service_id), channel)

    def office_for(self, service_id: str, district: str) -> Office | None:
        """Return the provider by the district of the registered address (ГБД ФЛ); raises `UnknownService`."""
        self.service(service_id)
        return bodies.office_for(self.offices, service_id, district)

    def office_at(self, service_id: str, place: str) -> Office | None:
        """Return the provider by a place of КАТО, as ГБД ЮЛ gives an organisation's; raises `UnknownService`."""
        self.service(service_id)
        return bodies.office_at(self.offices, service_id, place)


def load_catalogue(folder: Path = FOLDER) -> Catalogue:
    """Return the catalogue in a folder; the installed one is read once in a process. Raises `CatalogueFileError`."""
    return _installed() if folder == FOLDER else read_catalogue(folder)


@functools.cache
def _installed() -> Catalogue:
    return read_catalogue(FOLDER)


def read_catalogue(folder: Path) -> Catalogue:
    """Read every file of the catalogue; raises `CatalogueFileError` at the first that is not as expected."""
    acts = {act.id: act for act in read_model(folder / "acts.yaml", ActsFile).acts}
    variants = read_variants(folder / "flows")
    services: dict[str, Service] = {}
    for file in sorted((folder / "services").glob("*.yaml")):
        document = Document(file)
        expand_flows(document, variants)
        service = document.part((), Service)
        if service.id != file.stem:
            raise CatalogueFileError(file, 1, "id", f"expected the file's own name {file.stem}, found {service.id}")
        if service.act not in acts:
            raise CatalogueFileError(file, 1, "act", f"expected an act of acts.yaml, found {service.act}")
        services[service.id] = service
    offices = _offices(folder / "offices.yaml", services)
    calendar = WorkingCalendar(read_model(folder / "moved-days.yaml", MovedDays))
    return Catalogue(acts, services, offices, calendar)


def read_offices(folder: Path = FOLDER) -> tuple[Office, ...]:
    """Read the offices alone, for who needs no services; raises `CatalogueFileError`."""
    return read_model(folder / "offices.yaml", OfficesFile).offices


def _offices(file: Path, services: dict[str, Service]) -> dict[str, Office]:
    document = Document(file)
    offices = document.part((), OfficesFile).offices
    fault = bodies.fault_of(offices, services)
    if fault is not None:
        place, expected = fault
        raise document.error(("offices", *place), expected)
    return {office.id: office for office in offices}
