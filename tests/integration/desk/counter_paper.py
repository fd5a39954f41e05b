"""Papers for the tests of the counters: filled in for a service, with whoever may take them in."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from gateway.catalogue import Body, Catalogue, Channel, Office, Role, Service
from gateway.catalogue.kinds import documents_of, kind_field, kind_of, kinds_on
from gateway.desk import Desk, StaffMember
from gateway.desk.paper import Paper, Scan
from gateway.exchange.applicants import may_apply
from gateway.identity.numbers import check_digit
from gateway.web.days import stored_day
from simulators.population.cast import ORGANISATIONS, PEOPLE
from simulators.walk.answers import answers_for
from tests.integration.desk.workplace import CATALOGUE, PASSWORD, PDF, iin

PERSON = PEOPLE["applicant-kokpekti"]
COUNTERS = (Channel.PROVIDER_OFFICE, Channel.RURAL_AKIM)
_sheets = itertools.count(1)
_staff = (digits for number in itertools.count() if check_digit(digits := f"7501012{number:04d}") is not None)


class Pair(NamedTuple):
    """A service on a channel that is a counter, with one of the kinds that may be asked for there."""

    service: Service
    channel: Channel
    kind: str | None


def pairs(catalogue: Catalogue = CATALOGUE) -> Iterator[Pair]:
    """Every service at every counter that its act opens, for every kind."""
    for service in catalogue.services.values():
        for channel in COUNTERS:
            if service.opens(channel):
                yield from (Pair(service, channel, kind) for kind in kinds_on(service, channel) or (None,))


def counter_of(pair: Pair, catalogue: Catalogue = CATALOGUE) -> Office:
    """The first counter of a service on a channel."""
    return catalogue.counters_of(pair.service.id, pair.channel)[0]


def provider_at(counter: Office, service: Service, catalogue: Catalogue = CATALOGUE) -> Office:
    """Who decides on what the counter takes in."""
    if counter.body is Body.PROVIDER:
        return counter
    return next(office for office in catalogue.offices_of(service.id) if office.id in counter.serves)


def a_paper(
    service_id: str, office: str, *, kind: str | None = None, channel: Channel = COUNTERS[0], **how: object
) -> Paper:
    """A paper that is in order: every field filled in, every document as a scan but the last, which is on paper."""
    service = CATALOGUE.service(service_id)
    fields = {
        name: stored_day(value) for name, value in answers_for(service_id, PERSON, kind=kind, channel=channel).items()
    }
    chooses = kind_field(service)
    if chooses is not None and kind is not None:
        fields[chooses.id] = kind
    represented = how.get("representative") is not None
    documents = [one.id for one in documents_of(service, kind_of(service, fields), represented=represented)]
    applicant = PERSON.iin if may_apply(service, channel, PERSON.iin) else ORGANISATIONS["partnership"].bin
    whole = Paper(
        sheet=f"a-sheet-of-the-tests-{next(_sheets)}",
        service=service_id,
        office=office,
        applicant=applicant,
        applicant_name=PERSON.full_name_kk,
        fields=fields,
        documents=tuple(Scan(one, f"{one}.pdf", "application/pdf", PDF + one.encode()) for one in documents[:-1]),
        on_paper=tuple(documents[-1:]),
    )
    return replace(whole, **how)  # type: ignore[arg-type]


async def hire(desk: Desk, office: str, role: Role) -> StaffMember:
    """A member of an office's staff."""
    digits = next(_staff)
    return await desk.staff.seed(
        iin=iin(digits), name=f"Өтегенов Қайрат {digits[-4:]}", office=office, role=role, password=PASSWORD
    )
