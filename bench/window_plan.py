"""What so many windows are to do, and when: every intake's moment is fixed before the first one begins.

A window begins one intake a period, and its pages stand at fixed places of it. So a server that grows slow does not
lower the load: what is due is asked as soon as the page before it has come, and how late an intake began is counted.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Final

from gateway.catalogue import Catalogue, Channel, Office, Service
from gateway.catalogue.kinds import documents_of, kinds_on
from gateway.exchange.acceptance import SentBy
from gateway.flows.arm.entering import providers_for
from gateway.flows.arm.steps import arm_media, arm_steps
from simulators.population.model import SyntheticPerson
from simulators.walk.answers import answers_for
from simulators.walk.roles import roles_for

SCANNED_OF: Final = 3
"""One of so many intakes with documents brings one of them as a scanned page; the others have all on paper."""
WITHIN: Final = 0.7
"""What share of its period an intake takes from the first page to the last."""
JITTER: Final = 0.2
"""By what share of its period an intake may begin later than the even pace."""
_AT: Final = Channel.CORPORATION
_SEED: Final = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Who works at which window of which department, and where the key lies."""

    iin: str
    department: str
    window: int
    key: Path


@dataclass(frozen=True, slots=True)
class Visit:
    """One applicant at a window: what is typed, what is there on paper and what is scanned."""

    service: str
    typed: dict[str, str]
    """By the name of the field, in the order of the page."""
    office: str
    on_paper: tuple[str, ...]
    scanned: str | None
    medium: str


@dataclass(frozen=True, slots=True)
class Due:
    """A visit with its moment, in seconds after the beginning of its phase."""

    at: float
    visit: Visit


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the windows' process is told."""

    arm: str
    password: str
    places: tuple[Place, ...]
    warm_up: tuple[Visit, ...]
    alone: tuple[Visit, ...]
    """Done one after another, by the windows in turn, while nothing else happens."""
    alone_seconds: float
    """From the first page to the last of each of these."""
    work: tuple[tuple[Due, ...], ...]
    """What each window does under load, in the order of `places`."""
    period: float
    seconds: float
    """How long the work is measured after the ramp, which takes one period."""
    scan: bytes = field(repr=False, default=b"")
    """A scanned page, JPEG."""


def departments_with_flow(catalogue: Catalogue) -> tuple[Office, ...]:
    """Return the departments that take in services whose act has the state databases asked, and send them over ЭҮШ."""
    return tuple(one for one in catalogue.offices.values() if one.windows and services_at(catalogue, one))


def services_at(catalogue: Catalogue, department: Office) -> tuple[Service, ...]:
    """Return those services of a department."""
    return tuple(
        service
        for service in catalogue.offered(_AT)
        if providers_for(catalogue, service, department)
        and arm_steps(service, _kind(service)).asks
        and arm_media(service, _kind(service))[0] is SentBy.ELECTRONIC
    )


def seats(departments: Sequence[Office], number: int) -> list[tuple[str, int]]:
    """Deal `number` operators out by the departments' windows, each as (department, window).

    There are fewer windows in the catalogue than 200, so several operators share a window's number.
    """
    windows = [(one.id, window) for one in departments for window in range(1, (one.windows or 0) + 1)]
    random.Random(_SEED).shuffle(windows)
    around = cycle(windows)
    return [next(around) for _ in range(number)]


def visits(catalogue: Catalogue, department: str, people: Iterator[SyntheticPerson]) -> Iterator[Visit]:
    """Give one visitor after another: the department's services in turn, each time another applicant."""
    office = catalogue.office(department)
    offered = cycle(services_at(catalogue, office))
    scans = cycle(range(SCANNED_OF))
    for person in people:
        service = next(offered)
        kind = _kind(service)
        documents = [one.id for one in documents_of(service, kind)]
        scanned = documents[0] if documents and next(scans) == 0 else None
        answers = answers_for(service.id, roles_for(service, _AT, kind).person, kind=kind, channel=_AT)
        named = {"applicant_number": str(person.iin), "applicant_name": person.name.full}
        yield Visit(
            service=service.id,
            typed={**named, **answers},
            office=providers_for(catalogue, service, office)[0].id,
            on_paper=tuple(one for one in documents if one != scanned),
            scanned=scanned,
            medium=arm_media(service, kind)[0].value,
        )


def timetable(windows: int, *, period: float, seconds: float) -> list[list[float]]:
    """Return the moments at which each window begins an intake: the first period is the ramp, `seconds` follow it.

    The windows stand evenly over the period, each intake up to `JITTER` of a period later than its place.
    """
    chance = random.Random(_SEED)
    firsts = [period * place / windows for place in range(windows)]
    chance.shuffle(firsts)
    moments = []
    for first in firsts:
        count = int((period + seconds - first) / period) + 1
        even = (first + period * turn for turn in range(count))
        moments.append([one + period * JITTER * chance.random() for one in even if one < period + seconds])
    return moments


def _kind(service: Service) -> str | None:
    return next(iter(kinds_on(service, _AT)), None)
