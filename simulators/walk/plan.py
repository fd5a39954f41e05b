"""Which walks make up a whole round: every service that the portal offers, every kind, and the ways to be tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.catalogue import Catalogue, Channel, Service
from simulators.walk.answers import portal_kinds
from simulators.walk.ways import WAYS, Way


@dataclass(frozen=True, slots=True)
class PlannedWalk:
    """One walk of a round; without a `way` it is the good path."""

    service: str
    kind: str | None = None
    way: Way | None = None

    @property
    def name(self) -> str:
        """The walk's name: service, kind and way."""
        return " ".join(part for part in (self.service, self.kind, self.way.name if self.way else "good") if part)


def walks_of(service: Service) -> Iterator[PlannedWalk]:
    """Return every walk of one service: each kind on its good path, and every way with the first kind."""
    kinds = portal_kinds(service)
    for kind in kinds:
        yield PlannedWalk(service.id, kind)
    for way in WAYS.values():
        if way.fits(service, kinds[0]):
            yield PlannedWalk(service.id, kinds[0], way)


def whole_round(catalogue: Catalogue, *, every_way: bool = False) -> Iterator[PlannedWalk]:
    """Return the walks over every service that the portal offers, with what the provider may decide.

    The ways in which a condition fails are walked with the first service of each variant of the flow, since its other
    services share the flow word for word; with `every_way` with each service.
    """
    seen: set[str | None] = set()
    for service in catalogue.offered(Channel.PORTAL):
        variant = service.portal_flow.variant
        for walk in walks_of(service):
            if every_way or variant not in seen or walk.way is None or walk.way.check is None:
                yield walk
        seen.add(variant)
