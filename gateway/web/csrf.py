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
        if request.method in _SAFE:
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
        if not isinstance(expected, str) or not hmac.compare_digest(token.encode(), expected.encode()):
            raise FormOutdated
        return await handler(request)

    def _comes_from_here(self, request: web.Request) -> bool:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            return False
        source = request.headers.get("Origin")
        if source is None and (referer := request.headers.get("Referer")):
            parts = urlsplit(referer)
            source = f"{parts.scheme}://{parts.netloc}"
        allowed = self._origins or {f"{request.scheme}://{request.host}"}
        return source is None or source in allowed
