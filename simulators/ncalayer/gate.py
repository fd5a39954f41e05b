"""Who may speak to the program at all: any page of the web can reach a loopback socket."""

from __future__ import annotations

import hmac
import secrets

from aiohttp import web


class Origins:
    """The list of origins whose pages may ask for signatures."""

    def __init__(self, allowed: frozenset[str], *, local_programs: bool = True) -> None:
        self._allowed = allowed
        self._local_programs = local_programs

    def allows(self, origin: str | None) -> bool:
        """Whether the origin may open a websocket; a request without Origin comes from no browser."""
        return self._local_programs if origin is None else origin in self._allowed


class WindowGuard:
    """Lets only the window itself (or a program that has read its token) answer questions."""

    HEADER = "X-Window-Token"

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)

    def admits(self, request: web.Request) -> bool:
        """Whether a POST carries the token and comes from no other site."""
        origin = request.headers.get("Origin")
        if origin is not None and origin not in {f"http://{request.host}", f"https://{request.host}"}:
            return False
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            return False
        return hmac.compare_digest(
            request.headers.get(self.HEADER, "").encode(errors="surrogateescape"), self.token.encode()
        )
