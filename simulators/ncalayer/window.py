"""The window over HTTP: a small page for the person, and the same control API for a test in the person's place.

`GET /window/requests` lists what waits (with `after=<version>` it answers when the list changes), `POST
/window/answer` takes `{"id", "key", "password"}` or `{"id", "cancel": true}`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from gateway.eds.certificate import Certificate
from gateway.eds.roles import KeyPurpose
from gateway.texts import Language
from simulators.edge import loads
from simulators.ncalayer.dialog import Dialog, Offer, Outcome, Pending, Reply
from simulators.ncalayer.gate import WindowGuard
from simulators.ncalayer.view import view_of
from simulators.ncalayer.wording import words

STATIC = Path(__file__).with_name("static")
FILES = {"window.html": "text/html", "window.js": "text/javascript", "window.css": "text/css"}
SHOWN_ALGORITHMS = {"ECGOST3410-2015": "ГОСТ 34.10-2015", "ECGOST34310": "ГОСТ 34.310-2004"}
MAX_ANSWER_BYTES = 8 * 1024
LONG_POLL_SECONDS = 20.0
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
_STATUS = {Outcome.GONE: 404, Outcome.NO_SUCH_KEY: 404, Outcome.UNFIT: 409, Outcome.BROKEN: 409}


class Window:
    """The page and its API over a dialog; without a dialog (automatic mode) there is nothing to show."""

    def __init__(self, dialog: Dialog) -> None:
        self._dialog = dialog
        self._guard = WindowGuard()

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/window", self.page)
        app.router.add_get("/window/requests", self.requests)
        app.router.add_post("/window/answer", self.answer)
        app.router.add_get("/window/{name:window\\.(js|css)}", self.file)

    async def page(self, _request: web.Request) -> web.Response:
        """Return the window's page."""
        return _file("window.html")

    async def file(self, request: web.Request) -> web.Response:
        """Return the page's script or style sheet."""
        return _file(request.match_info["name"])

    async def requests(self, request: web.Request) -> web.Response:
        """Return the questions that wait, with the token that an answer needs."""
        after = request.query.get("after", "")
        if after.isascii() and after.isdigit() and len(after) < 16:
            await self._dialog.changed_after(int(after), LONG_POLL_SECONDS)
        body = {
            "version": self._dialog.version,
            "token": self._guard.token,
            "words": {language: words(language) for language in (Language.KK, Language.RU)},
            "requests": [await self._described(one) for one in self._dialog.pending],
        }
        return web.json_response(body, dumps=_dumps)

    async def answer(self, request: web.Request) -> web.Response:
        """Take an answer; the status says whether it was of use."""
        if not self._guard.admits(request):
            return _refusal(403, "not-the-window")
        try:
            body = await _read_json(request)
        except ValueError as error:
            return _refusal(400, str(error))
        question, key, password = (body.get(name) for name in ("id", "key", "password"))
        if isinstance(question, str) and body.get("cancel") is True:
            return _reply(self._dialog.cancel(question))
        if not (isinstance(question, str) and isinstance(key, str) and isinstance(password, str)):
            return _refusal(400, "id-key-and-password-are-strings")
        return _reply(await self._dialog.answer(question, key, password))

    async def _described(self, one: Pending) -> dict[str, Any]:
        question = one.question
        return {
            "id": one.id,
            "origin": question.origin,
            "purpose": question.purpose,
            "locale": question.locale,
            "tries_left": one.tries_left,
            "documents": [_document(content) for content in question.documents],
            "keys": [described_key(offer) for offer in await self._dialog.offers(question)],
        }


async def _read_json(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise ValueError("json-only")
    body = bytearray()
    async for chunk in request.content.iter_chunked(MAX_ANSWER_BYTES):
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            raise ValueError("too-large")
    try:
        read = loads(bytes(body))
    except ValueError as error:
        raise ValueError("no-json") from error
    if not isinstance(read, dict):
        raise ValueError("no-object")
    return read


def _document(content: bytes) -> dict[str, Any]:
    view = view_of(content)
    return {"text": view.text, "layout": view.layout, "size": view.size, "cut": view.cut}


def described_key(offer: Offer) -> dict[str, Any]:
    """Return what the window shows of a key: owner, algorithm, purposes, numbers, and why it does not fit."""
    certificate = offer.key.certificate
    described: dict[str, Any] = {
        "id": offer.key.id,
        "owner": offer.key.owner,
        "algorithm": SHOWN_ALGORITHMS.get(offer.key.algorithm, offer.key.algorithm),
        "unfit": offer.unfit,
    }
    if certificate is not None:
        described |= {
            "subject": certificate.subject.dn,
            "iin": certificate.subject.iin,
            "bin": certificate.subject.bin,
            "organisation": certificate.subject.organisation,
            "purpose": _purpose(certificate),
            "serial": certificate.serial_hex,
            "until": certificate.not_after.isoformat(),
        }
    return described


def _purpose(certificate: Certificate) -> str:
    if certificate.purposes >= {KeyPurpose.SIGN, KeyPurpose.AUTH}:
        return "both"
    return "signing" if KeyPurpose.SIGN in certificate.purposes else "auth"


def _dumps(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


def _reply(reply: Reply) -> web.Response:
    body = {"outcome": reply.outcome, "tries_left": reply.tries_left, "unfit": reply.unfit}
    return web.json_response(body, status=_STATUS.get(reply.outcome, 200))


def _refusal(status: int, code: str) -> web.Response:
    return web.json_response({"error": {"code": code}}, status=status)


def _file(name: str) -> web.Response:
    return web.Response(body=(STATIC / name).read_bytes(), content_type=FILES[name], charset="utf-8")


async def harden(_request: web.Request, response: web.StreamResponse) -> None:
    """Put the window's headers on every answer: nothing from elsewhere, no frame around it, nothing kept."""
    response.headers.setdefault("Content-Security-Policy", _POLICY)
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    response.headers.setdefault("Cache-Control", "no-store")
