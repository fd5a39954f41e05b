"""The buttons of a case's page. Each form names the version of the case that the page showed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from gateway.desk import Case, Desk, DeskCode, DeskError, StaffMember
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
        DeskCode.SIGNERS_ELSEWHERE,
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
Act = Callable[[Desk, StaffMember, Form, str, int], Awaitable[Case]]


def version_of(form: Form) -> int:
    """Return the version of the case that the form was made for; raises `BadRequest`."""
    return _number(form, "version")


def _number(form: Form, name: str) -> int:
    text = form.get(name)
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or int(text) >= _LARGEST_ID:
        raise BadRequest
    return int(text)


async def _do(request: web.Request, act: Act, *, field: str = "") -> web.Response:
    """Act, and come back to the case; what the form lacks is said on the page, beside `field`."""
    desk, member, form = desk_of(request), member_of(request), form_of(request)
    number = request.match_info["number"]
    try:
        await act(desk, member, form, number, version_of(form))
    except DeskError as error:
        if error.code not in OF_THE_FORM:
            raise
        errors = FormErrors()
        errors.add(field or "actions", error.text)
        case = await desk.cases.get(member, number)
        view = await case_view(request, case)
        return render(request, "desk/case.html", errors=errors, values=form.values(), **view)
    session_of(request).flash(DONE)
    return redirect(f"/cases/{number}")


@once
async def register(request: web.Request) -> web.Response:
    """The clerk enters the application in the journal."""

    async def act(desk: Desk, member: StaffMember, _form: Form, number: str, version: int) -> Case:
        return await desk.actions.register(member, number, version=version)

    return await _do(request, act)


@once
async def resolve(request: web.Request) -> web.Response:
    """The head appoints an executor."""

    async def act(desk: Desk, member: StaffMember, form: Form, number: str, version: int) -> Case:
        if not form.get("executor"):
            raise DeskError(DeskCode.NO_SUCH_EXECUTOR)
        executor = _number(form, "executor")
        return await desk.actions.resolve(
            member, number, version=version, executor=executor, instruction=form.get("instruction")
        )

    return await _do(request, act, field="executor")


@once
async def check_documents(request: web.Request) -> web.Response:
    """The executor says whether the documents conform."""

    async def act(desk: Desk, member: StaffMember, form: Form, number: str, version: int) -> Case:
        fault = None
        if form.get("conform") != "yes":
            fault = Wording(form.get("fault_kk"), form.get("fault_ru"))
        return await desk.actions.check_documents(member, number, version=version, fault=fault)

    if form_of(request).get("conform") not in {"yes", "no"}:
        errors = FormErrors()
        errors.add("conform", _("Say whether the documents conform"))
        case = await desk_of(request).cases.get(member_of(request), request.match_info["number"])
        view = await case_view(request, case)
        return render(request, "desk/case.html", errors=errors, values=form_of(request).values(), **view)
    return await _do(request, act, field="fault_kk")


@once
async def inspect(request: web.Request) -> web.Response:
    """The executor writes the act of the inspection."""

    async def act(desk: Desk, member: StaffMember, form: Form, number: str, version: int) -> Case:
        return await desk.actions.inspect(member, number, version=version, act=form.get("act"))

    return await _do(request, act, field="act")


@once
async def hand_over(request: web.Request) -> web.Response:
    """The clerk registers the result and hands it over."""

    async def act(desk: Desk, member: StaffMember, _form: Form, number: str, version: int) -> Case:
        return await desk.issue.hand_over(member, number, version=version)

    return await _do(request, act)


@once
async def claim(request: web.Request) -> web.Response:
    """The member takes a task."""

    async def act(desk: Desk, member: StaffMember, _form: Form, number: str, version: int) -> Case:
        return await desk.moves.claim(member, number, version=version)

    return await _do(request, act)


@once
async def release(request: web.Request) -> web.Response:
    """The member gives a task back, or the head takes it away."""

    async def act(desk: Desk, member: StaffMember, form: Form, number: str, version: int) -> Case:
        return await desk.moves.release(member, number, version=version, reason=form.get("release_reason"))

    return await _do(request, act, field="release_reason")


@once
async def assign(request: web.Request) -> web.Response:
    """The head gives a task to another executor."""

    async def act(desk: Desk, member: StaffMember, form: Form, number: str, version: int) -> Case:
        if not form.get("new_executor"):
            raise DeskError(DeskCode.NO_SUCH_EXECUTOR)
        executor = _number(form, "new_executor")
        return await desk.moves.assign(
            member, number, version=version, executor=executor, reason=form.get("assign_reason")
        )

    return await _do(request, act, field="assign_reason")


@once
async def send_back(request: web.Request) -> web.Response:
    """The member returns a task with a reason."""

    async def act(desk: Desk, member: StaffMember, form: Form, number: str, version: int) -> Case:
        return await desk.moves.send_back(member, number, version=version, reason=form.get("return_reason"))

    return await _do(request, act, field="return_reason")
