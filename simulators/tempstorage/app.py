"""The simulated temporary store as an application to be mounted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from aiohttp import web

from gateway.clock import Clock
from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.trust import CertificateChecker
from gateway.shep.stored_answers import StoredFirstAnswers
from gateway.store import Database
from simulators.faults.admin import AdminRefused
from simulators.faults.kinds import FaultKind, Faults
from simulators.faults.provider import provider_app
from simulators.tempstorage.service import SERVICE_ID, TempStorageService
from simulators.tempstorage.shelf import MAX_TOTAL_BYTES, Shelf
from simulators.tempstorage.sweeping import sweeping

MIGRATIONS = Path(__file__).resolve().parent / "migrations"
"""For `gateway.store.migrate`, before the application starts."""
_FAULTS = frozenset({FaultKind.NONE, FaultKind.DOWN, FaultKind.SLOW})


def create_app(
    database: Database,
    *,
    credentials: Mapping[str, str],
    system: SigningKey,
    gateways: Mapping[str, Sequence[Certificate]],
    checker: CertificateChecker,
    clock: Clock,
    max_total_bytes: int = MAX_TOTAL_BYTES,
) -> web.Application:
    """Return the application over a migrated schema: `/shep/ask` for the gateways named, `/admin/...` beside it.

    `credentials` are the store's own passwords by senderId, `system` signs the transport. While it is served, the
    contents of expired files are swept away.
    """
    faults = Faults(_FAULTS)
    shelf = Shelf(database, clock, max_total=max_total_bytes)
    service = TempStorageService(shelf, credentials=credentials, faults=faults)
    app = provider_app(
        {SERVICE_ID: service.answer},
        faults=faults,
        routes=_file_routes(shelf),
        system=system,
        gateways=gateways,
        checker=checker,
        clock=clock,
        first_answers=StoredFirstAnswers(database, clock),
    )
    app.cleanup_ctx.append(sweeping(shelf, clock))
    return app


def _file_routes(shelf: Shelf) -> list[web.RouteDef]:
    async def show(_request: web.Request) -> web.Response:
        return web.json_response({"files": [_plain(file) for file in await shelf.listed()]})

    async def delete(request: web.Request) -> web.Response:
        if not await shelf.delete(request.match_info["identifier"]):
            raise AdminRefused("admin-no-such-file", "the store has no content under this identifier", status=404)
        return web.Response(status=204)

    return [web.get("/admin/files", show), web.delete("/admin/files/{identifier}", delete)]


def _plain(file: dict[str, Any]) -> dict[str, Any]:
    return {name: value if isinstance(value, int) or value is None else str(value) for name, value in file.items()}
