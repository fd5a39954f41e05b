"""Who is signed in at the operator's workplace, whether the screen is locked, and the workplace's refusals as pages."""

from __future__ import annotations

import re
from datetime import timedelta

from aiohttp import web
from aiohttp.typedefs import Middleware

from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.operators import Operator, account_in
from gateway.flows.arm.rooms import ArmRooms
from gateway.web.pages import redirect
from gateway.web.refusals import page_of
from gateway.web.sessions import Handler, session_of
from gateway.web.terminal.lock import LOCK_AFTER, ScreenLock, as_next

ARM = web.AppKey("arm", ArmRooms)
_OPERATOR = web.RequestKey("operator", Operator)
_OPEN_PATHS = ("/static/", "/sign-in", "/hall", "/board")
_REQUEST_FORM = re.compile(r"/intakes/([0-9]{14})/form")
_HIDDEN = frozenset({ArmCode.NO_SUCH_INTAKE})
_FORBIDDEN = frozenset({ArmCode.WRONG_ROLE})


def operator_or_none(request: web.Request) -> Operator | None:
    """Return the operator who is signed in, if one is."""
    return request.get(_OPERATOR)


def operator_of(request: web.Request) -> Operator:
    """Return the operator who is signed in; pages behind the guard always have one."""
    return request[_OPERATOR]


def rooms_of(request: web.Request) -> ArmRooms:
    """Return the rooms of the workplace whose page this is."""
    return request.config_dict[ARM]


def window_of(request: web.Request) -> int:
    """Return the number of the window at which the operator signed in."""
    return int(session_of(request).get("window", 1))


def only_operators(*, lock_after: timedelta = LOCK_AFTER) -> Middleware:
    """Let nobody but signed-in operators through to the pages, and nobody at all while the screen is locked."""
    screen = ScreenLock(lock_after, _REQUEST_FORM)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        session = session_of(request)
        if session.account is not None:
            # Applicants' sessions lie in the same table: their accounts open no workplace.
            account = account_in(session.account)
            operator = None if account is None else await rooms_of(request).operators.member(account)
            if operator is None:
                session.sign_out()
            else:
                request[_OPERATOR] = operator
        if _is_open(request):
            return await handler(request)
        if operator_or_none(request) is None:
            return redirect(f"/sign-in{as_next(request)}")
        kept_out = screen.keeps_out(request)
        return await handler(request) if kept_out is None else kept_out

    return guard


def _is_open(request: web.Request) -> bool:
    """Whether strangers get this answered: the sign-in page, the hall's pages, and that a page has no such method."""
    wrong_method = isinstance(request.match_info.http_exception, web.HTTPMethodNotAllowed)
    return wrong_method or request.path.startswith(_OPEN_PATHS)


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what the workplace refuses into the page of that refusal, with its own code, text and advice."""
    try:
        return await handler(request)
    except ArmError as error:
        raise page_of(error, error.advice, hidden=_HIDDEN, forbidden=_FORBIDDEN) from error
