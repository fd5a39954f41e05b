"""Signing in and out."""

from __future__ import annotations

import re

from aiohttp import web

from gateway.desk import DeskCode, DeskError
from gateway.identity.throttle import source_of
from gateway.web.csrf import form_of
from gateway.web.desk.guard import desk_of, member_or_none
from gateway.web.forms import FormErrors
from gateway.web.pages import redirect, render
from gateway.web.sessions import session_of
from gateway.web.translation import gettext as _

TOO_MANY = 429
_PAGES = re.compile(r"/cases(/[0-9]{14}(/[a-z-]{1,20})?)?|/counter(/[a-z0-9-]{1,60})?|/search|/reports")


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
            session_of(request).sign_in(str(member.id))
            return redirect(_local(form.get("next")))
    values = {"iin": form.get("iin")}
    return render(request, "desk/sign_in.html", status, errors=errors, values=values, next=form.get("next"))


async def sign_out(request: web.Request) -> web.Response:
    """End the session."""
    session_of(request).sign_out()
    return redirect("/sign-in")


def _local(address: str) -> str:
    """Return an address of this site to go on to; anything else leads to the inbox."""
    return address if _PAGES.fullmatch(address) else "/"
