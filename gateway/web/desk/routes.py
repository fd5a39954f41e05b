"""Every route of the desk's site, room by room."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from gateway.web.desk import (
    acting,
    bodies_pages,
    booked_page,
    condition_page,
    counter_find,
    counter_home,
    counter_page,
    courier_pages,
    draft_page,
    entry,
    lists,
    moving,
    reading,
    reports_page,
    search_page,
    sign_page,
)
from gateway.web.pages import render
from gateway.web.terminal.lock import LockPages

_CASE: Final = r"/cases/{number:\d{14}}"
_ACTS: Final = {
    "register": acting.register,
    "resolve": acting.resolve,
    "check-documents": acting.check_documents,
    "inspect": acting.inspect,
    "hand-over": acting.hand_over,
    "forward": bodies_pages.forward,
    "conclude": bodies_pages.conclude,
    "convene": bodies_pages.convene,
    "summon": bodies_pages.summon,
    "recommend": bodies_pages.recommend,
    "decide": bodies_pages.decide,
    "inform": bodies_pages.inform,
    "submit": condition_page.submit,
    "record": bodies_pages.record,
    "send-file": bodies_pages.send_file,
    "claim": moving.claim,
    "release": moving.release,
    "assign": moving.assign,
    "return": moving.send_back,
    "extend": moving.extend,
    "redirect": moving.redirect_case,
    "draft": draft_page.draft,
    "sign": sign_page.sign,
}
"""What is done with a case, by the last part of its address."""


def all_routes() -> list[web.RouteDef]:
    """Return the routes of the site."""
    return [
        *_session(),
        *_overview(),
        *_reading(),
        *(web.post(f"{_CASE}/{act}", handler) for act, handler in _ACTS.items()),
        *_counter(),
        *courier_pages.routes(),
    ]


def _session() -> list[web.RouteDef]:
    return [
        web.get("/sign-in", entry.show),
        web.post("/sign-in", entry.sign_in),
        web.post("/sign-out", entry.sign_out),
    ]


def _overview() -> list[web.RouteDef]:
    return [
        web.get("/", lists.inbox),
        web.get("/cases", lists.cases),
        web.get("/search", search_page.show),
        web.post("/search", search_page.search),
        web.get("/reports", reports_page.show),
    ]


def _reading() -> list[web.RouteDef]:
    return [
        web.get(_CASE, reading.case),
        web.get(f"{_CASE}/application.xml", reading.application),
        web.get(f"{_CASE}/result.xml", reading.result),
        web.get(f"{_CASE}/result.pdf", reading.printed_result),
        web.get(rf"{_CASE}/documents/{{ordinal:\d{{1,4}}}}", reading.document),
        web.get(f"{_CASE}/evidence/{{register:[a-z]{{1,20}}}}.xml", reading.evidence),
        web.get(f"{_CASE}/draft", draft_page.show),
        web.get(f"{_CASE}/sign", sign_page.show),
    ]


def _counter() -> list[web.RouteDef]:
    return [
        web.get("/keys", keys),
        *LockPages("desk/counter_base.html", entry.verify, entry.keep_held, entry.whose).routes(),
        *counter_home.routes(),
        *counter_page.routes(),
        *counter_find.routes(),
        *booked_page.routes(),
    ]


async def keys(request: web.Request) -> web.Response:
    """Show every key of the counter."""
    return render(request, "desk/counter_keys.html")
