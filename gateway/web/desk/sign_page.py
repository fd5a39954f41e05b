"""The signer's page: the document as it will be issued, who signed before, and the signature in one's own NCALayer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from gateway.catalogue import Verb
from gateway.catalogue.result import Signer
from gateway.desk import Case, DeskError
from gateway.desk.decisions import result_of
from gateway.desk.permissions import check_turn
from gateway.eds.roles import ExtendedUsage
from gateway.eds.xml import parse
from gateway.results.markup import read_element
from gateway.web.csrf import form_of
from gateway.web.desk.acting import DONE, OF_THE_FORM, place_after, version_of
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.wording import role_words
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
    """Take the signed document; it must be what was shown, signed with the signer's own key."""
    desk, member, form = desk_of(request), member_of(request), form_of(request)
    number = request.match_info["number"]
    errors = FormErrors()
    signed = signed_document(form)
    if signed is None:
        errors.add("signing", _("The document is not signed yet"))
    else:
        try:
            case = await desk.issue.sign(member, number, version=version_of(form), signed=signed)
        except DeskError as error:
            if error.code not in OF_THE_FORM:
                raise
            errors.add("signing", error.text)
        else:
            session_of(request).flash(DONE)
            return redirect(place_after(case, member))
    return await _page(request, await desk.cases.get(member, number), errors)


async def _page(request: web.Request, case: Case, errors: FormErrors) -> web.Response:
    desk, member = desk_of(request), member_of(request)
    draft = await desk.cases.draft(member, case.number)
    service = desk.catalogue.service(case.service)
    signers = () if case.decision is None else result_of(service, case, case.decision).signers
    return render(
        request,
        "desk/sign.html",
        case=case,
        service=service,
        errors=errors,
        signed_before=await _signed_before(request, case, signers),
        to_follow=[role_words(one.role, one.body) for one in signers[case.signatures + 1 :]],
        result=read_element(parse(draft)),
        draft=draft.decode("utf-8"),
        iin=str(member.iin),
        bin=desk.catalogue.office(member.office).bin,
        usages=SIGNING_USAGES,
    )


async def _signed_before(request: web.Request, case: Case, signers: Sequence[Signer]) -> list[dict[str, Any]]:
    """Return whose signatures the document already has, in their order: as whom, who, and when."""
    desk, member = desk_of(request), member_of(request)
    if not case.signatures:
        return []
    people = await desk.cases.people(member, case.number)
    signings = [one for one in await desk.cases.actions(member, case.number) if one.verb == Verb.SIGN]
    return [
        {"role": role_words(signer.role, signer.body), "who": people[signing.staff].name, "at": signing.at}
        for signer, signing in zip(signers, signings[-case.signatures :], strict=False)
    ]
