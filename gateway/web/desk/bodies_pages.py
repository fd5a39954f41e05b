"""The forms of commissions, akims, the deciding head and the applicant's condition: what they filled in, and the act.

What is missing is said beside its own field before the desk is asked; the desk has the last word all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from aiohttp import web

from gateway.catalogue import Catalogue, Office, Verb
from gateway.clock import ALMATY
from gateway.desk import Case, StaffMember
from gateway.desk.bodies import LONGEST_PAPER
from gateway.exchange.wording import Wording
from gateway.web.csrf import form_of
from gateway.web.dates import read_day
from gateway.web.desk.acting import do
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.forms import Form, FormErrors
from gateway.web.once import once
from gateway.web.translation import gettext as _

LONGEST_REFERENCE: Final = 200
_ZONE = ZoneInfo(ALMATY)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)
_ANSWERS: Final[Mapping[str, bool]] = {"yes": True, "no": False}


@once
async def forward(request: web.Request) -> web.Response:
    """The file goes on to the next body."""
    return await do(request, desk_of(request).bodies.forward)


@once
async def conclude(request: web.Request) -> web.Response:
    """The precinct commission gives its act of examination and its conclusion."""
    form, errors = form_of(request), FormErrors()
    examined = words(form, errors, "act", _("Enter the act of examination"))
    favourable = answer(form, errors, _("Choose the conclusion of the commission"))
    conclusion = words(form, errors, "conclusion", _("Enter the text of the conclusion"))
    act = partial(desk_of(request).bodies.conclude, favourable=favourable, act=examined, conclusion=conclusion)
    return await do(request, act, errors=errors, verb=Verb.CONCLUDE)


@once
async def convene(request: web.Request) -> web.Response:
    """The head sets the day and the time of the commission's session."""
    form, errors = form_of(request), FormErrors()
    desk = desk_of(request)
    office = desk.catalogue.office(member_of(request).office)
    session_at = session_moment(form, errors, desk.catalogue, office, desk.now())

    async def act(member: StaffMember, number: str, /, *, version: int) -> Case:
        assert session_at is not None
        return await desk.bodies.convene(member, number, version=version, session_at=session_at)

    return await do(request, act, field="session_date", errors=errors, verb=Verb.CONVENE)


@once
async def summon(request: web.Request) -> web.Response:
    """The members of the commission have been told of the session."""
    return await do(request, desk_of(request).bodies.summon)


@once
async def recommend(request: web.Request) -> web.Response:
    """The commission has sat; its minutes carry its recommendation."""
    form, errors = form_of(request), FormErrors()
    favourable = answer(form, errors, _("Choose the recommendation of the commission"))
    minutes = words(form, errors, "minutes", _("Enter the minutes of the session"))
    act = partial(desk_of(request).bodies.recommend, favourable=favourable, minutes=minutes)
    return await do(request, act, field="minutes", errors=errors, verb=Verb.RECOMMEND)


@once
async def decide(request: web.Request) -> web.Response:
    """The head decides and writes the resolution."""
    form, errors = form_of(request), FormErrors()
    favourable = answer(form, errors, _("Choose the decision"))
    resolution = words(form, errors, "resolution", _("Enter the resolution"))
    act = partial(desk_of(request).bodies.decide, favourable=favourable, resolution=resolution)
    return await do(request, act, errors=errors, verb=Verb.DECIDE)


@once
async def inform(request: web.Request) -> web.Response:
    """The executor writes to the applicant of a decision that is not the result yet."""
    form, errors = form_of(request), FormErrors()
    text = Wording(
        words(form, errors, "text_kk", _("Enter the text of the letter in Kazakh")),
        words(form, errors, "text_ru", _("Enter the text of the letter in Russian")),
    )
    act = partial(desk_of(request).bodies.inform, text=text)
    return await do(request, act, errors=errors, verb=Verb.INFORM)


@once
async def record(request: web.Request) -> web.Response:
    """The executor has entered the applicant's data in the state database."""
    form, errors = form_of(request), FormErrors()
    entry = words(form, errors, "entry", _("Enter the number of the entry"), LONGEST_REFERENCE)
    act = partial(desk_of(request).bodies.record, entry=entry)
    return await do(request, act, errors=errors, verb=Verb.RECORD)


@once
async def send_file(request: web.Request) -> web.Response:
    """The executor has sent the file to the body that pays."""
    form, errors = form_of(request), FormErrors()
    reference = words(form, errors, "reference", _("Enter the number and date of the letter"), LONGEST_REFERENCE)
    act = partial(desk_of(request).bodies.send_file, reference=reference)
    return await do(request, act, errors=errors, verb=Verb.SEND_FILE)


def words(form: Form, errors: FormErrors, name: str, missing: str, longest: int = LONGEST_PAPER) -> str:
    """Return what was written in a field that must be filled in; `missing` is said beside it otherwise."""
    text = form.get(name)
    if not text:
        errors.add(name, missing)
    elif len(text) > longest:
        errors.add(name, _("The text must not exceed %(limit)s characters", limit=longest))
    return text


def answer(form: Form, errors: FormErrors, missing: str) -> bool:
    """Return whether the answer is a favourable one; without an answer `missing` is said beside the radios."""
    given = _ANSWERS.get(form.get("favourable"))
    if given is None:
        errors.add("favourable", missing)
    return bool(given)


def session_moment(
    form: Form, errors: FormErrors, catalogue: Catalogue, office: Office, now: datetime
) -> datetime | None:
    """Return the moment of a session: a working day to come, in the office's hours; what is wrong is said beside it.

    The members are told of it one working day before (Karaganda act, lines 3633-3635), so that today is too early.
    """
    day, at = None, None
    try:
        day = read_day(form.get("session_date"))
    except ValueError:
        errors.add("session_date", _("Enter the date as dd.mm.yyyy"))
    try:
        at = read_time(form.get("session_time"))
    except ValueError:
        errors.add("session_time", _("Enter the time as hh:mm"))
    if day is not None:
        if day <= now.astimezone(_ZONE).date():
            errors.add("session_date", _("The members are told one working day before: choose a later day"))
        elif not catalogue.calendar.is_working_day(day):
            errors.add("session_date", _("Choose a working day"))
    if at is not None and not any(opens <= at < closes for opens, closes in office.hours.spans):
        errors.add("session_time", _("Choose a time at which the office works"))
    if errors or day is None or at is None:
        return None
    return datetime.combine(day, at, _ZONE)


def read_time(text: str) -> time:
    """Read what a person typed as hh:mm; raises `ValueError`."""
    found = _TIME.fullmatch(text)
    if found is None:
        raise ValueError("not a time of the form hh:mm")
    return time(int(found[1]), int(found[2]))
