"""The admin API beside the registry: journal, messages, faults. JSON under `/admin/`; bind it to loopback."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import ValidationError

from gateway.clock import ALMATY
from gateway.shep.messages import MessageState
from simulators.edge import read_json
from simulators.shep.faults import FaultPlan
from simulators.shep.journal import Wanted
from simulators.shep.journal_page import journal_page
from simulators.shep.parts import Parts
from simulators.shep.settling import Settling

LONGEST_BODY: Final = 256 * 1024
_LARGEST_ID: Final = 2**63 - 1
_TEXTS: Final = (
    "message_id",
    "session_id",
    "correlation_id",
    "service_id",
    "event",
    "sender_id",
    "fault_code",
    "person",
)
_MOMENTS: Final = ("since", "until")
_MESSAGES: Final = """
SELECT id, message_id, correlation_id, session_id, origin, sender_id, service_id, message_type, route_id, target, state,
       accepted_at, handed_out_at, settled_at, settled_by, attempts, last_error
FROM message WHERE ($1::text IS NULL OR state = $1) AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3
"""
_STATE: Final = "SELECT state FROM message WHERE id = $1"


class Admin:
    """The admin API of one gateway, but for its registry."""

    def __init__(self, parts: Parts, settling: Settling) -> None:
        self._parts = parts
        self._settling = settling

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.get("/admin/journal", self._journal),
            web.get("/admin/journal/{id}", self._line),
            web.get("/admin/messages", self._messages),
            web.post("/admin/messages/{id}/resume", self._resume),
            web.get("/admin/faults", self._faults),
            web.post("/admin/faults", self._plan),
            web.delete("/admin/faults", self._clear),
        ]

    async def _journal(self, request: web.Request) -> web.Response:
        known = {*_TEXTS, *_MOMENTS, "before", "limit", "envelopes"}
        try:
            if unknown := sorted(set(request.query) - known):
                return web.json_response({"error": "wrong-query", "unknown": unknown}, status=400)
            asked: dict[str, Any] = {name: request.query.get(name) for name in _TEXTS}
            asked |= {name: _moment(request, name) for name in _MOMENTS}
            wanted = Wanted(before=_number(request, "before"), **asked)
            limit = _number(request, "limit") or 100
        except ValueError as error:
            return _wrong_query(error)
        with_envelopes = "envelopes" in request.query
        lines = await self._parts.journal.search(wanted=wanted, with_envelopes=with_envelopes, limit=limit)
        following = lines[-1]["id"] if lines else None
        if "text/html" in request.headers.get("Accept", ""):
            return journal_page(self._parts.config.name, lines, request, following)
        return web.json_response({"journal": lines, "next": following})

    async def _line(self, request: web.Request) -> web.Response:
        line = await self._parts.journal.line(_id(request))
        if line is None:
            return _absent()
        return web.json_response(line)

    async def _messages(self, request: web.Request) -> web.Response:
        state = request.query.get("state")
        try:
            chosen = None if state is None else MessageState(state).value
            before, limit = _number(request, "before"), _number(request, "limit") or 500
        except ValueError as error:
            return _wrong_query(error)
        rows = await self._parts.store.database.fetch(_MESSAGES, chosen, before, min(limit, 500))
        messages = [_plain(dict(row)) for row in rows]
        return web.json_response({"messages": messages, "next": messages[-1]["id"] if messages else None})

    async def _resume(self, request: web.Request) -> web.Response:
        number = _id(request)
        row = await self._settling.resume(number)
        if row is not None:
            return web.json_response({"resumed": row["message_id"], "target": row["target"]})
        state = await self._parts.store.database.fetchval(_STATE, number)
        if state is None:
            return _absent()
        return web.json_response({"error": "not-stopped", "state": state}, status=409)

    async def _faults(self, _request: web.Request) -> web.Response:
        return web.json_response({"faults": self._parts.faults.to_json()})

    async def _plan(self, request: web.Request) -> web.Response:
        try:
            self._parts.faults.plan(FaultPlan.model_validate(await read_json(request, limit=LONGEST_BODY)))
        except ValueError as error:
            return wrong_body(error)
        return await self._faults(request)

    async def _clear(self, request: web.Request) -> web.Response:
        self._parts.faults.clear()
        return await self._faults(request)


def wrong_body(error: ValueError) -> web.Response:
    """Say what is wrong with the body, without what was sent: it may hold a password."""
    reasons = (
        [{"where": ".".join(map(str, each["loc"])), "reason": each["msg"]} for each in error.errors()]
        if isinstance(error, ValidationError)
        else [{"where": "", "reason": str(error)}]
    )
    return web.json_response({"error": "wrong-body", "reasons": reasons[:50]}, status=400)


def _wrong_query(error: ValueError) -> web.Response:
    return web.json_response({"error": "wrong-query", "reason": str(error)[:200], "unknown": []}, status=400)


def _absent() -> web.Response:
    return web.json_response({"error": "not-found"}, status=404)


def _id(request: web.Request) -> int:
    """Return the number in the path; 0, which nothing has, for what is none."""
    text = request.match_info["id"]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def _number(request: web.Request, name: str) -> int | None:
    text = request.query.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdecimal() or len(text) > 30:
        raise ValueError(f"{name} is not a number")
    return min(int(text), _LARGEST_ID)


def _moment(request: web.Request, name: str) -> datetime | None:
    """Return a moment of the query; one without a zone is Almaty time."""
    text = request.query.get(name)
    if text is None:
        return None
    try:
        # A plus sign that was not escaped is a space by now.
        read = datetime.fromisoformat(text.replace(" ", "+") if text.count(":") == 3 else text)
    except ValueError:
        raise ValueError(f"{name} is not a date and time") from None
    if not 1900 < read.year < 9000:
        raise ValueError(f"{name} is out of range")
    return read if read.tzinfo else read.replace(tzinfo=ZoneInfo(ALMATY))


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in row.items()}
