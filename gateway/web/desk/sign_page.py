"""The head's page: the document as it will be issued, and the signature in the head's own NCALayer."""

from __future__ import annotations

from aiohttp import web

from gateway.catalogue import Verb
from gateway.desk import Case, DeskError
from gateway.desk.permissions import check_turn
from gateway.eds.roles import ExtendedUsage
from gateway.eds.xml import parse
from gateway.results.markup import read_element
from gateway.web.csrf import form_of
from gateway.web.desk.acting import DONE, OF_THE_FORM, version_of
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.forms import FormErrors
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.sessions import session_of
from gateway.web.signing import signed_document
from gateway.web.translation import gettext as _

SIGNING_USAGES = (ExtendedUsage.EMAIL_PROTECTION.value,)


async def show(request: web.Request) -> web.Response:
    """Show what is to be signed."""
    desk, member = desk_of(request), member_of(request)
    case = await desk.cases.get(member, request.match_info["number"])
    check_turn(case, member, Verb.SIGN)
    return await _page(request, case, FormErrors())


@once
async def sign(request: web.Request) -> web.Response:
    """Take the signed document; it must be the draft, signed with the head's own key."""
    desk, member, form = desk_of(request), member_of(request), form_of(request)
    number = request.match_info["number"]
    errors = FormErrors()
    signed = signed_document(form)
    if signed is None:
        errors.add("signing", _("The document is not signed yet"))
    else:
        try:
            await desk.issue.sign(member, number, version=version_of(form), signed=signed)
        except DeskError as error:
            if error.code not in OF_THE_FORM:
                raise
            errors.add("signing", error.text)
        else:
            session_of(request).flash(DONE)
            return redirect(f"/cases/{number}")
    return await _page(request, await desk.cases.get(member, number), errors)


async def _page(request: web.Request, case: Case, errors: FormErrors) -> web.Response:
    desk, member = desk_of(request), member_of(request)
    draft = await desk.cases.draft(member, case.number)
    return render(
        request,
        "desk/sign.html",
        case=case,
        service=desk.catalogue.service(case.service),
        errors=errors,
        result=read_element(parse(draft)),
        draft=draft.decode("utf-8"),
        iin=str(member.iin),
        bin=desk.catalogue.office(member.office).bin,
        usages=SIGNING_USAGES,
    )
