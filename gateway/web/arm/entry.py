"""Process 1: signing in at a window, signing out, and the locked screen."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.identity.throttle import source_of
from gateway.web.arm.guard import begin_session, is_locked, lock, next_of, operator_or_none, rooms_of, unlock, window_of
from gateway.web.arm.request_form import read_posted, version_of
from gateway.web.csrf import form_of
from gateway.web.forms import Form, FormErrors
from gateway.web.pages import redirect, render
from gateway.web.refusals import BadRequest
from gateway.web.sessions import digest_of, session_of
from gateway.web.translation import gettext as _

TOO_MANY = 429
MOST_WINDOWS = 99
_WINDOW_COOKIE = "arm-window"
_REMEMBERED = timedelta(days=365)
_WRONG_MOST = 5
"""Assumed: after so many wrong passwords at the lock the operator signs in anew."""


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
        errors.add("window", _("Enter the number of the window"))
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
                begin_session(request, operator, window=window)
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


async def lock_screen(request: web.Request) -> web.Response:
    """Lock the screen at the operator's own wish, or because nothing was done for a while."""
    lock(session_of(request))
    return redirect(f"/locked?next={next_of(form_of(request).get('next'))}")


async def locked(request: web.Request) -> web.Response:
    """Ask for the password alone."""
    wanted = next_of(request.query.get("next", ""))
    if not is_locked(session_of(request)):
        return redirect(wanted)
    return render(request, "arm/locked.html", next=wanted, window=window_of(request))


async def unlock_screen(request: web.Request) -> web.Response:
    """Open the screen on the right password and come back to the same step, with what was typed there."""
    form, errors, session = form_of(request), FormErrors(), session_of(request)
    operator, rooms = operator_or_none(request), rooms_of(request)
    wanted = next_of(form.get("next"))
    if operator is None:
        return redirect("/sign-in")
    status = 400
    try:
        right = await rooms.operators.verify(operator, form.raw("password"))
    except ArmError as error:
        errors.add("password", error.text)
        status = TOO_MANY if error.code is ArmCode.LOGIN_DELAYED else 400
        return render(request, "arm/locked.html", status, errors=errors, next=wanted, window=window_of(request))
    if not right:
        session["wrong"] = int(session.get("wrong", 0)) + 1
        if session["wrong"] >= _WRONG_MOST:
            session.sign_out()
            return redirect(f"/sign-in?next={wanted}")
        errors.add("password", _("The password is wrong"))
        return render(request, "arm/locked.html", status, errors=errors, next=wanted, window=window_of(request))
    session.pop("wrong")
    held = unlock(request)
    if held is not None:
        await _keep_held(request, held)
    return redirect(wanted)


async def _keep_held(request: web.Request, held: dict[str, str]) -> None:
    """Keep what a request form brought while the screen was locked, without its consent: nobody saw it given."""
    operator, flow = operator_or_none(request), rooms_of(request).flow
    if operator is None:
        return
    try:
        view = await flow.intake(operator, held["number"])
        await flow.keep_typed(operator, held["number"], read_posted(view, held), version_of(held))
    except (ArmError, BadRequest):
        session_of(request).flash(_("What was typed last could not be kept: check the form."), "notice")


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
