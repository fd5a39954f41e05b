"""Process 1: signing in at a window, signing out, and what opens the locked screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from aiohttp import web

from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.operators import session_account
from gateway.identity.throttle import source_of
from gateway.web.arm.guard import operator_of, operator_or_none, rooms_of, window_of
from gateway.web.arm.request_form import read_posted
from gateway.web.csrf import form_of
from gateway.web.forms import Form, FormErrors
from gateway.web.pages import redirect, render
from gateway.web.refusals import BadRequest
from gateway.web.sessions import digest_of, session_of
from gateway.web.terminal.lock import TOO_MANY, Wrong, begin_session, next_of
from gateway.web.terminal.typed import version_in
from gateway.web.translation import gettext as _

MOST_WINDOWS = 99
_WINDOW_COOKIE = "arm-window"
_REMEMBERED = timedelta(days=365)


async def show(request: web.Request) -> web.Response:
    """Show the sign-in page, or the first page to whoever is signed in."""
    if operator_or_none(request) is not None:
        return redirect("/")
    values = {"window": _remembered_window(request)}
    return render(request, "arm/sign_in.html", values=values, next=request.query.get("next", ""))


async def sign_in(request: web.Request) -> web.Response:
    """Process 1: open a session for the operator whose IIN and password these are, at a window."""
    form, errors, status = form_of(request), FormErrors(), 400
    if not form.get("iin"):
        errors.add("iin", _("Enter the IIN"))
    if not form.raw("password"):
        errors.add("password", _("Enter the password"))
    window = _window(form, MOST_WINDOWS)
    if window is None:
        errors.add("window", _("Enter the number of the window: 1 to %(most)s", most=MOST_WINDOWS))
    if not errors and window is not None:
        rooms = rooms_of(request)
        try:
            operator = await rooms.operators.log_in(
                form.get("iin"), form.raw("password"), source=source_of(request.remote)
            )
        except ArmError as error:
            errors.add("iin", error.text)
            status = TOO_MANY if error.code is ArmCode.LOGIN_DELAYED else 400
        else:
            most = rooms.catalogue.office(operator.department).windows or MOST_WINDOWS
            if window <= most:
                begin_session(request, session_account(operator.id), window=window)
                await rooms.flow.process_1_entered(operator, digest_of(session_of(request).key))
                response = redirect(next_of(form.get("next")))
                _remember_window(response, window)
                return response
            errors.add("window", _("The department has windows 1 to %(most)s", most=most))
    values = {"iin": form.get("iin"), "window": form.get("window")}
    return render(request, "arm/sign_in.html", status, errors=errors, values=values, next=form.get("next"))


async def sign_out(request: web.Request) -> web.Response:
    """End the session."""
    session_of(request).sign_out()
    return redirect("/sign-in")


async def verify(request: web.Request, password: str) -> Wrong | None:
    """Judge the password that is to open the screen."""
    operator = operator_or_none(request)
    assert operator is not None
    try:
        right = await rooms_of(request).operators.verify(operator, password)
    except ArmError as error:
        return Wrong(error.text, TOO_MANY if error.code is ArmCode.LOGIN_DELAYED else 400)
    return None if right else Wrong(_("The password is wrong"))


def whose(request: web.Request) -> str:
    """Name the operator whose screen is locked, and the window."""
    return _("%(name)s, window %(window)s", name=operator_of(request).name, window=window_of(request))


async def keep_held(request: web.Request, held: Mapping[str, str]) -> bool:
    """Keep what a request form brought while the screen was locked, without its consent: nobody saw it given."""
    operator, flow, number = operator_or_none(request), rooms_of(request).flow, held["held_for"]
    assert operator is not None
    try:
        posted = read_posted(await flow.service_of(operator, number), held)
        await flow.keep_typed(operator, number, posted, version_in(held.get("version", "")))
    except (ArmError, BadRequest):
        return False
    return True


def _window(form: Form, most: int) -> int | None:
    text = form.get("window")
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(most))):
        return None
    return int(text) if 1 <= int(text) <= most else None


def _remembered_window(request: web.Request) -> str:
    text = request.cookies.get(_WINDOW_COOKIE, "")
    return text if text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_WINDOWS)) else ""


def _remember_window(response: web.Response, window: int) -> None:
    """A workstation stays at its window: the number is proposed at the next sign-in there."""
    response.set_cookie(
        _WINDOW_COOKIE,
        str(window),
        max_age=int(_REMEMBERED.total_seconds()),
        path="/sign-in",
        httponly=True,
        samesite="Lax",
    )
