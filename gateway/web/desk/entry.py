"""Signing in and out, and what opens a counter's locked screen."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aiohttp import web

from gateway.desk import DeskCode, DeskError
from gateway.desk.entry_errors import EntryError
from gateway.desk.paper import CounterClosed
from gateway.identity.throttle import source_of
from gateway.web.csrf import form_of
from gateway.web.desk.counter_sheet import SHEET, is_sheet, typed_on
from gateway.web.desk.guard import desk_of, member_of, member_or_none
from gateway.web.forms import FormErrors
from gateway.web.pages import redirect, render
from gateway.web.refusals import BadRequest
from gateway.web.sessions import session_of
from gateway.web.terminal.lock import TOO_MANY, Wrong, begin_session
from gateway.web.terminal.typed import version_in
from gateway.web.translation import gettext as _

_PAGES = re.compile(
    rf"/cases(/[0-9]{{14}}(/[a-z-]{{1,20}})?)?|/counter(/[a-z0-9-]{{1,60}}(/{SHEET})?)?|/keys|/search|/reports"
)


async def show(request: web.Request) -> web.Response:
    """Show the sign-in page, or the inbox to whoever is signed in."""
    if member_or_none(request) is not None:
        return redirect("/")
    return render(request, "desk/sign_in.html", values={}, next=request.query.get("next", ""))


async def sign_in(request: web.Request) -> web.Response:
    """Open a session for the member whose IIN and password these are."""
    form = form_of(request)
    errors = FormErrors()
    if not form.get("iin"):
        errors.add("iin", _("Enter the IIN"))
    if not form.raw("password"):
        errors.add("password", _("Enter the password"))
    status = 400
    if not errors:
        try:
            member = await desk_of(request).staff.log_in(
                form.get("iin"), form.raw("password"), source=source_of(request.remote)
            )
        except DeskError as error:
            errors.add("iin", error.text)
            status = TOO_MANY if error.code is DeskCode.LOGIN_DELAYED else 400
        else:
            begin_session(request, str(member.id))
            return redirect(_local(form.get("next")))
    values = {"iin": form.get("iin")}
    return render(request, "desk/sign_in.html", status, errors=errors, values=values, next=form.get("next"))


async def sign_out(request: web.Request) -> web.Response:
    """End the session."""
    session_of(request).sign_out()
    return redirect("/sign-in")


async def verify(request: web.Request, password: str) -> Wrong | None:
    """Judge the password that is to open the screen."""
    try:
        right = await desk_of(request).staff.verify(member_of(request), password)
    except DeskError as error:
        return Wrong(error.text, TOO_MANY if error.code is DeskCode.LOGIN_DELAYED else 400)
    return None if right else Wrong(_("The password is wrong"))


def whose(request: web.Request) -> str:
    """Name the member whose screen is locked."""
    return member_of(request).name


async def keep_held(request: web.Request, held: Mapping[str, str]) -> bool:
    """Keep what a sheet brought while the screen was locked; its scans are chosen again."""
    counter, member, sheet = desk_of(request).counter, member_of(request), held.get("sheet", "")
    if not is_sheet(sheet):
        return False
    try:
        place = counter.place(member, held["held_for"])
        version = version_in(held.get("version") or "0")
        await counter.entries.keep(member, place.service.id, sheet, typed_on(place, held), version)
    except (CounterClosed, DeskError, EntryError, BadRequest):
        return False
    return True


def _local(address: str) -> str:
    """Return an address of this site to go on to; anything else leads to the inbox."""
    return address if _PAGES.fullmatch(address) else "/"
