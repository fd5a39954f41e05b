"""Who is signed in at the operator's workplace, whether the screen is locked, and the workplace's refusals as pages."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Middleware

from gateway.clock import Clock
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.operators import Operator
from gateway.flows.arm.rooms import ArmRooms
from gateway.texts import Text
from gateway.web.csrf import form_of
from gateway.web.failures import wants_json
from gateway.web.pages import is_local, redirect
from gateway.web.refusals import Conflict, Forbidden, NotFound, PageError
from gateway.web.sessions import Handler, Session, session_of
from gateway.web.translation import gettext as _

ARM = web.AppKey("arm", ArmRooms)
REAL_TIME: web.AppKey[Clock] = web.AppKey("real_time")
"""By which the screen locks: as cookies, it stays on real time."""
LOCK_AFTER = timedelta(minutes=10)
"""Assumed: no act says when an operator's screen locks."""
_OPERATOR = web.RequestKey("operator", Operator)
_OPEN_PATHS = ("/static/", "/sign-in", "/hall", "/board")
_WHILE_LOCKED = ("/locked", "/sign-out")
_REQUEST_FORM = re.compile(r"/intakes/([0-9]{14})/form")
_OPERATORS_ACCOUNT = re.compile(r"operator ([0-9]{1,9})")
"""Applicants' sessions lie in the same table: their accounts are bare numbers, and open no workplace."""
_ACTIVE, _LOCKED, _HELD = "active", "locked", "held"
_NOTED_EVERY = timedelta(seconds=15)
_LONGEST_NEXT = 300
_MOST_HELD = 20_000
_HIDDEN = frozenset({ArmCode.NO_SUCH_INTAKE.value})
_FORBIDDEN = frozenset({"arm-wrong-role"})


class ScreenLocked(PageError):
    """The screen is locked; told to the page's own scripts, a person gets the page that asks for the password."""

    status = 423
    code = "screen-locked"
    title = Text("Экран құлыпталған", "Экран заблокирован", "The screen is locked")
    what = Text(
        "Ұзақ уақыт әрекет болмағандықтан, экран құлыпталды.",
        "Экран заблокирован, так как долго не было действий.",
        "The screen was locked, because nothing was done for a while.",
    )
    advice = Text("Құпиясөзді енгізіңіз.", "Введите пароль.", "Enter the password.")


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

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        session, now = session_of(request), request.config_dict[REAL_TIME].now()
        if session.account is not None:
            known = _OPERATORS_ACCOUNT.fullmatch(session.account)
            operator = None if known is None else await rooms_of(request).operators.member(int(known[1]))
            if operator is None:
                session.sign_out()
            else:
                request[_OPERATOR] = operator
        if _is_open(request):
            return await handler(request)
        if operator_or_none(request) is None:
            return redirect(f"/sign-in{_next(request)}")
        if is_locked(session) or _idle(session, now) > lock_after:
            lock(session)
            if not request.path.startswith(_WHILE_LOCKED):
                return _locked(request, session)
        elif _idle(session, now) > _NOTED_EVERY:
            session[_ACTIVE] = now.isoformat()
        return await handler(request)

    return guard


def account_of(operator: Operator) -> str:
    """Return what a session of an operator is known by."""
    return f"operator {operator.id}"


def is_locked(session: Session) -> bool:
    """Whether the screen of this session is locked."""
    return bool(session.get(_LOCKED))


def lock(session: Session) -> None:
    """Lock the screen; the session and all that it knows stay."""
    if not is_locked(session):
        session[_LOCKED] = True


def begin_session(request: web.Request, operator: Operator, *, window: int) -> None:
    """Begin a session of an operator at a window."""
    now = request.config_dict[REAL_TIME].now()
    session_of(request).sign_in(account_of(operator), **{"window": window, _ACTIVE: now.isoformat()})


def unlock(request: web.Request) -> dict[str, str] | None:
    """Open the screen and return the request form that the lock kept from being taken in, if one came.

    Its `number` is the application's.
    """
    session = session_of(request)
    session.pop(_LOCKED)
    session[_ACTIVE] = request.config_dict[REAL_TIME].now().isoformat()
    held: dict[str, str] | None = session.pop(_HELD)
    return held


def next_of(value: str) -> str:
    """Return the page to go on to: an address of this site, else the first page."""
    return value if len(value) <= _LONGEST_NEXT and is_local(value) else "/"


def _locked(request: web.Request, session: Session) -> web.StreamResponse:
    """Send the person to the lock; the first request form that comes is held beside the session until it is opened.

    No other form is: it may act, or name people who have nothing to do in a session.
    """
    if wants_json(request):
        raise ScreenLocked
    if request.method == "POST" and request.path != "/lock" and not _is_held(request, session):
        session.flash(_("The screen was locked, so what was sent was not taken in: repeat it."), "notice")
    return redirect(f"/locked{_next(request)}")


def _is_held(request: web.Request, session: Session) -> bool:
    """Hold what was posted if it is a request form and the first; tell whether it is held."""
    form, typed = _REQUEST_FORM.fullmatch(request.path), form_of(request).values()
    if form is None or _HELD in session:
        return False
    if sum(len(name) + len(value) for name, value in typed.items()) > _MOST_HELD:
        return False
    session[_HELD] = {**typed, "number": form[1]}
    return True


def _next(request: web.Request) -> str:
    """Return the page to come back to as a query: the page itself, or the one from which a form was sent."""
    path = request.path
    if request.method != "GET":
        path = request.headers.get("Referer", "").removeprefix(f"{request.scheme}://{request.host}").partition("?")[0]
    return f"?next={quote(path)}" if path != "/" and next_of(path) == path else ""


def _idle(session: Session, now: datetime) -> timedelta:
    active = session.get(_ACTIVE)
    return timedelta.max if active is None else now - datetime.fromisoformat(active)


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
        raise page_of(error) from error


def page_of(error: ArmError) -> PageError:
    """Return the page of a refusal."""
    page: PageError
    if error.code.value in _HIDDEN:
        page = NotFound(error.text, advice=error.advice)
    elif error.code.value in _FORBIDDEN:
        page = Forbidden(error.text, advice=error.advice)
    else:
        page = Conflict(error.text, advice=error.advice)
    page.code = error.code.value
    return page
