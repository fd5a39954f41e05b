"""Headers that bind the browser: what a page may load, whom it may call, who may frame it."""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import hdrs, web

from gateway.web.sessions import Handler

_WEBSOCKET_SCHEMES = frozenset({"ws", "wss"})


def websocket_origin(url: str) -> str:
    """Return the origin of a websocket URL for `connect-src`; raises `ValueError` for another scheme."""
    parts = urlsplit(url)
    if parts.scheme not in _WEBSOCKET_SCHEMES or not parts.hostname:
        raise ValueError(f"not a websocket URL: {url!r}")
    return f"{parts.scheme}://{parts.netloc}"


def content_security_policy(*, ncalayer_url: str | None) -> str:
    """Return the policy: everything from here, nothing inline, and the one websocket of NCALayer."""
    connect = "'self'" if ncalayer_url is None else f"'self' {websocket_origin(ncalayer_url)}"
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            f"connect-src {connect}",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


class SecurityHeaders:
    """Puts the headers on every answer, errors and files included."""

    def __init__(self, *, ncalayer_url: str | None, secure: bool) -> None:
        self._headers = {
            "Content-Security-Policy": content_security_policy(ncalayer_url=ncalayer_url),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            # Not no-referrer: with it browsers send `Origin: null` with a form.
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        }
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def on_prepare(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Add the headers just before an answer is sent; what a handler has set itself stays."""
        for name, value in self._headers.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")
        response.headers.pop(hdrs.SERVER, None)


class TooLongAddress:
    """Refuses addresses and cookies that no page of ours makes."""

    MAX_QUERY_FIELDS = 50

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let a request of ordinary size pass."""
        if len(request.query) > self.MAX_QUERY_FIELDS:
            raise web.HTTPBadRequest
        return await handler(request)
