"""Who applies for what, and at which office: people of the cast by the territories of the catalogue's offices."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.catalogue import ApplicantKind, Channel, Office, Service
from simulators.population.cast import ORGANISATIONS, PEOPLE, CastPerson
from simulators.walk.answers import catalogue

APPLICANTS = ("applicant-karaganda", "applicant-almaty", "applicant-talgar", "applicant-kokpekti")
"""Who applies, in the order in which they are thought of."""
DIRECTOR = "director-partnership"
"""Who applies for an organisation."""
_REGION = 2
"""How many digits of КАТО name the region."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The applicant with the number under which they apply, the office that decides, and the counter at an office."""

    person: CastPerson
    number: str
    name: str
    office: Office
    counter: Office | None


def roles_for(service: Service, channel: Channel, kind: str | None = None) -> Roles:
    """Return who applies for a service on a channel; raises `LookupError` when no office takes it."""
    if channel is Channel.PORTAL:
        person, office = _at_home(service, _applicants(service, channel, kind))
        counter = None
    else:
        counter = catalogue().counters_of(service.id, channel)[0]
        office = counter if counter.is_provider else _served(service, counter)
        people = [PEOPLE[one] for one in _applicants(service, channel, kind)]
        person = next((one for one in people if counter.sits_in(one.locality.kato)), None) or next(
            (one for one in people if _is_near(one, office)), people[0]
        )
    if person.id == DIRECTOR and person.organisation is not None:
        organisation = ORGANISATIONS[person.organisation]
        return Roles(person, str(organisation.bin), organisation.name_kk, office, counter)
    return Roles(person, str(person.iin), person.full_name_kk, office, counter)


def _applicants(service: Service, channel: Channel, kind: str | None) -> tuple[str, ...]:
    """Return who may apply: a person where persons may, the head of an organisation otherwise.

    An employer's permit is an employer's, whatever the channel (Karaganda act, lines 3593-3597).
    """
    entry = next(one for one in service.channels if one.channel is channel)
    allowed = entry.only.applicants if entry.only is not None else ()
    employer = kind is not None and kind.startswith("employer-")
    if employer or ApplicantKind.INDIVIDUAL not in (allowed or service.applicants.kinds):
        return (DIRECTOR,)
    return APPLICANTS


def _at_home(service: Service, people: tuple[str, ...]) -> tuple[CastPerson, Office]:
    offices = catalogue().offices_of(service.id)
    for one in people:
        person = PEOPLE[one]
        for office in offices:
            if person.locality.region.code in office.districts or (not office.districts and _is_near(person, office)):
                return person, office
    raise LookupError(f"nobody of the cast lives where {service.id} is provided")


def _is_near(person: CastPerson, office: Office) -> bool:
    return person.locality.kato[:_REGION] == office.territory[:_REGION]


def _served(service: Service, counter: Office) -> Office:
    for one in counter.serves:
        office = catalogue().office(one)
        if service.id in office.services:
            return office
    raise LookupError(f"{counter.id} works for nobody who provides {service.id}")
