"""Who takes which papers in: whose office is a counter of a service, and whose its first action is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.catalogue import Body, Catalogue, Channel, Office, Role, Service, UnknownService
from gateway.catalogue.acceptance import Receipt, ReceiptKind
from gateway.catalogue.kinds import kinds_on
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.paper import CounterClosed
from gateway.desk.staff import StaffMember

_COUNTERS = {Body.PROVIDER: Channel.PROVIDER_OFFICE, Body.RURAL_AKIM: Channel.RURAL_AKIM}


@dataclass(frozen=True, slots=True)
class Place:
    """A service at a counter, with the channel that the counter is."""

    service: Service
    channel: Channel
    counter: Office


class CounterRights:
    """Answers from the catalogue, which does not change while a process runs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._known: dict[tuple[str, Role], tuple[Service, ...]] = {}

    def services(self, member: StaffMember) -> tuple[Service, ...]:
        """Return the services whose papers the member may take in, in the order of the catalogue."""
        key = member.office, member.role
        if key not in self._known:
            self._known[key] = tuple(self._services(*key))
        return self._known[key]

    def place(self, member: StaffMember, service_id: str) -> Place:
        """Return a service at the member's counter; raises `CounterClosed`."""
        office = self._catalogue.office(member.office)
        channel = _COUNTERS.get(office.body)
        try:
            service = self._catalogue.service(service_id)
        except UnknownService as error:
            raise CounterClosed from error
        if channel is None or office not in self._catalogue.counters_of(service_id, channel):
            raise CounterClosed
        return Place(service, channel, office)

    def providers(self, member: StaffMember, service: Service) -> tuple[Office, ...]:
        """Return who decides on a paper taken in by the member: the own office, or those that the akim serves."""
        office = self._catalogue.office(member.office)
        if office.is_provider:
            return (office,)
        return tuple(one for one in self._catalogue.offices_of(service.id) if one.id in office.serves)

    def _services(self, office_id: str, role: Role) -> Iterator[Service]:
        office = self._catalogue.office(office_id)
        channel = _COUNTERS.get(office.body)
        if channel is None:
            return
        for service in self._catalogue.services.values():
            if office in self._catalogue.counters_of(service.id, channel) and role in _roles(service, channel):
                yield service


def check_role(member: StaffMember, place: Place, kind: str | None) -> None:
    """Refuse whoever does not do the first action for a kind of the service; raises `DeskError` WRONG_ROLE."""
    roles = _roles(place.service, place.channel, kind)
    if member.role not in roles:
        raise DeskError(DeskCode.WRONG_ROLE, awaited=", ".join(sorted(roles)))


def prescribed(service: Service, channel: Channel, *, refusal: bool = False) -> Receipt | None:
    """Return the receipt that the act prescribes on a channel, of acceptance or of refusal to accept, if it does."""
    given = (one for one in service.receipts if channel in one.channels)
    return next((one for one in given if (one.kind is ReceiptKind.REFUSAL_RECEIPT) is refusal), None)


def _roles(service: Service, channel: Channel, kind: str | None = None) -> set[Role]:
    """Return the roles of the first action: for a kind that the channel provides, else for any of them."""
    offered: tuple[str | None, ...] = kinds_on(service, channel) or (None,)
    firsts = (
        (service.procedure(channel, one).path(channel)[0], one) for one in ((kind,) if kind in offered else offered)
    )
    return {step.acts(channel, one)[0].role for step, one in firsts}
