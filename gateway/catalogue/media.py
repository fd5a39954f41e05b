"""In which ways the documents go from the State Corporation to the provider, as the act on a service has it."""

from __future__ import annotations

from enum import StrEnum

from gateway.catalogue.model import Service
from gateway.catalogue.terms import Channel, Party, is_for


class Medium(StrEnum):
    """A way of the documents; the acceptance of an application calls them the same."""

    ELECTRONIC = "electronic"
    COURIER = "courier"


def media_of(service: Service, kind: str | None) -> tuple[Medium, ...]:
    """Return the ways in which the documents may go to the provider, the usual one first.

    Over the gateways where process 6 names them, by courier as well where it says so (Almaty act, lines 226-230), and
    by courier alone where the act names no gateway.
    """
    if not any(route.channel is Channel.CORPORATION for route in service.routes):
        return (Medium.COURIER,)
    flows = (flow for flow in service.flows if flow.channel is Channel.CORPORATION and is_for(flow.kinds, kind))
    sent = next((flow for flow in flows if any(step.party is Party.DESK for step in flow.steps)), None)
    if sent is not None and any(step.courier for step in sent.steps):
        return (Medium.ELECTRONIC, Medium.COURIER)
    return (Medium.ELECTRONIC,)
