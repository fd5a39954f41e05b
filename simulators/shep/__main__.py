"""A gateway of its own, from a registry file: `python -m simulators.shep --config FILE --key FILE.p12 ...`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

import aiohttp
import asyncpg
import uvloop

from gateway.clock import FollowedClock, RealClock
from gateway.eds.errors import EdsError
from gateway.eds.keys import load_pkcs12
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import HttpFetcher
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.serving import listening
from gateway.store import Store
from gateway.store.database import checked_identifier
from simulators.shep.config import load_config
from simulators.shep.gateway import make_gateway

_LOOPBACK = "127.0.0.1"


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m simulators.shep", description="run one simulated gateway")
    parser.add_argument("--config", type=Path, required=True, help="the registry (docs/reference/shep-simulator.md)")
    parser.add_argument("--key", type=Path, required=True, help="the gateway's key, PKCS#12")
    parser.add_argument("--password-file", type=Path, required=True, help="a file with the key's password")
    parser.add_argument("--database", required=True, help="postgresql://…; the schema is made when it is absent")
    parser.add_argument("--schema", default="shep", help="the schema in that database (shep)")
    parser.add_argument("--anchors", type=Path, required=True, help="a folder with the authorities that are trusted")
    parser.add_argument("--without-revocation", action="store_true", help="ask no OCSP and no lists")
    parser.add_argument("--clock", help="the address of a clock service; without it time is real")
    parser.add_argument("--port", type=int, default=8100, help="on loopback (8100)")
    parser.add_argument("--admin-port", type=int, help="the admin API on a port of its own, on loopback")
    parser.add_argument("--listen", default=_LOOPBACK, help="address of the doors; with --admin-port alone (127.0.0.1)")
    parser.add_argument(
        "--host", action="append", default=[], help="a further name that the doors answer to; with --admin-port alone"
    )
    return parser


async def _run(given: argparse.Namespace) -> None:
    config = await asyncio.to_thread(load_config, given.config)
    password = (await asyncio.to_thread(given.password_file.read_text, encoding="utf-8")).rstrip("\r\n")
    key = await asyncio.to_thread(lambda: load_pkcs12(given.key.read_bytes(), password))
    anchors = await asyncio.to_thread(Anchors.from_folder, given.anchors)
    await _make_schema(given.database, checked_identifier(given.schema))
    stop = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        followed = FollowedClock(given.clock, http) if given.clock else None
        clock = RealClock() if followed is None else await stack.enter_async_context(followed.following())
        store = await Store.open(given.database, schema=given.schema, clock=clock)
        stack.push_async_callback(store.close)
        revocation = None if given.without_revocation else RevocationChecker(HttpFetcher(http), clock)
        checker = CertificateChecker(anchors, revocation, clock)
        gateway = await make_gateway(config, store=store, key=key, checker=checker, http=http, clock=clock)
        if given.admin_port is None:
            await stack.enter_async_context(listening(gateway.app, _LOOPBACK, given.port, shutdown_seconds=2))
        else:
            doors, admin = gateway.apart(hosts=[name.lower() for name in given.host])
            await stack.enter_async_context(listening(doors, given.listen, given.port, shutdown_seconds=2))
            await stack.enter_async_context(listening(admin, _LOOPBACK, given.admin_port, shutdown_seconds=2))
        work = asyncio.create_task(store.run(), name="worker")
        sys.stdout.write(f"{config.name} is ready on http://{given.listen}:{given.port}\n")
        sys.stdout.flush()
        waiting = asyncio.create_task(stop.wait())
        await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if work.done():
            work.result()
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work


async def _make_schema(url: str, schema: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    finally:
        await connection.close()


def main() -> int:
    """Run until Ctrl-C; returns 0 then, 2 for what is given wrongly."""
    parser = _arguments()
    given = parser.parse_args()
    if given.admin_port is None and (given.host or given.listen != _LOOPBACK):
        parser.error("--listen and --host would publish the admin API: give it a port of its own by --admin-port")
    try:
        uvloop.run(_run(given))
    except (ValueError, EdsError, OSError, asyncpg.PostgresError) as error:
        sys.stderr.write(f"simulators.shep: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
