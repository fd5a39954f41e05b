"""What goes on behind the pages of one browser: errors in its console, policies broken, hosts called."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, WebError, WebSocket

_REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy broken: ${event.violatedDirective} by ${event.blockedURI} at ${event.sourceFile}`));
"""
_KAZTOKEN_PORT = 24680


class Watch:
    """Gathers what must not happen; `finish` fails the test that let it happen."""

    def __init__(self, context: BrowserContext) -> None:
        self.problems: list[str] = []
        self.sockets: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        context.add_init_script(_REPORT_VIOLATIONS)
        context.on("page", self._page)
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", self._error)

    def expect(self, pattern: str) -> None:
        """Let problems that match `pattern` be."""
        self._expected.append(re.compile(pattern))

    def expect_status(self, *statuses: int) -> None:
        """Let documents with these statuses be: Chromium notes them in the console."""
        self.expect(rf"status of ({'|'.join(map(str, statuses))})\b")

    def finish(self) -> None:
        """Raise `AssertionError` with everything that was not expected."""
        found = [one for one in self.problems if not any(pattern.search(one) for pattern in self._expected)]
        if found:
            raise AssertionError("\n".join(found))

    def _page(self, page: Page) -> None:
        page.on("websocket", self._socket)

    def _socket(self, socket: WebSocket) -> None:
        self.sockets.append(socket.url)
        self._address(socket.url)

    def _request(self, request: Request) -> None:
        self._address(request.url)

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("data", "blob", "about"):
            return
        if parts.hostname != "127.0.0.1" or parts.port == _KAZTOKEN_PORT:
            self.problems.append(f"called {url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.problems.append(f"{message.type} in the console: {message.text} ({message.location['url']})")

    def _error(self, error: WebError) -> None:
        self.problems.append(f"uncaught in the page: {_text(error.error)}")


def _text(error: Error) -> str:
    return f"{error.name}: {error.message}"
