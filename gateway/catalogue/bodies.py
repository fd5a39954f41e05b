"""Which office of each body works on a case, takes applications in, or provides a service to a district.

The rural akim takes applications in where there is no provider at the place of residence (Karaganda, lines 108-110 and
3370-3372), a department of the State Corporation for every provider that it serves; the precinct commission (168-176),
the commission (3636-3638) and the district akim (Almaty, 471-475) do their steps for a provider.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from gateway.catalogue.errors import NoOfficeOfBody
from gateway.catalogue.kinds import restriction_on
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office, lies_in
from gateway.catalogue.terms import Body, Channel

_Fault = tuple[tuple[str | int, ...], str]
_COUNTERS = frozenset({Body.RURAL_AKIM, Body.CORPORATION})
"""Bodies that take applications in: a case is taken back to the one at whose counter it began."""
NO_PROVIDER_THERE = "no-provider-there"
"""The rule of a channel: an akim takes applications in only where no provider sits."""


def providers_of(offices: Mapping[str, Office], service_id: str) -> tuple[Office, ...]:
    """Return the offices that provide a service, in the order of the file."""
    return tuple(office for office in offices.values() if service_id in office.services)


def serving(offices: Mapping[str, Office], office: Office, body: Body) -> tuple[Office, ...]:
    """Return the offices of a body that work for a provider, in the order of the file."""
    return tuple(one for one in offices.values() if one.body is body and office.id in one.serves)


def body_of(
    offices: Mapping[str, Office],
    case_office: Office,
    body: Body,
    counter: Office | None,
    answers: Mapping[str, str] | None,
) -> Office:
    """Return the office that stands for `body` in a case; raises `NoOfficeOfBody`, which is an `UnknownOffice`."""
    if body is Body.PROVIDER:
        return case_office
    if body in _COUNTERS and counter is not None and counter.body is body:
        return counter
    found = serving(offices, case_office, body)
    if not found:
        raise NoOfficeOfBody(case_office.id, body)
    return next((one for one in found if one.fits(answers or {})), found[0])


def counters_of(offices: Mapping[str, Office], service: Service, channel: Channel) -> tuple[Office, ...]:
    """Return the offices at whose counters a service may be applied for on a channel; none on the other channels.

    The akim is the fallback where the rule of the channel says so: only one in whose territory no provider sits.
    """
    if not service.opens(channel):
        return ()
    providers = providers_of(offices, service.id)
    if channel is Channel.PROVIDER_OFFICE:
        return providers
    if channel is Channel.CORPORATION:
        return tuple(_serving_any(offices, providers, Body.CORPORATION))
    if channel is not Channel.RURAL_AKIM:
        return ()
    akims = tuple(_serving_any(offices, providers, Body.RURAL_AKIM))
    only = restriction_on(service, channel)
    if only is None or only.rule != NO_PROVIDER_THERE:
        return akims
    return tuple(akim for akim in akims if not any(one.sits_in(akim.territory) for one in providers))


def _serving_any(offices: Mapping[str, Office], providers: tuple[Office, ...], body: Body) -> Iterator[Office]:
    """Yield each office of a body that works for one of the providers, provider by provider."""
    yield from {one.id: one for provider in providers for one in serving(offices, provider, body)}.values()


def office_for(offices: Mapping[str, Office], service_id: str, district: str) -> Office | None:
    """Return the provider of a service for who is registered in a district of ГБД ФЛ, if there is one."""
    return next((one for one in providers_of(offices, service_id) if district in one.districts), None)


def office_at(offices: Mapping[str, Office], service_id: str, place: str) -> Office | None:
    """Return the provider of a service in whose territory a place of КАТО lies, if there is one."""
    return next((one for one in providers_of(offices, service_id) if lies_in(place, one.territory)), None)


def fault_of(offices: tuple[Office, ...], services: Mapping[str, Service]) -> _Fault | None:
    """Return the place and the expectation of the first thing in which the offices do not fit together, if any."""
    by_id: dict[str, int] = {}
    for index, office in enumerate(offices):
        if office.id in by_id:
            return (index, "id"), f"expected each office once, found {office.id} again"
        by_id[office.id] = index
        for place, service_id in enumerate(office.services):
            if service_id not in services:
                return (index, "services", place), f"expected a service, found {service_id}"
    return (
        _fault_of_bodies(offices, by_id)
        or _fault_of_answers(offices, by_id, services)
        or _fault_of_districts(offices)
        or _fault_of_numbers(offices)
    )


def _fault_of_bodies(offices: tuple[Office, ...], by_id: Mapping[str, int]) -> _Fault | None:
    taken: dict[tuple[Body, str, frozenset[tuple[str, str]]], str] = {}
    for index, office in enumerate(offices):
        for place, provider in enumerate(office.serves):
            if provider not in by_id or not offices[by_id[provider]].is_provider:
                return (index, "serves", place), f"expected a provider's office, found {provider}"
            if office.body is Body.RURAL_AKIM:
                continue
            other = taken.setdefault((office.body, provider, frozenset(office.answers.items())), office.id)
            if other != office.id:
                return (index, "serves", place), f"expected one {office.body} for {provider}, which {other} serves"
    return None


def _fault_of_answers(
    offices: tuple[Office, ...], by_id: Mapping[str, int], services: Mapping[str, Service]
) -> _Fault | None:
    for index, office in enumerate(offices):
        served = {service_id for provider in office.serves for service_id in offices[by_id[provider]].services}
        fields = [field for service_id in served for field in services[service_id].form]
        for name, answer in office.answers.items():
            if not any(one.id == name and answer in {choice.id for choice in one.choices} for one in fields):
                return (index, "answers", name), f"expected a choice in a form of the provider, found {answer}"
    return None


def _fault_of_districts(offices: tuple[Office, ...]) -> _Fault | None:
    taken: dict[tuple[str, str], str] = {}
    for index, office in enumerate(offices):
        for place, district in enumerate(office.districts):
            for service_id in office.services:
                other = taken.setdefault((service_id, district), office.id)
                if other != office.id:
                    found = f"{district}, which is of {other} for {service_id}"
                    return (index, "districts", place), f"expected a district without a provider, found {found}"
    return None


def _fault_of_numbers(offices: tuple[Office, ...]) -> _Fault | None:
    order = sorted(range(len(offices)), key=lambda index: offices[index].bin)
    for first, second in pairwise(order):
        if offices[first].bin == offices[second].bin and not _is_corporation(offices[first], offices[second]):
            return (max(first, second), "bin"), f"expected a BIN of its own, found that of {offices[first].id}"
    departments = [index for index, office in enumerate(offices) if office.body is Body.CORPORATION]
    for first, second in pairwise(departments):
        if offices[first].bin != offices[second].bin:
            return (second, "bin"), f"expected the Corporation's one BIN, that of {offices[first].id}"
    return None


def _is_corporation(*offices: Office) -> bool:
    """Tell whether all of the offices are departments of the State Corporation, which is one legal entity."""
    return all(office.body is Body.CORPORATION for office in offices)
