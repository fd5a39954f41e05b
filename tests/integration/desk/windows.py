"""Applications as an operator of the State Corporation signs and sends them from a window."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from gateway.catalogue import Channel, Office, Service
from gateway.catalogue.kinds import documents_of, kinds_on
from gateway.catalogue.media import media_of
from gateway.courier.rows import RegisterRows
from gateway.eds.roles import Role as CertificateRole
from gateway.exchange.acceptance import Acceptance, SentBy
from gateway.exchange.application import Application
from gateway.exchange.courier_register import CourierRegister, Direction, ListedPackage, RegisterMarks
from tests.integration.desk.workplace import CATALOGUE, PDF, Workplace, application, iin
from tests.unit.exchange.test_form_schema import samples

CORPORATION = Channel.CORPORATION
OPERATOR = iin("92020220001")
OPERATOR_NAME = "ӘЛІМБЕКОВА ГҮЛЖАН СӘРСЕНҚЫЗЫ"
_numbers = itertools.count(73_000_000_000_001)


class Way(NamedTuple):
    """A service at the State Corporation's windows, with a kind of it."""

    service: Service
    kind: str | None

    def __str__(self) -> str:
        return " ".join(filter(None, (self.service.id, self.kind)))


def ways() -> Iterator[Way]:
    """Every service that the acts open at the State Corporation, for every kind."""
    for service in CATALOGUE.services.values():
        if service.opens(CORPORATION):
            yield from (Way(service, kind) for kind in kinds_on(service, CORPORATION) or (None,))


def window_of(service_id: str) -> tuple[Office, Office]:
    """Return the first department that takes a service, and the first provider that it serves."""
    department = CATALOGUE.counters_of(service_id, CORPORATION)[0]
    return department, next(one for one in CATALOGUE.offices_of(service_id) if one.id in department.serves)


def taken_in(
    place: Workplace,
    service_id: str,
    kind: str | None = None,
    *,
    acceptance: Mapping[str, object] | None = None,
    documents: Mapping[str, bytes] | None = None,
    **how: object,
) -> Application:
    """An application in order: every document as a scan but the last, which came on paper; `how` replaces parts."""
    service = CATALOGUE.service(service_id)
    department, office = window_of(service_id)
    kinds = [one.id for one in documents_of(service, kind)]
    whole = application(
        service_id,
        str(next(_numbers)),
        at=place.clock.now(),
        fields=samples(service, kind),
        office=office.id,
        documents={one: PDF + one.encode() for one in kinds[:-1]} if documents is None else documents,
    )
    accepted = Acceptance(
        medium=SentBy(media_of(service, kind)[0].value),
        department=department.id,
        operator=OPERATOR,
        operator_name=OPERATOR_NAME,
        accepted_at=place.clock.now(),
        consent_at=place.clock.now(),
        on_paper=tuple(kinds[-1:]),
    )
    return replace(whole, acceptance=replace(accepted, **(acceptance or {})), **how)  # type: ignore[arg-type]


def sits_at_the_window(place: Workplace, department: Office) -> None:
    """Let the signatures of what is sent be an operator's of a department."""
    place.signatures.iin, place.signatures.bin = str(OPERATOR), department.bin
    place.signatures.roles = frozenset({CertificateRole.LEGAL_ENTITY, CertificateRole.EMPLOYEE})


async def send(place: Workplace, app: Application) -> str:
    """Sign an application as its operator, and bring it to the desk."""
    assert app.acceptance is not None
    sits_at_the_window(place, CATALOGUE.office(app.acceptance.department))
    return await place.submit(app.service, app=app)


async def opened(place: Workplace, app: Application) -> str:
    """Send an application, with its paper where it comes by courier: its case is open."""
    assert app.acceptance is not None
    number = await send(place, app)
    if app.acceptance.medium is SentBy.COURIER:
        expected = place.desk.courier._expected
        twin = await expected.get(number)
        assert twin is not None
        register = CourierRegister(
            number=f"74{number[2:]}",
            direction=Direction.TO_PROVIDER,
            department=twin.department,
            office=twin.office,
            made_at=place.clock.now(),
            made_by=OPERATOR_NAME,
            courier="Қасымов Ерлан",
            entries=(ListedPackage(number, 1, 1),),
        )
        rows = RegisterRows(place.store.database)
        async with place.store.database.transaction() as conn:
            await rows.add(conn, register, gateway="rshep", correlation_id=register.number)
            kept = await rows.lock(conn, register.number)
            assert kept is not None
            await rows.mark(conn, kept, RegisterMarks(register.number, place.clock.now(), "Кеңсе", frozenset({number})))
        await expected.open_received({"number": number})
    return number
