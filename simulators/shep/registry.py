"""The registry in memory: systems, peers, services, rights and routes, as the checks ask for them."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import Any

from gateway.eds.certificate import Certificate
from simulators.shep.config import (
    GatewayConfig,
    PeerEntry,
    RouteEntry,
    ServiceEntry,
    SystemEntry,
    hash_password,
)

Party = SystemEntry | PeerEntry
"""Who hands a message to the gateway, or takes one from it."""


def name_of(party: Party) -> str:
    """Return the name that is unique among systems and peers."""
    return party.sender_id if isinstance(party, SystemEntry) else party.name


class Registry:
    """Whom a gateway knows; systems and services may be added while it runs."""

    def __init__(self, config: GatewayConfig) -> None:
        self._systems = {each.sender_id: each for each in config.systems}
        self._peers = {each.name: each for each in config.peers}
        self._services = {each.service_id: each for each in config.services}
        self._routes = {each.route_id: each for each in config.routes}
        self._rights = {sender: set(services) for sender, services in config.rights.items()}

    def add_system(self, entry: SystemEntry, services: Iterable[str] = ()) -> None:
        """Register a system with its rights, or replace it; raises `ValueError` for names that do not fit."""
        if entry.sender_id in self._peers:
            raise ValueError(f"{entry.sender_id} is a peer")
        wanted = set(services)
        unknown = wanted - self._services.keys()
        if unknown:
            raise ValueError(f"no service {', '.join(sorted(unknown))}")
        self._systems[entry.sender_id] = entry
        self._rights[entry.sender_id] = wanted

    def add_service(self, entry: ServiceEntry) -> None:
        """Register a service, or replace it; raises `ValueError` when its owner is unknown."""
        if self.party(entry.owner) is None:
            raise ValueError(f"no system or peer {entry.owner}")
        self._services[entry.service_id] = entry

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

    def service(self, service_id: str) -> ServiceEntry | None:
        """Return the service of this name."""
        return self._services.get(service_id)

    def may_ask(self, sender_id: str, service_id: str) -> bool:
        """Whether the system has the right to ask the service."""
        return service_id in self._rights.get(sender_id, ())

    def route(self, route_id: str) -> RouteEntry | None:
        """Return the route of this name."""
        return self._routes.get(route_id)

    def to_json(self) -> dict[str, Any]:
        """Return the registry without password hashes."""
        return {
            "systems": [
                each.model_dump(mode="json", exclude={"password_sha256"}, exclude_none=True)
                for each in self._systems.values()
            ],
            "peers": [each.model_dump(mode="json") for each in self._peers.values()],
            "services": [each.model_dump(mode="json") for each in self._services.values()],
            "rights": {sender: sorted(services) for sender, services in self._rights.items()},
            "routes": [each.model_dump(mode="json") for each in self._routes.values()],
        }
