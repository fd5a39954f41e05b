"""The buttons of a case's page. Each form names the version of the case that the page showed."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Protocol

from aiohttp import web

from gateway.catalogue import Verb
from gateway.desk import Case, DeskCode, DeskError, StaffMember
from gateway.desk.permissions import check_turn, may_see
from gateway.exchange.wording import Wording
from gateway.texts import Text
from gateway.web.csrf import form_of
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.view import case_view
from gateway.web.forms import Form, FormErrors
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.refusals import BadRequest
from gateway.web.sessions import session_of
from gateway.web.translation import gettext as _

OF_THE_FORM = frozenset(
    {
        DeskCode.REASON_MISSING,
        DeskCode.TOO_LONG,
        DeskCode.NO_SUCH_EXECUTOR,
        DeskCode.CHECK_NOT_DECIDED,
        DeskCode.CHECK_FAILED,
        DeskCode.DOCUMENTS_FAILED,
        DeskCode.NO_REFUSAL,
        DeskCode.ACT_MISSING,
        DeskCode.RESULT_UNFIT,
        DeskCode.TEXT_MISSING,
        DeskCode.DECIDED_ADVERSELY,
        DeskCode.CONDITION_FAILED,
        DeskCode.CONDITION_OVER,
        DeskCode.BROUGHT_NOTHING,
        DeskCode.FILE_UNFIT,
        DeskCode.SESSION_TOO_SOON,
        DeskCode.SESSION_NOT_BEGUN,
        DeskCode.NO_EXTENSION,
        DeskCode.NO_SUCH_OFFICE,
        DeskCode.DECISION_INCOMPLETE,
        DeskCode.GROUND_UNFIT,
        DeskCode.SIGNATURE_INVALID,
        DeskCode.SIGNATURE_UNDETERMINED,
        DeskCode.NOT_THE_DRAFT,
    }
)
"""What the person can put right on the same page."""

DONE = Text("Орындалды.", "Выполнено.", "Done.")
_LARGEST_ID = 2**31


class Act(Protocol):
    """An action of the desk with all that the form gives it."""

    def __call__(self, member: StaffMember, number: str, /, *, version: int) -> Awaitable[Case]:
        """Act on a case as the member saw it; raises `DeskError`."""


def version_of(form: Form) -> int:
    """Return the version of the case that the form was made for; raises `BadRequest`."""
    return number_in(form, "version")


def number_in(form: Form, name: str) -> int:
    """Return the whole number that a field carries; raises `BadRequest`."""
    text = form.get(name)
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) >= _LARGEST_ID:
        raise BadRequest
    return int(text)


def executor_in(form: Form, name: str, errors: FormErrors, *, beside: str) -> int:
    """Return the executor whom the head chose; that nobody is chosen is said at `beside`. Raises `BadRequest`."""
    if form.get(name):
        return number_in(form, name)
    errors.add(beside, DeskError(DeskCode.NO_SUCH_EXECUTOR).text)
    return 0


async def do(
    request: web.Request,
    act: Act,
    *,
    field: str = "",
    beside: Mapping[DeskCode, str] = MappingProxyType({}),
    errors: FormErrors | None = None,
    verb: Verb | None = None,
) -> web.Response:
    """Act, and come back to the case, or to the tasks when it has gone to another body out of the member's sight.

    What the form lacks is said on the page, beside `field` unless `beside` names another for it. With `errors` of the
    page's own nothing is done; whose turn it is not (`verb`) is told that first.
    """
    member, number = member_of(request), request.match_info["number"]
    version = version_of(form_of(request))
    if errors:
        if verb is not None:
            check_turn(await desk_of(request).cases.get(member, number), member, verb)
        return await again(request, errors)
    try:
        case = await act(member, number, version=version)
    except DeskError as error:
        if error.code not in OF_THE_FORM:
            raise
        errors = FormErrors()
        errors.add(beside.get(error.code, field) or "actions", error.text)
        return await again(request, errors)
    session_of(request).flash(DONE)
    return redirect(place_after(case, member))


def place_after(case: Case, member: StaffMember) -> str:
    """Return where an act leads: to the case as long as the member may see it."""
    return f"/cases/{case.number}" if may_see(case, member) else "/"


async def again(request: web.Request, errors: FormErrors) -> web.Response:
    """Show the case's page with what was filled in and what is wrong with it."""
    case = await desk_of(request).cases.get(member_of(request), request.match_info["number"])
    view = await case_view(request, case)
    return render(request, "desk/case.html", errors=errors, values=form_of(request).values(), **view)


@once
async def register(request: web.Request) -> web.Response:
    """The clerk enters the application in the journal."""
    return await do(request, desk_of(request).actions.register)


@once
async def resolve(request: web.Request) -> web.Response:
    """The head appoints an executor."""
    form, errors = form_of(request), FormErrors()
    executor = executor_in(form, "executor", errors, beside="executor")
    act = partial(desk_of(request).actions.resolve, executor=executor, instruction=form.get("instruction"))
    return await do(request, act, field="executor", errors=errors)


@once
async def check_documents(request: web.Request) -> web.Response:
    """The executor says whether the documents conform."""
    form, errors = form_of(request), FormErrors()
    if form.get("conform") not in {"yes", "no"}:
        errors.add("conform", _("Say whether the documents conform"))
    fault = None if form.get("conform") == "yes" else Wording(form.get("fault_kk"), form.get("fault_ru"))
    act = partial(desk_of(request).actions.check_documents, fault=fault)
    return await do(request, act, field="fault_kk", errors=errors, verb=Verb.CHECK_DOCUMENTS)


@once
async def inspect(request: web.Request) -> web.Response:
    """The executor writes the act of the inspection."""
    act = partial(desk_of(request).actions.inspect, act=form_of(request).get("act"))
    return await do(request, act, field="act")


@once
async def hand_over(request: web.Request) -> web.Response:
    """The clerk registers the result and hands it over."""
    return await do(request, desk_of(request).issue.hand_over)
