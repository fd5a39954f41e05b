"""Changes of the registry while the gateway runs: kept in the database, laid over the file at every start.

Each change is one entry, whole or removed. The registry that comes of all of them must hang together, or the change is
refused. A file that was edited since may leave no place for a change; such a change is passed over and said so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import ValidationError

from gateway.store import Database
from simulators.shep.config import GatewayConfig
from simulators.shep.registry import Party, Registry, name_of

MOST_CHANGES: Final = 5_000

_ALL: Final = "SELECT kind, name, entry, changed_at FROM registry_change ORDER BY position"
_KEEP: Final = """
INSERT INTO registry_change (kind, name, entry, changed_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (kind, name) DO UPDATE SET entry = excluded.entry, changed_at = excluded.changed_at
"""


class Kind(StrEnum):
    """What an entry of the registry is."""

    SYSTEM = "system"
    PEER = "peer"
    SERVICE = "service"
    ROUTE = "route"
    RIGHTS = "rights"
    """The services that a system may ask."""

    @property
    def part(self) -> str:
        """The part of the registry file that holds these."""
        return "rights" if self is Kind.RIGHTS else f"{self.value}s"

    @property
    def key(self) -> str:
        """The field by which an entry is named."""
        return {Kind.PEER: "name", Kind.SERVICE: "service_id", Kind.ROUTE: "route_id"}.get(self, "sender_id")


@dataclass(frozen=True, slots=True)
class Change:
    """One entry as it shall be; None removes it."""

    kind: Kind
    name: str
    entry: Any


class RegistryChanges:
    """The table `registry_change` of one gateway, and the registry that it changes."""

    def __init__(self, database: Database, registry: Registry) -> None:
        self._database = database
        self._registry = registry
        self._file = registry.config
        self._lock = asyncio.Lock()
        self.passed_over: tuple[str, ...] = ()
        """The changes of earlier runs that the file has left no place for."""

    async def restore(self) -> None:
        """Lay the kept changes over the file."""
        waiting = [_change(row) for row in await self._database.fetch(_ALL)]
        config = _tried(self._file, waiting)
        if config is None:
            config, waiting = _as_many_as_fit(self._file, waiting)
            self.passed_over = tuple(f"{each.kind.value} {each.name}" for each in waiting)
        self._registry.replace(config)

    async def make(self, *changes: Change, at: datetime) -> GatewayConfig:
        """Change the registry and keep that; raises `ValueError` for one that would not hang together."""
        async with self._lock:
            config = changed(self._registry.config, changes)
            async with self._database.transaction() as conn:
                if await conn.fetchval("SELECT count(*) FROM registry_change") > MOST_CHANGES:
                    raise ValueError(f"more than {MOST_CHANGES} changes: put them into the file and undo them here")
                for each in changes:
                    await conn.execute(_KEEP, each.kind.value, each.name, each.entry, at)
            self._registry.replace(config)
            return config

    async def undo(self) -> int:
        """Go back to the file; returns how many changes were undone."""
        async with self._lock:
            tag = await self._database.execute("DELETE FROM registry_change")
            self._registry.replace(self._file)
            self.passed_over = ()
            return int(tag.rsplit(" ", 1)[-1])

    async def to_json(self) -> list[dict[str, Any]]:
        """Return what was changed since the file."""
        return [
            {
                "kind": row["kind"],
                "name": row["name"],
                "removed": row["entry"] is None,
                "at": row["changed_at"].isoformat(),
                "passed_over": f"{row['kind']} {row['name']}" in self.passed_over,
            }
            for row in await self._database.fetch(_ALL)
        ]


def changed_parties(before: GatewayConfig, after: GatewayConfig) -> list[str]:
    """Return the systems and peers that stand in `after` otherwise than in `before`."""
    earlier: list[Party] = [*before.systems, *before.peers]
    present: list[Party] = [*after.systems, *after.peers]
    return [name_of(party) for party in present if party not in earlier]


def changed(config: GatewayConfig, changes: Iterable[Change]) -> GatewayConfig:
    """Return the registry with the changes; raises `ValidationError`."""
    parts: dict[str, Any] = {
        kind.part: {getattr(each, kind.key): each.model_dump() for each in getattr(config, kind.part)}
        for kind in Kind
        if kind is not Kind.RIGHTS
    }
    parts[Kind.RIGHTS.part] = dict(config.rights)
    for each in changes:
        entries = parts[each.kind.part]
        if each.entry is None:
            entries.pop(each.name, None)
        else:
            entries[each.name] = each.entry
    lists = {name: list(entries.values()) for name, entries in parts.items() if name != Kind.RIGHTS.part}
    return GatewayConfig.model_validate({**config.model_dump(), **lists, "rights": parts[Kind.RIGHTS.part]})


def _tried(config: GatewayConfig, changes: Iterable[Change]) -> GatewayConfig | None:
    try:
        return changed(config, changes)
    except ValidationError:
        return None


def _as_many_as_fit(config: GatewayConfig, changes: list[Change]) -> tuple[GatewayConfig, list[Change]]:
    """Make one change after another, until none of those that are left fits; return these too."""
    waiting, fits = list(changes), True
    while fits:
        fits = False
        for change in list(waiting):
            made = _tried(config, [change])
            if made is not None:
                config, fits = made, True
                waiting.remove(change)
    return config, waiting


def _change(row: Mapping[str, Any]) -> Change:
    return Change(Kind(row["kind"]), row["name"], row["entry"])
