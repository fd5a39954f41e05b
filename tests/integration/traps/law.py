"""Short words for what the traps' tests ask of the catalogue."""

from __future__ import annotations

from gateway.catalogue import (
    Channel,
    Duration,
    HandOver,
    Lines,
    Outcome,
    ProcedureStep,
    Role,
    Service,
    Unit,
    Verb,
    load_catalogue,
)
from gateway.catalogue.acceptance import Receipt, ReceiptKind, Representation

CATALOGUE = load_catalogue()
PORTAL, CORPORATION, OFFICE, AKIM = (
    Channel.PORTAL,
    Channel.CORPORATION,
    Channel.PROVIDER_OFFICE,
    Channel.RURAL_AKIM,
)
ALMATY, KARAGANDA = "almaty-2015-4-594", "karaganda-2014-34-05"
_UNITS = {
    Unit.MINUTES: "min",
    Unit.HOURS: "h",
    Unit.WORKING_DAYS: "wd",
    Unit.CALENDAR_DAYS: "cd",
    Unit.MONTHS: "mon",
}


def of(act: str, *numbers: int) -> tuple[Service, ...]:
    """The services of an act by their numbers in it."""
    found = {service.number: service for service in CATALOGUE.services.values() if service.act == act}
    return tuple(found[number] for number in numbers)


def almaty(*numbers: int) -> tuple[Service, ...]:
    return of(ALMATY, *numbers)


def karaganda(*numbers: int) -> tuple[Service, ...]:
    return of(KARAGANDA, *numbers)


def named(service_id: str) -> Service:
    return CATALOGUE.service(service_id)


def said(term: Duration) -> str:
    """A term as the notes write it: `15 min`, `2 wd`."""
    return f"{term.value} {_UNITS[term.unit]}"


def terms(service: Service, channel: Channel, kind: str | None = None) -> list[str]:
    """The terms of a channel's steps, in the order in which they are done."""
    return [said(step.term(channel, kind)) for step in service.procedure(channel, kind).path(channel)]


def step(service: Service, number: int, channel: Channel, kind: str | None = None) -> ProcedureStep:
    return service.procedure(channel, kind).step(number)


def verbs(service: Service, channel: Channel, kind: str | None = None) -> list[tuple[int, Verb, Role]]:
    """Every action of a channel with its step's number and its role, in order."""
    path = service.procedure(channel, kind).path(channel)
    return [(one.number, action.verb, action.role) for one in path for action in one.acts(channel, kind)]


def channels(service: Service) -> set[Channel]:
    return {entry.channel for entry in service.channels}


def handed(service: Service, channel: Channel) -> set[HandOver]:
    return {rule.how for rule in service.hand_overs if rule.channel is channel}


def outcomes(service: Service, channel: Channel | None = None) -> set[Outcome]:
    return {
        result.outcome
        for result in service.results
        if channel is None or not result.channels or channel in result.channels
    }


def receipts(service: Service, kind: ReceiptKind, channel: Channel) -> list[Receipt]:
    return [receipt for receipt in service.receipts if receipt.kind is kind and channel in receipt.channels]


def representation(service: Service, channel: Channel) -> Representation | None:
    return next((one.rule for one in service.powers_of_attorney if channel in one.channels), None)


def reads(service: Service, line: int) -> bool:
    """Whether a reading of the service answers for this line of the act."""
    return any(lines.first <= line <= lines.last for reading in service.readings for lines in reading.lines)


def lies_within(lines: Lines, first: int, last: int) -> bool:
    return first <= lines.first and lines.last <= last
