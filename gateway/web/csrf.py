"""Guards of forms: the token of the session, and the word of the browser about where the form came from."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from aiohttp import web

from gateway.web.forms import Form, limits_of, read_form
from gateway.web.refusals import FormOutdated
from gateway.web.sessions import Handler, session_of

FIELD = "_csrf"
HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_READ_FORM = web.RequestKey("form", Form)


def form_of(request: web.Request) -> Form:
    """Return the form of a POST; it was read and its token checked before the handler began."""
    return request[_READ_FORM] if _READ_FORM in request else Form()


class FormGuard:
    """Lets a request that changes something through only if a page of this site sent it in this session."""

    def __init__(self, origins: frozenset[str]) -> None:
        self._origins = origins

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check where the form came from (1), read it within bounds (2), check its token (3)."""
        # No such page, or not for this method: the answer is that, whatever the form carries.
        if request.method in _SAFE or request.match_info.http_exception is not None:
            return await handler(request)
        # (1) Before the body is read: another site's page, or one that hides itself, is refused.
        if not self._comes_from_here(request):
            raise FormOutdated
        # (2) A program sends JSON and the token in a header; its handler reads the body.
        token = request.headers.get(HEADER, "")
        if request.content_type != "application/json":
            form = await read_form(request, limits_of(request.match_info.handler))
            request[_READ_FORM] = form
            token = form.raw(FIELD) or token
        # (3) The token is the session's own.
        expected = session_of(request).get("csrf")
        if not isinstance(expected, str) or not hmac.compare_digest(_bytes(token), _bytes(expected)):
            raise FormOutdated
        return await handler(request)

    def _comes_from_here(self, request: web.Request) -> bool:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            return False
        source = request.headers.get("Origin")
        if source is None and (referer := request.headers.get("Referer")):
            source = _origin_of(referer)
        allowed = self._origins or {f"{request.scheme}://{request.host}"}
        return source is None or source in allowed


def _origin_of(address: str) -> str:
    """Return the origin of an address; an address that cannot be read has none that is allowed."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}"


def _bytes(token: str) -> bytes:
    """Return the token's bytes; a header may hold what is no UTF-8."""
    return token.encode(errors="surrogateescape")
