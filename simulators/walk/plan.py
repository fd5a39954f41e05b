"""Which walks make up a whole round: every service on every channel, and the ways to be tried."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.catalogue import Catalogue, Channel, Outcome, ResultKind, Service, StepKind
from simulators.walk.answers import catalogue, kinds_of
from simulators.walk.decision import Decision
from simulators.walk.law import flow_of
from simulators.walk.ways import WAYS, Way, extension_of

CHANNELS = (Channel.PORTAL, Channel.PROVIDER_OFFICE, Channel.RURAL_AKIM, Channel.CORPORATION)
"""The channels that are walked."""


@dataclass(frozen=True, slots=True)
class PlannedWalk:
    """One walk of a round; without a `way` it is the good path, which ends in the first result or in `result`."""

    service: str
    kind: str | None = None
    way: Way | None = None
    channel: Channel = Channel.PORTAL
    result: str | None = None

    @property
    def name(self) -> str:
        """The walk's name: service, channel unless it is the portal, kind and way."""
        channel = None if self.channel is Channel.PORTAL else str(self.channel)
        way = self.way.name if self.way else f"good:{self.result}" if self.result else "good"
        return " ".join(part for part in (self.service, channel, self.kind, way) if part)

    @property
    def failing(self) -> int | None:
        """The number of the flow's condition that fails, if one does."""
        return self.way.failing(catalogue().service(self.service), self.channel, self.kind) if self.way else None

    @property
    def state(self) -> str:
        """The state in which the cabinet shows the application in the end."""
        return self.way.state if self.way else "issued"

    @property
    def decision(self) -> Decision | None:
        """What the bodies decide; nothing when the application never comes to them."""
        outcome = self.way.outcome if self.way else Outcome.ISSUED
        if outcome is None:
            return None
        service, name = catalogue().service(self.service), self.way.name if self.way else ""
        result = service.result(outcome, self.channel, self.kind)
        if self.result is not None:
            result = next(one for one in service.results if one.id == self.result)
        faulty = name in ("documents", "condition-3:documents", "window:documents")
        return Decision(
            result,
            self._ground(service, result, faulty=faulty),
            conform=not faulty,
            favourable=not (faulty or name == "adverse"),
            submitted=name != "lapsed",
            extended=extension_of(service, self.channel, self.kind) if name == "extended" else None,
        )

    def to_json(self) -> dict[str, Any]:
        """Return what tells the walk apart for programs."""
        return {
            "service": self.service,
            "channel": self.channel.value,
            "kind": self.kind,
            "fail": self.way.name if self.way else None,
        }

    def _ground(self, service: Service, result: ResultKind, *, faulty: bool) -> str | None:
        if result.outcome is not Outcome.REFUSED:
            return None
        if self.failing is not None:
            return service.flow(self.channel, self.kind).step(StepKind.CONDITION, self.failing).ground
        return "documents-violations" if faulty else result.grounds[0]


def pairs(law: Catalogue, *channels: Channel) -> Iterator[tuple[Service, Channel]]:
    """Return each service with each of `channels` that its act opens; without any, on every channel."""
    for service in law.services.values():
        for channel in channels or CHANNELS:
            if service.opens(channel):
                yield service, channel


def walks_of(service: Service, channel: Channel) -> Iterator[PlannedWalk]:
    """Return every walk of a service on a channel.

    Each kind goes its good path to each of its results, and one kind of those that share flow, procedure and results
    goes every way.
    """
    seen: set[object] = set()
    for kind in kinds_of(service, channel):
        for position, result in enumerate(_issued(service, channel, kind)):
            yield PlannedWalk(service.id, kind, None, channel, result if position else None)
        sort = _sort(service, channel, kind)
        if sort not in seen:
            seen.add(sort)
            for way in WAYS.values():
                if way.fits(service, channel, kind):
                    yield PlannedWalk(service.id, kind, way, channel)


def whole_round(
    law: Catalogue, *, every_way: bool = False, channels: tuple[Channel, ...] = CHANNELS
) -> Iterator[PlannedWalk]:
    """Return the walks over every service on every channel: every kind, every result, every condition failing.

    A condition of a flow may fail in several ways. Each is walked with the first service of every variant of the flow,
    since its other services share the flow word for word; these take one way a condition each, in turn. With
    `every_way` each service goes every way.
    """
    seen: set[object] = set()
    turns: Counter[object] = Counter()
    for service, channel in pairs(law, *channels):
        flow = flow_of(service, channel, kinds_of(service, channel)[0])
        variant = None if flow is None else (flow.variant, *(step.ref for step in flow.steps))
        walks = list(walks_of(service, channel))
        yield from walks if every_way or variant not in seen else _one_way_each(walks, turns)
        seen.add(variant)


def _one_way_each(walks: list[PlannedWalk], turns: Counter[object]) -> Iterator[PlannedWalk]:
    """Leave one of the ways in which a condition fails, and one in which it only waits; `turns` counts those taken."""
    alike: dict[object, list[PlannedWalk]] = {}
    for walk in walks:
        if walk.way is not None and walk.way.check is not None:
            alike.setdefault((walk.way.check, walk.way.fails), []).append(walk)
    chosen = []
    for sort, group in alike.items():
        chosen.append(group[turns[sort] % len(group)])
        turns[sort] += 1
    for walk in walks:
        if walk.way is None or walk.way.check is None or walk in chosen:
            yield walk


def _issued(service: Service, channel: Channel, kind: str | None) -> list[str]:
    return [one.id for one in service.results_on(channel, kind) if one.outcome is Outcome.ISSUED]


def _sort(service: Service, channel: Channel, kind: str | None) -> object:
    """Return what two kinds have in common when a way through one of them is a way through the other."""
    flow = flow_of(service, channel, kind)
    others = [one.id for one in service.results_on(channel, kind) if one.outcome is not Outcome.ISSUED]
    terms = {
        (step.number, one.when)
        for step in service.procedure(channel, kind).path(channel)
        for one in step.terms
        if one.when is not None and one.kind in (None, kind)
    }
    return (flow and flow.id, service.procedure(channel, kind).id, tuple(others), frozenset(terms))
