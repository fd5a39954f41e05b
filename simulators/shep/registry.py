"""The registry in memory: systems, peers, services, rights and routes, as the checks ask for them.

It is one valid configuration at a time: a change makes another, which takes its place whole or not at all.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Any, Final

from gateway.eds.certificate import Certificate
from simulators.shep.config import (
    GatewayConfig,
    Handing,
    PeerEntry,
    RouteEntry,
    ServiceEntry,
    SystemEntry,
    hash_password,
)

Party = SystemEntry | PeerEntry
"""Who hands a message to the gateway, or takes one from it."""
SECRET: Final = "password_sha256"  # noqa: S105 (a field's name)
"""The field of a system that is never shown."""


def name_of(party: Party) -> str:
    """Return the name that is unique among systems and peers."""
    return party.sender_id if isinstance(party, SystemEntry) else party.name


class Registry:
    """Whom a gateway knows."""

    def __init__(self, config: GatewayConfig) -> None:
        self.replace(config)

    def replace(self, config: GatewayConfig) -> None:
        """Know from now on whom `config` names."""
        self.config = config
        self._systems = {each.sender_id: each for each in config.systems}
        self._peers = {each.name: each for each in config.peers}
        self._services = {each.service_id: each for each in config.services}
        self._routes = {each.route_id: each for each in config.routes}
        self._rights = {sender: frozenset(services) for sender, services in config.rights.items()}

    def party(self, name: str) -> Party | None:
        """Return the system or peer of this name."""
        return self._systems.get(name) or self._peers.get(name)

    def peer_of(self, certificate: Certificate) -> PeerEntry | None:
        """Return the peer whose certificate this is."""
        return next((peer for peer in self._peers.values() if certificate in peer.known), None)

    def peer_certificates(self) -> list[Certificate]:
        """Return the certificates of all peers."""
        return [each for peer in self._peers.values() for each in peer.known.certificates]

    def authenticate(self, sender_id: str, password: str | None) -> SystemEntry | None:
        """Return the system of this name if the password is its own."""
        system = self._systems.get(sender_id)
        expected = "" if system is None else system.password_sha256
        matches = hmac.compare_digest(hash_password(password or ""), expected)
        return system if matches else None

    def system_of(self, certificate: Certificate) -> SystemEntry | None:
        """Return the one system whose certificate this is; none when several have it."""
        found = [each for each in self._systems.values() if each.certificate.covers(certificate)]
        return found[0] if len(found) == 1 else None

    def service(self, service_id: str) -> ServiceEntry | None:
        """Return the service of this name."""
        return self._services.get(service_id)

    def may_ask(self, sender_id: str, service_id: str) -> bool:
        """Whether the system has the right to ask the service."""
        return service_id in self._rights.get(sender_id, ())

    def may_fetch(self, sender_id: str, service: ServiceEntry) -> bool:
        """Whether messages of the service can be for this system: it owns it, asks it, or a route leads to it."""
        routed: Iterable[str] = (each.to for each in self._routes.values())
        return sender_id == service.owner or self.may_ask(sender_id, service.service_id) or sender_id in routed

    def route(self, route_id: str) -> RouteEntry | None:
        """Return the route of this name."""
        return self._routes.get(route_id)

    def to_json(self) -> dict[str, Any]:
        """Return the registry without password hashes."""
        return {
            "systems": [
                {
                    **each.model_dump(mode="json", exclude={SECRET}, exclude_none=True),
                    "delivery": (Handing.PULL if each.pulls else Handing.PUSH).value,
                }
                for each in self._systems.values()
            ],
            "peers": [each.model_dump(mode="json") for each in self._peers.values()],
            "services": [each.model_dump(mode="json") for each in self._services.values()],
            "rights": {sender: sorted(services) for sender, services in self._rights.items()},
            "routes": [each.model_dump(mode="json") for each in self._routes.values()],
        }
