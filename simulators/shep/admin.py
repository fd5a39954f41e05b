"""The admin API: JSON over HTTP under `/admin/`, for people and tests. Bind it to loopback."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from simulators.edge import read_json
from simulators.shep.config import SystemEntry
from simulators.shep.faults import FaultPlan
from simulators.shep.parts import Parts

_LONGEST_BODY = 256 * 1024
_FILTERS = ("message_id", "session_id", "correlation_id", "service_id", "event")
_REGISTER = """
INSERT INTO registered_system (sender_id, entry, services, registered_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (sender_id) DO UPDATE SET entry = excluded.entry, services = excluded.services
"""
_MESSAGES = """
SELECT message_id, correlation_id, session_id, origin, sender_id, service_id, message_type, route_id, target, state,
       accepted_at, settled_at, attempts, last_error
FROM message WHERE ($1::text IS NULL OR state = $1) ORDER BY id DESC LIMIT 500
"""


class Registration(BaseModel):
    """A system to register with the services that it may ask."""

    model_config = ConfigDict(extra="forbid")

    system: SystemEntry
    services: tuple[str, ...] = ()


class Admin:
    """The admin API of one gateway."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/admin/registry", self._registry),
            web.post("/admin/systems", self._register),
            web.get("/admin/journal", self._journal),
            web.get("/admin/messages", self._messages),
            web.get("/admin/faults", self._faults),
            web.post("/admin/faults", self._plan),
            web.delete("/admin/faults", self._clear),
        ]

    async def restore(self) -> None:
        """Take up the systems that were registered before a restart."""
        for row in await self._parts.store.database.fetch("SELECT entry, services FROM registered_system"):
            self._parts.registry.add_system(SystemEntry.model_validate(row["entry"]), row["services"])

    async def _registry(self, _request: web.Request) -> web.Response:
        return web.json_response({"name": self._parts.config.name, **self._parts.registry.to_json()})

    async def _register(self, request: web.Request) -> web.Response:
        try:
            registration = Registration.model_validate(await read_json(request, limit=_LONGEST_BODY))
            self._parts.registry.add_system(registration.system, registration.services)
        except ValueError as error:
            return _wrong(error)
        entry = registration.system
        await self._parts.store.database.execute(
            _REGISTER,
            entry.sender_id,
            entry.model_dump(mode="json"),
            list(registration.services),
            self._parts.clock.now(),
        )
        return web.json_response({"registered": entry.sender_id}, status=201)

    async def _journal(self, request: web.Request) -> web.Response:
        unknown = set(request.query) - {*_FILTERS, "envelopes", "limit"}
        limit = request.query.get("limit", "100")
        if unknown or not limit.isdecimal():
            return web.json_response({"error": "wrong-query", "unknown": sorted(unknown)}, status=400)
        lines = await self._parts.journal.search(
            **{name: request.query.get(name) for name in _FILTERS},
            with_envelopes="envelopes" in request.query,
            limit=int(limit[:6]),
        )
        return web.json_response({"journal": lines})

    async def _messages(self, request: web.Request) -> web.Response:
        rows = await self._parts.store.database.fetch(_MESSAGES, request.query.get("state"))
        return web.json_response({"messages": [_plain(dict(row)) for row in rows]})

    async def _faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": self._parts.faults.to_json()})

    async def _plan(self, request: web.Request) -> web.Response:
        try:
            self._parts.faults.plan(FaultPlan.model_validate(await read_json(request, limit=_LONGEST_BODY)))
        except ValueError as error:
            return _wrong(error)
        return await self._faults(request)

    async def _clear(self, request: web.Request) -> web.Response:
        self._parts.faults.clear()
        return await self._faults(request)


def _wrong(error: ValueError) -> web.Response:
    reasons = (
        [{"where": ".".join(map(str, each["loc"])), "reason": each["msg"]} for each in error.errors()]
        if isinstance(error, ValidationError)
        else [{"where": "", "reason": str(error)}]
    )
    return web.json_response({"error": "wrong-body", "reasons": reasons}, status=400)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in row.items()}
