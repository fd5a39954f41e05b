"""The stage of the browser tests: one country on a thread of its own, and one Chromium beside it."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Self

import aiohttp
from playwright.sync_api import Browser, Playwright, sync_playwright

from gateway.app import channels
from gateway.clock import FollowedClock
from gateway.eds.offline import RevocationRule
from gateway.eds.trust import Anchors
from gateway.results.report import VerificationReport
from gateway.results.verification import verify_file
from simulators.country import country, settings_of, temporary_installation
from simulators.gateways import clock_url
from simulators.installation import LOOPBACK, Installation
from simulators.walk.levers import Levers

CHROMIUM = os.environ.get("QYZMET_CHROMIUM") or shutil.which("chromium")
VENDOR = Path(__file__).resolve().parents[2] / "gateway/web/static/vendor"
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


class Town:
    """A country that runs on its own event loop in its own thread."""

    def __init__(self, admin_url: str | None = None) -> None:
        self._admin_url = admin_url
        self._raised, self._end = threading.Event(), asyncio.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._live, name="country", daemon=True)
        self.installation: Installation
        self.loop: asyncio.AbstractEventLoop

    def raise_up(self) -> Self:
        """Start, and return when every part listens; what failed in the thread is raised here."""
        self._thread.start()
        self._raised.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def lay_down(self) -> None:
        """End every part."""
        self.loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def portal_without_ncalayer(self) -> AbstractContextManager[str]:
        """Open a second portal whose pages look for NCALayer where nothing listens; gives the portal's address."""
        return self._on_the_loop(_portal_without_ncalayer(self.installation))

    def pull(self, lever: Callable[[Levers], Awaitable[Any]]) -> Any:
        """Make the world fail, or its clock move, by an admin API of a simulator."""

        async def pulled() -> Any:
            async with aiohttp.ClientSession() as http:
                return await lever(Levers(self.installation, http))

        return asyncio.run_coroutine_threadsafe(pulled(), self.loop).result(timeout=30)

    def verified(self, document: bytes, *, signed_with_good_key: bool = True) -> VerificationReport:
        """Check a downloaded document as `qyzmet verify` does, offline, at the country's time."""

        async def checked() -> VerificationReport:
            async with aiohttp.ClientSession() as http:
                clock = FollowedClock(clock_url(self.installation), http)
                await clock.refresh()
            return await verify_file(
                document,
                anchors=Anchors.from_folder(self.installation.folder / "anchors"),
                clock=clock,
                revocation=RevocationRule.REQUIRED if signed_with_good_key else RevocationRule.IF_AVAILABLE,
            )

        return asyncio.run_coroutine_threadsafe(checked(), self.loop).result(timeout=30)

    @contextmanager
    def _on_the_loop(self, opened: AbstractAsyncContextManager[str]) -> Iterator[str]:
        address = asyncio.run_coroutine_threadsafe(opened.__aenter__(), self.loop).result(timeout=60)
        try:
            yield address
        finally:
            asyncio.run_coroutine_threadsafe(opened.__aexit__(None, None, None), self.loop).result(timeout=60)

    def _live(self) -> None:
        async def live() -> None:
            self.loop = asyncio.get_running_loop()
            async with temporary_installation(self._admin_url) as installation, country(installation):
                self.installation = installation
                self._raised.set()
                await self._end.wait()

        try:
            asyncio.run(live())
        except BaseException as error:  # noqa: BLE001 (raised in the test's thread)
            self._failure = error
        finally:
            self._raised.set()


@asynccontextmanager
async def _portal_without_ncalayer(installation: Installation) -> AsyncIterator[str]:
    with socket.socket() as one, socket.socket() as other:
        one.bind((LOOPBACK, 0))
        other.bind((LOOPBACK, 0))
        port, closed = one.getsockname()[1], other.getsockname()[1]
    settings = await asyncio.to_thread(settings_of, installation)
    assert settings.channels is not None
    address = f"http://{LOOPBACK}:{port}"
    second = settings.channels.model_copy(
        update={
            "port": port,
            "public_url": address,
            "ncalayer_url": f"ws://{LOOPBACK}:{closed}",
            "ncalayer_window_url": None,
            "worker": False,
            "arm": None,
        }
    )
    async with channels(settings.model_copy(update={"channels": second})):
        yield address


class Stage:
    """A town and a Chromium, both closed by `close`, which may be called again."""

    def __init__(self, town: Town, playwright: Playwright, browser: Browser) -> None:
        self.town = town
        self._playwright = playwright
        self.browser = browser
        self._open = True

    @classmethod
    def open(cls) -> Self:
        """Raise the country and start Chromium."""
        town = Town().raise_up()
        playwright = sync_playwright().start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_FLAGS))
        return cls(town, playwright, browser)

    def close(self) -> None:
        """End both."""
        if self._open:
            self._open = False
            self.browser.close()
            self._playwright.stop()
            self.town.lay_down()

    def address(self, part: str) -> str:
        """Return the base URL of a part of the country."""
        return self.town.installation.address(part)
