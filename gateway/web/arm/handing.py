"""Handing the result over: the receipt is scanned, the person shown, the receiving signed and recorded once."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.catalogue.acceptance import Representation
from gateway.exchange.acceptance import Power, PowerKind
from gateway.flows.arm.entering import representation_on
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.flow import IntakeView
from gateway.flows.arm.handing_over_errors import HandOverCode
from gateway.identity.numbers import Iin, NumberError
from gateway.results.alphabet import unprintable
from gateway.terminal.codes import LONGEST, read_scan
from gateway.web.arm.guard import operator_of, rooms_of
from gateway.web.arm.hand_over_sheet import named_by, sheet
from gateway.web.arm.reading import download, head, intake_of, number_of, printed
from gateway.web.arm.words import representative_rows, state_tag
from gateway.web.csrf import form_of
from gateway.web.dates import read_day
from gateway.web.forms import Form, FormErrors
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.sessions import session_of
from gateway.web.translation import gettext as _
from gateway.web.translation import mark, said, spoken

_ONE = r"/hand-over/{number:\d{14}}"
IDENTITY = {
    "identity-card": mark("Identity card"),
    "passport": mark("Passport"),
    "residence-permit": mark("Residence permit"),
}
_LONGEST = 60
_BESIDE_THE_FORM = frozenset({ArmCode.OTHER_PERSON, ArmCode.NOT_A_NUMBER, *HandOverCode}) - {
    HandOverCode.PAPER_ON_ITS_WAY
}
"""What the operator can put right on the same page."""


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get("/hand-over", ready),
        web.post("/hand-over", find),
        web.get(_ONE, person),
        web.post(_ONE, hand_over),
        web.post(f"{_ONE}/sheet.pdf", print_sheet),
        web.get(f"{_ONE}/result.pdf", result_pdf),
        web.get(f"{_ONE}/result.xml", result_xml),
    ]


async def ready(request: web.Request) -> web.StreamResponse:
    """Show the results that wait for their applicants, and the scan field."""
    return await _list_page(request, FormErrors())


async def find(request: web.Request) -> web.StreamResponse:
    """Find the application of a scanned receipt."""
    errors, code = FormErrors(), read_scan(form_of(request).get("code")[:LONGEST])
    if not code:
        errors.add("receipt", _("Scan the barcode of the receipt"))
        return await _list_page(request, errors)
    try:
        return await opened(request, code)
    except ArmError as error:
        errors.add("receipt", said(error.text, error.advice))
        return await _list_page(request, errors, code=code)


async def opened(request: web.Request, code: str) -> web.StreamResponse:
    """Lead to the hand-over of a scanned receipt, whose term runs from the scan; raises `ArmError`."""
    view = await rooms_of(request).desk_of_results.open(operator_of(request), code)
    session_of(request)["receipt"] = code
    return redirect(f"/hand-over/{view.number}")


async def person(request: web.Request) -> web.StreamResponse:
    """Show who may receive the result and ask what was shown."""
    return await _page(request, FormErrors(), {})


@once
async def hand_over(request: web.Request) -> web.StreamResponse:
    """Record that the person received the result and signed for it."""
    form, errors = form_of(request), FormErrors()
    if not read_scan(form.get("code")[:LONGEST]):
        errors.add("code", _("Scan the barcode of the receipt"))
    to, kind, number, power = _shown(form, await intake_of(request), errors)
    if form.get("signed") != "yes":
        errors.add("signed", _("Have the receiving signed, then mark it"))
    if errors:
        return await _page(request, errors, form.values())
    try:
        await rooms_of(request).desk_of_results.hand_over(
            operator_of(request),
            number_of(request),
            scanned=read_scan(form.get("code")[:LONGEST]),
            to=to,
            identity_kind=kind,
            identity_number=number,
            signed=True,
            power=power,
        )
    except ArmError as error:
        if error.code not in _BESIDE_THE_FORM:
            raise
        field = "code" if error.code is HandOverCode.OTHER_RECEIPT else "identity_number"
        errors.add(field, said(error.text, error.advice))
        return await _page(request, errors, form.values())
    session_of(request).pop("receipt")
    session_of(request).flash(_("The result was handed over; the receiving is recorded."))
    return redirect(f"/intakes/{number_of(request)}")


async def print_sheet(request: web.Request) -> web.StreamResponse:
    """Give the sheet on which the person signs for the result."""
    form, errors, operator, rooms = form_of(request), FormErrors(), operator_of(request), rooms_of(request)
    view = await intake_of(request)
    to, kind, number, power = _shown(form, view, errors)
    if errors:
        return await _page(request, errors, form.values())
    if not view.result_ready:
        return redirect(f"/hand-over/{number_of(request)}")
    content = await sheet(
        view,
        department=rooms.catalogue.office(operator.department),
        operator=operator.name,
        at=rooms.clock.now(),
        by_representative=to == "representative",
        power=power,
        identity_kind=kind,
        identity_number=number,
        simulated=rooms.simulated,
    )
    return printed(content, f"{number_of(request)}-sheet.pdf")


async def result_pdf(request: web.Request) -> web.StreamResponse:
    """Give the result for printing."""
    content = await rooms_of(request).desk_of_results.printed(operator_of(request), number_of(request))
    return printed(content, f"{number_of(request)}-result.pdf")


async def result_xml(request: web.Request) -> web.StreamResponse:
    """Give the signed result."""
    content = await rooms_of(request).desk_of_results.signed(operator_of(request), number_of(request))
    return download(content, "application/xml", f"{number_of(request)}-result.xml")


def _shown(form: Form, view: IntakeView, errors: FormErrors) -> tuple[str, str, str, Power | None]:
    """Read who receives, by which document and, of a representative, by which power of attorney."""
    to, kind, number = form.get("to"), form.get("identity_kind"), ""
    if to not in {"applicant", "representative"}:
        errors.add("to", _("Say who receives the result"))
    if kind not in IDENTITY:
        errors.add("identity_kind", _("Choose the document that was shown"))
    try:
        number = str(Iin.parse(form.get("identity_number")))
    except NumberError as error:
        errors.add("identity_number", error.text)
    if to != "representative" or named_by(view, number) is not None:
        return to, kind, number, None
    return to, kind, number, _power(form, representation_on(view.service), errors)


def _power(form: Form, rule: Representation, errors: FormErrors) -> Power | None:
    """Read the power of attorney of a representative whom the receipt does not name; none where none is told of.

    Where the act admits others than a notarised one, which it is must be said; where it has the data entered of a
    notarised one only, those of another are left aside (Karaganda act, lines 1306-1311).
    """
    number, issued = " ".join(form.get("power_number").split()), form.get("power_date")
    stated = PowerKind.NOTARISED.value if rule is Representation.NOTARISED else form.get("power_kind")
    if not number and not issued and (not stated or rule is Representation.NOTARISED):
        return None
    if stated not in {one.value for one in PowerKind}:
        errors.add("power_kind", _("Choose the kind of the power of attorney"))
        return None
    kind = PowerKind(stated)
    if rule is Representation.NOTARISED_DATA and kind is not PowerKind.NOTARISED:
        return Power(kind)
    if len(number) > _LONGEST or unprintable(number) or (not number and kind is PowerKind.NOTARISED):
        errors.add("power_number", _("Enter the number of the power of attorney"))
    try:
        return Power(kind, number, read_day(issued))
    except ValueError:
        errors.add("power_date", _("Enter the day as dd.mm.yyyy"))
        return None


async def _page(request: web.Request, errors: FormErrors, values: dict[str, str]) -> web.StreamResponse:
    view = await intake_of(request)
    representative = view.intake.representative
    return render(
        request,
        "arm/hand_over.html",
        errors=errors,
        values=values,
        receipt_code=values.get("code") or _scanned(request),
        representative=representative,
        representative_rows=representative_rows(representative),
        kinds=[(key, _(text)) for key, text in IDENTITY.items()],
        ready=view.result_ready,
        handed_over=view.handed_over,
        **head(view, "sign"),
    )


def _scanned(request: web.Request) -> str:
    """Return the code with which this application was found, so that it need not be scanned twice."""
    code = session_of(request).get("receipt")
    return code if code == number_of(request) else ""


async def _list_page(request: web.Request, errors: FormErrors, **more: Any) -> web.StreamResponse:
    rooms = rooms_of(request)
    rows = [
        {"row": one, "title": spoken(rooms.catalogue.service(one.service).titles), "state": state_tag(one.state)}
        for one in await rooms.desk_of_results.ready(operator_of(request))
    ]
    return render(request, "arm/results.html", errors=errors, rows=rows, **more)
