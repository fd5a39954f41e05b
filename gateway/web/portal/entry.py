"""The ways in: start page, registration, login (process 1, condition 1, process 2)."""

from __future__ import annotations

from datetime import timedelta
from math import ceil

from aiohttp import web

from gateway.catalogue.model import Service
from gateway.catalogue.terms import Channel
from gateway.flows.authorisation import AuthorisationRefused, Entered
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.rooms import PortalRooms
from gateway.identity.accounts import Account
from gateway.identity.numbers import Bin, Iin, NumberError, parse_number
from gateway.identity.passwords import PasswordRefused
from gateway.identity.throttle import source_of
from gateway.web.csrf import form_of
from gateway.web.forms import FormErrors
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.portal.guards import next_of
from gateway.web.sessions import digest_of, session_of
from gateway.web.signing import signed_document
from gateway.web.translation import gettext as _
from gateway.web.translation import ngettext, said


def wait_words(wait: timedelta) -> str:
    """Say how long is to be waited."""
    seconds = ceil(wait.total_seconds())
    if seconds < 60:
        return ngettext("Wait %(num)s second and try again.", "Wait %(num)s seconds and try again.", seconds)
    minutes = ceil(seconds / 60)
    return ngettext("Wait %(num)s minute and try again.", "Wait %(num)s minutes and try again.", minutes)


def _typed_number(text: str, errors: FormErrors) -> Iin | Bin | None:
    if not text:
        errors.add("number", _("Enter your IIN or BIN"))
        return None
    try:
        return parse_number(text)
    except NumberError as error:
        errors.add("number", error.text)
        return None


class EntryPages:
    """Pages that anybody may see."""

    def __init__(self, rooms: PortalRooms) -> None:
        self._rooms = rooms

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        return [
            web.get("/", self.start),
            web.get("/register", self.register),
            web.post("/register", self.begin_registration),
            web.get("/register/confirm", self.confirm),
            web.post("/register/confirm", self.finish_registration),
            web.get("/sign-in", self.sign_in),
            web.post("/sign-in", self.authorise),
            web.post("/sign-out", self.sign_out),
        ]

    async def start(self, request: web.Request) -> web.StreamResponse:
        """Show what this is and where to begin."""
        return render(request, "portal/start.html", services=self._offered())

    async def register(self, request: web.Request) -> web.StreamResponse:
        """Ask for the number and a new password."""
        return render(request, "portal/register.html", values={})

    async def begin_registration(self, request: web.Request) -> web.StreamResponse:
        """Make the document that confirms the registration."""
        form, errors = form_of(request), FormErrors()
        session = session_of(request)
        number = _typed_number(form.get("number"), errors)
        password = form.raw("password")
        if number is not None and password != form.raw("password_again"):
            errors.add("password_again", _("The two passwords differ"))
        if number is not None and not errors:
            try:
                begun = await self._rooms.registration.begin(
                    number, password, session=digest_of(session.key), source=source_of(request.remote)
                )
            except PasswordRefused as error:
                errors.add("password", error.text)
            else:
                if not isinstance(begun, timedelta):
                    return redirect("/register/confirm")
                errors.add("number", _("Too many attempts.") + " " + wait_words(begun))
        return render(request, "portal/register.html", errors=errors, values={"number": form.get("number")})

    async def confirm(self, request: web.Request) -> web.StreamResponse:
        """Show the document that the person signs to register."""
        return await self._confirm_page(request, FormErrors())

    @once
    async def finish_registration(self, request: web.Request) -> web.StreamResponse:
        """Register the holder of the number whose signature came."""
        errors = FormErrors()
        signed = signed_document(form_of(request))
        if signed is None:
            errors.add("signed", _("Sign the document to register"), target="main-content")
            return await self._confirm_page(request, errors)
        try:
            account = await self._rooms.registration.confirm(
                signed, session=digest_of(session_of(request).key), source=source_of(request.remote)
            )
        except FlowError as error:
            if error.code is FlowCode.REGISTRATION_GONE:
                session_of(request).flash(error.text, kind="notice")
                return redirect("/register")
            errors.add("signed", said(error.text, error.advice), target="main-content")
            return await self._confirm_page(request, errors)
        session_of(request).flash(_("You are registered. Now sign in."))
        session_of(request)["number"] = str(account.number)
        return redirect("/sign-in")

    async def sign_in(self, request: web.Request) -> web.StreamResponse:
        """Ask for IIN or BIN and password."""
        session = session_of(request)
        if session.account is not None:
            return redirect("/cabinet")
        back = next_of(request.query.get("next", ""))
        return render(request, "portal/sign_in.html", values={"number": session.pop("number", "")}, back=back)

    async def authorise(self, request: web.Request) -> web.StreamResponse:
        """Process 1 and condition 1; process 2 is the page that refuses."""
        form, errors = form_of(request), FormErrors()
        back = next_of(form.get("next"))
        values = {"number": form.get("number")}
        number = _typed_number(form.get("number"), errors)
        if not form.raw("password"):
            errors.add("password", _("Enter your password"))
        if number is None or errors:
            return render(request, "portal/sign_in.html", errors=errors, values=values, back=back)
        session = session_of(request)

        def open_session(account: Account) -> str:
            session.sign_in(str(account.id), name=account.name)
            return digest_of(session.key)

        entered = Entered(number, form.raw("password"), source_of(request.remote))
        outcome = await self._rooms.authorisation.process_1_authorise(entered, open_session)
        if not isinstance(outcome, AuthorisationRefused):
            return redirect(back)
        if outcome.wait:
            errors.add("number", _("Too many attempts.") + " " + wait_words(outcome.wait))
        else:
            errors.add("number", _("The IIN or BIN and the password do not fit together"))
        status = 429 if outcome.wait else 403
        return render(request, "portal/sign_in.html", status, errors=errors, values=values, back=back, refused=True)

    async def sign_out(self, request: web.Request) -> web.StreamResponse:
        """End the session."""
        session_of(request).sign_out()
        return redirect("/")

    async def _confirm_page(self, request: web.Request, errors: FormErrors) -> web.StreamResponse:
        waiting = await self._rooms.registration.waiting(digest_of(session_of(request).key))
        if waiting is None:
            return redirect("/register")
        return render(
            request,
            "portal/confirm.html",
            errors=errors,
            number=waiting.number,
            document=waiting.document,
            is_bin=isinstance(waiting.number, Bin),
        )

    def _offered(self) -> tuple[Service, ...]:
        return self._rooms.catalogue.offered(Channel.PORTAL)
