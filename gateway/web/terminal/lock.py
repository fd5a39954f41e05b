"""The locked screen: after a while of nothing, or at a key; the password opens it at the same step, as it was left.

The session and all that it knows stay. Of what is sent to a locked screen only the first form of an intake is held
until the screen is opened: any other may act, or names people who have nothing to do in a session.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from aiohttp import web

from gateway.clock import Clock
from gateway.texts import Text
from gateway.web.csrf import form_of
from gateway.web.failures import wants_json
from gateway.web.forms import FormErrors
from gateway.web.pages import is_local, redirect, render
from gateway.web.refusals import PageError
from gateway.web.sessions import Session, session_of
from gateway.web.translation import gettext as _

REAL_TIME: web.AppKey[Clock] = web.AppKey("real_time")
"""By which the screen locks: as cookies, it stays on real time."""
LOCK_AFTER = timedelta(minutes=10)
"""Assumed: no act says when a screen locks."""
TOO_MANY = 429
_WHILE_LOCKED = ("/locked", "/sign-out")
_ACTIVE, _LOCKED, _HELD, _WRONG = "active", "locked", "held", "wrong"
_NOTED_EVERY = timedelta(seconds=15)
_LONGEST_NEXT = 300
_MOST_HELD = 20_000
_WRONG_MOST = 5
"""Assumed: after so many wrong passwords at the lock the person signs in anew."""


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


@dataclass(frozen=True, slots=True)
class ScreenLock:
    """When the screens of a site lock, and which form is held meanwhile."""

    after: timedelta
    held: re.Pattern[str]
    """The address of an intake's form; what its group names is kept with the form as `held_for`."""

    def keeps_out(self, request: web.Request) -> web.StreamResponse | None:
        """Lock an idle screen and return the way to the lock; None for whoever may go on. Raises `ScreenLocked`."""
        session, now = session_of(request), request.config_dict[REAL_TIME].now()
        if is_locked(session) or _idle(session, now) > self.after:
            lock(session)
            return None if request.path.startswith(_WHILE_LOCKED) else self._to_the_lock(request, session)
        if _idle(session, now) > _NOTED_EVERY:
            session[_ACTIVE] = now.isoformat()
        return None

    def _to_the_lock(self, request: web.Request, session: Session) -> web.StreamResponse:
        if wants_json(request):
            raise ScreenLocked
        if request.method == "POST" and request.path != "/lock" and not self._is_held(request, session):
            session.flash(_("The screen was locked, so what was sent was not taken in: repeat it."), "notice")
        return redirect(f"/locked{as_next(request)}")

    def _is_held(self, request: web.Request, session: Session) -> bool:
        """Hold what was posted if it is an intake's form and the first; tell whether it is held."""
        form, typed = self.held.fullmatch(request.path), form_of(request).values()
        if form is None or _HELD in session:
            return False
        if sum(len(name) + len(value) for name, value in typed.items()) > _MOST_HELD:
            return False
        session[_HELD] = {**typed, "held_for": form[1]}
        return True


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why the screen stays locked: the words, and how the answer is numbered."""

    said: Text | str
    status: int = 400


@dataclass(frozen=True)
class LockPages:
    """The pages of a locked screen."""

    layout: str
    """The template that the page extends."""
    verify: Callable[[web.Request, str], Awaitable[Wrong | None]]
    """Judges the password of whoever is signed in; None when it is right."""
    keep: Callable[[web.Request, Mapping[str, str]], Awaitable[bool]]
    """Keeps the form that was held, without what only a person who sees it may say; tells whether it could."""
    whose: Callable[[web.Request], str]
    """Names the person whose screen it is: two colleagues may share a terminal."""

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        return [
            web.post("/lock", self.lock_screen),
            web.get("/locked", self.show),
            web.post("/locked", self.unlock_screen),
            web.post("/awake", self.awake),
        ]

    async def lock_screen(self, request: web.Request) -> web.StreamResponse:
        """Lock the screen at the person's own wish, or because nothing was done for a while."""
        lock(session_of(request))
        return redirect(f"/locked?next={next_of(form_of(request).get('next'))}")

    async def awake(self, _request: web.Request) -> web.StreamResponse:
        """Hear from the page's script that somebody types: the guard has noted it."""
        return web.Response(status=204)

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Ask for the password alone."""
        wanted = next_of(request.query.get("next", ""))
        if not is_locked(session_of(request)):
            return redirect(wanted)
        return self._page(request, wanted, FormErrors())

    async def unlock_screen(self, request: web.Request) -> web.StreamResponse:
        """Open the screen on the right password and come back to the same step, with what was typed there."""
        form, errors, session = form_of(request), FormErrors(), session_of(request)
        wanted = next_of(form.get("next"))
        if not is_locked(session):
            return redirect(wanted)
        wrong = await self.verify(request, form.raw("password"))
        if wrong is not None:
            errors.add("password", wrong.said)
            if wrong.status != TOO_MANY:
                session[_WRONG] = int(session.get(_WRONG, 0)) + 1
                if session[_WRONG] >= _WRONG_MOST:
                    session.sign_out()
                    return redirect(f"/sign-in?next={quote(wanted)}")
            return self._page(request, wanted, errors, wrong.status)
        session.pop(_WRONG)
        held = _unlock(request)
        if held is not None and not await self.keep(request, held):
            session.flash(_("What was typed last could not be kept: check the form."), "notice")
        return redirect(wanted)

    def _page(self, request: web.Request, wanted: str, errors: FormErrors, status: int = 200) -> web.StreamResponse:
        context: dict[str, Any] = {
            "errors": errors,
            "next": wanted,
            "layout": self.layout,
            "whose": self.whose(request),
        }
        return render(request, "terminal/locked.html", status, **context)


def is_locked(session: Session) -> bool:
    """Whether the screen of this session is locked."""
    return bool(session.get(_LOCKED))


def lock(session: Session) -> None:
    """Lock the screen."""
    if not is_locked(session):
        session[_LOCKED] = True


def begin_session(request: web.Request, account: str, **values: Any) -> None:
    """Begin a session whose screen may lock."""
    now = request.config_dict[REAL_TIME].now()
    session_of(request).sign_in(account, **values, **{_ACTIVE: now.isoformat()})


def next_of(value: str) -> str:
    """Return the page to go on to: an address of this site, else the first page."""
    return value if len(value) <= _LONGEST_NEXT and is_local(value) else "/"


def as_next(request: web.Request) -> str:
    """Return the page to come back to as a query: the page itself, or the one from which a form was sent."""
    path = request.path
    if request.method != "GET":
        path = request.headers.get("Referer", "").removeprefix(f"{request.scheme}://{request.host}").partition("?")[0]
    return f"?next={quote(path)}" if path != "/" and next_of(path) == path else ""


def _unlock(request: web.Request) -> dict[str, str] | None:
    """Open the screen and return the form that the lock kept from being taken in, if one came."""
    session = session_of(request)
    session.pop(_LOCKED)
    session[_ACTIVE] = request.config_dict[REAL_TIME].now().isoformat()
    held: dict[str, str] | None = session.pop(_HELD)
    return held


def _idle(session: Session, now: datetime) -> timedelta:
    active = session.get(_ACTIVE)
    return timedelta.max if active is None else now - datetime.fromisoformat(active)
