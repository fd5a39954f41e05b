"""Who is signed in at the desk, asked of the account at every request; and the desk's refusals as pages."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Middleware

from gateway.desk import Desk, DeskCode, DeskError, StaffMember
from gateway.desk.entry_errors import EntryCode, EntryError
from gateway.web.pages import redirect
from gateway.web.refusals import page_of
from gateway.web.sessions import Handler, session_of
from gateway.web.site import is_for_machines
from gateway.web.terminal.lock import LOCK_AFTER, ScreenLock

DESK = web.AppKey("desk", Desk)
_MEMBER = web.RequestKey("member", StaffMember)
_OPEN_PATHS = ("/static/", "/sign-in")

_COUNTER_SHEET = re.compile(r"/counter/([a-z0-9-]{1,60})")
"""Of what is sent to a locked screen, what is held until it is opened."""
_HIDDEN: frozenset[StrEnum] = frozenset(
    {DeskCode.NO_SUCH_CASE, DeskCode.NO_SUCH_DOCUMENT, EntryCode.NO_SUCH_ENTRY, EntryCode.NO_SUCH_PAGE}
)
_FORBIDDEN: frozenset[StrEnum] = frozenset({DeskCode.WRONG_ROLE, DeskCode.NOT_ASSIGNED, DeskCode.ELSEWHERE})


def member_or_none(request: web.Request) -> StaffMember | None:
    """Return the member who is signed in, if one is."""
    return request.get(_MEMBER)


def member_of(request: web.Request) -> StaffMember:
    """Return the member who is signed in; pages behind the guard always have one."""
    return request[_MEMBER]


def desk_of(request: web.Request) -> Desk:
    """Return the desk whose page this is."""
    return request.config_dict[DESK]


def is_at_counter(request: web.Request) -> bool:
    """Whether whoever is signed in takes papers in: their page is a terminal, whose screen locks."""
    member = member_or_none(request)
    return member is not None and bool(desk_of(request).counter.services(member))


def only_staff(machine_paths: tuple[str, ...], *, lock_after: timedelta = LOCK_AFTER) -> Middleware:
    """Let nobody but the staff through to the pages, and nobody to a counter's while its screen is locked."""
    screen = ScreenLock(lock_after, _COUNTER_SHEET)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_for_machines(request, machine_paths):
            return await handler(request)
        session = session_of(request)
        if session.account is not None:
            member = await desk_of(request).staff.member(int(session.account))
            if member is None:
                session.sign_out()
            else:
                request[_MEMBER] = member
        if _is_open(request):
            return await handler(request)
        if member_or_none(request) is None:
            wanted = f"?next={quote(request.path)}" if request.method == "GET" and request.path != "/" else ""
            return redirect(f"/sign-in{wanted}")
        kept_out = screen.keeps_out(request) if is_at_counter(request) else None
        return await handler(request) if kept_out is None else kept_out

    return guard


def _is_open(request: web.Request) -> bool:
    """Whether strangers get this answered: the sign-in page, and that a page has no such method."""
    wrong_method = isinstance(request.match_info.http_exception, web.HTTPMethodNotAllowed)
    return wrong_method or request.path.startswith(_OPEN_PATHS)


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what the desk refuses into the page of that refusal, with the desk's own code and text."""
    try:
        return await handler(request)
    except DeskError as error:
        raise page_of(error, hidden=_HIDDEN, forbidden=_FORBIDDEN) from error
    except EntryError as error:
        raise page_of(error, error.advice, hidden=_HIDDEN, forbidden=_FORBIDDEN) from error
