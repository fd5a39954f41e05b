"""A whole country in one process: the world, both gateways, the desk and the portal on one event loop.

For walks and acceptance tests; `make up` runs the same parts as processes of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg

from gateway.app import channels, desk
from gateway.settings import Settings
from gateway.store.embedded import EmbeddedPostgres
from simulators.gateways import gateway
from simulators.installation import Installation, Ports
from simulators.participants import write_settings
from simulators.world import world


@contextlib.asynccontextmanager
async def country(installation: Installation) -> AsyncIterator[None]:
    """Run everything over an installation until the context ends."""
    async with contextlib.AsyncExitStack() as stack:
        await write_settings(installation)
        await stack.enter_async_context(world(installation))
        for name in ("shep", "rshep"):
            await stack.enter_async_context(gateway(installation, name))
        settings = await asyncio.to_thread(settings_of, installation)
        await stack.enter_async_context(desk(settings))
        await stack.enter_async_context(channels(settings))
        yield


def settings_of(installation: Installation) -> Settings:
    """Read the installation's settings file (the environment is left alone)."""
    before = os.environ.get("QYZMET_CONFIG")
    os.environ["QYZMET_CONFIG"] = str(installation.folder / "settings.yaml")
    try:
        return Settings()
    finally:
        del os.environ["QYZMET_CONFIG"]
        if before is not None:
            os.environ["QYZMET_CONFIG"] = before


@contextlib.asynccontextmanager
async def temporary_installation(admin_url: str | None = None) -> AsyncIterator[Installation]:
    """Make an installation that is gone afterwards, on an embedded PostgreSQL or a new database at `admin_url`."""
    with tempfile.TemporaryDirectory(prefix="qyzmet-walk-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        await asyncio.to_thread(folder.chmod, 0o755)
        async with contextlib.AsyncExitStack() as stack:
            if admin_url is None:
                server = EmbeddedPostgres(folder)
                url = await asyncio.to_thread(server.start)
                stack.push_async_callback(asyncio.to_thread, server.stop)
            else:
                url = await stack.enter_async_context(
                    _own_database(admin_url, f"walk_{os.getpid()}_{folder.name[-8:]}")
                )
            yield await asyncio.to_thread(lambda: Installation.at(folder, ports=Ports.free(), admin_url=url))


@contextlib.asynccontextmanager
async def _own_database(admin_url: str, name: str) -> AsyncIterator[str]:
    name = "".join(letter if letter.isalnum() else "_" for letter in name.lower())
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
        yield database_url(admin_url, name)
    finally:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.close()


def database_url(admin_url: str, name: str) -> str:
    """Return the URL of another database of the same server."""
    from urllib.parse import urlsplit, urlunsplit

    parts = urlsplit(admin_url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, parts.fragment))
