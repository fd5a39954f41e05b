"""The registry's admin API: what stands in the registry file can be seen, added, changed and removed while it runs.

A change is taken when the whole registry still hangs together, is kept over restarts, and is undone by
`DELETE /admin/registry/changes`, which goes back to the file.
"""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from pydantic import BaseModel, ConfigDict, TypeAdapter

from simulators.edge import read_json
from simulators.shep.admin import LONGEST_BODY, wrong_body
from simulators.shep.config import Name, PeerEntry, RouteEntry, ServiceEntry, SystemEntry
from simulators.shep.parts import Parts
from simulators.shep.registry_changes import Change, Kind, RegistryChanges, changed_parties
from simulators.shep.settling import Settling


class Registration(BaseModel):
    """A system to register; with `services`, also those that it may ask. Without, its rights stay as they are."""

    model_config = ConfigDict(extra="forbid")

    system: SystemEntry
    services: tuple[Name, ...] | None = None


class Rights(BaseModel):
    """The services that a system may ask, all of them."""

    model_config = ConfigDict(extra="forbid")

    sender_id: Name
    services: tuple[Name, ...]


_MODELS: Final[dict[Kind, type[BaseModel]]] = {
    Kind.SYSTEM: SystemEntry,
    Kind.PEER: PeerEntry,
    Kind.SERVICE: ServiceEntry,
    Kind.ROUTE: RouteEntry,
    Kind.RIGHTS: Rights,
}
_FIELDS: Final = TypeAdapter(dict[str, Any])


class RegistryAdmin:
    """The registry's part of the admin API of one gateway."""

    def __init__(self, parts: Parts, changes: RegistryChanges, settling: Settling) -> None:
        self._parts = parts
        self._changes = changes
        self._settling = settling

    def routes(self) -> list[web.RouteDef]:
        """Return the routes: the parts of the registry are named as in its file."""
        parts = "{part:" + "|".join(kind.part for kind in Kind) + "}"
        return [
            web.get("/admin/registry", self._show),
            web.delete("/admin/registry/changes", self._undo),
            web.post(f"/admin/{parts}", self._put),
            web.patch(f"/admin/{parts}/{{name}}", self._patch),
            web.delete(f"/admin/{parts}/{{name}}", self._remove),
        ]

    async def _show(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "name": self._parts.config.name,
                "mode": self._parts.config.mode.value,
                **self._parts.registry.to_json(),
                "changes": await self._changes.to_json(),
            }
        )

    async def _put(self, request: web.Request) -> web.Response:
        """Add an entry, or replace the one of its name."""
        kind = _kind(request)
        try:
            body = await read_json(request, limit=LONGEST_BODY)
            if kind is Kind.SYSTEM:
                changes = _registered(Registration.model_validate(body))
            else:
                changes = [_change(kind, _MODELS[kind].model_validate(body))]
            return await self._make(*changes, status=201)
        except ValueError as error:
            return wrong_body(error)

    async def _patch(self, request: web.Request) -> web.Response:
        """Change the fields that are given and leave the others; the name stays as it is in the address."""
        kind, name = _kind(request), request.match_info["name"]
        try:
            given = _FIELDS.validate_python(await read_json(request, limit=LONGEST_BODY))
            standing = self._entry(kind, name)
            if standing is None:
                return _absent(kind, name)
            return await self._make(_change(kind, _MODELS[kind].model_validate({**standing, **given, kind.key: name})))
        except ValueError as error:
            return wrong_body(error)

    async def _remove(self, request: web.Request) -> web.Response:
        """Remove an entry, and the rights of it or to it; refused while something else names it."""
        kind, name = _kind(request), request.match_info["name"]
        if self._entry(kind, name) is None:
            return _absent(kind, name)
        changes = [Change(kind, name, None)]
        rights = self._parts.registry.config.rights
        if kind is Kind.SYSTEM and name in rights:
            changes.append(Change(Kind.RIGHTS, name, None))
        if kind is Kind.SERVICE:
            for sender, services in rights.items():
                if name in services:
                    changes.append(Change(Kind.RIGHTS, sender, [each for each in services if each != name]))
        try:
            return await self._make(*changes)
        except ValueError as error:
            return wrong_body(error)

    async def _undo(self, _request: web.Request) -> web.Response:
        before = self._parts.registry.config
        undone = await self._changes.undo()
        for name in changed_parties(before, self._parts.registry.config):
            await self._settling.begin_all(name)
        return web.json_response({"undone": undone})

    async def _make(self, *changes: Change, status: int = 200) -> web.Response:
        await self._changes.make(*changes, at=self._parts.clock.now())
        first = changes[0]
        if first.kind in (Kind.SYSTEM, Kind.PEER):
            await self._settling.begin_all(first.name)
        said = "removed" if first.entry is None else "registered"
        return web.json_response({said: first.name}, status=status)

    def _entry(self, kind: Kind, name: str) -> dict[str, Any] | None:
        config = self._parts.registry.config
        if kind is Kind.RIGHTS:
            return {"sender_id": name, "services": config.rights[name]} if name in config.rights else None
        entries: tuple[BaseModel, ...] = getattr(config, kind.part)
        found = next((each for each in entries if getattr(each, kind.key) == name), None)
        return None if found is None else found.model_dump(mode="json")


def _kind(request: web.Request) -> Kind:
    return next(kind for kind in Kind if kind.part == request.match_info["part"])


def _change(kind: Kind, entry: BaseModel) -> Change:
    written = entry.model_dump(mode="json")
    return Change(kind, written[kind.key], written["services"] if kind is Kind.RIGHTS else written)


def _registered(registration: Registration) -> list[Change]:
    changes = [_change(Kind.SYSTEM, registration.system)]
    if registration.services is not None:
        changes.append(Change(Kind.RIGHTS, registration.system.sender_id, list(registration.services)))
    return changes


def _absent(kind: Kind, name: str) -> web.Response:
    return web.json_response({"error": "not-found", "kind": kind.value, "name": name}, status=404)
