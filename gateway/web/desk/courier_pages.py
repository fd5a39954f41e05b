"""The courier as pages: open a register by its barcode, mark what came, send results back with a register."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from aiohttp import web

from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.register import Register
from gateway.courier.scanned import scanned_number
from gateway.desk import Desk, DeskError, StaffMember
from gateway.exchange.courier_register import Direction
from gateway.texts import Text
from gateway.web.csrf import form_of
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.reading import attachment
from gateway.web.forms import Form, FormErrors, FormLimits, accepts
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.refusals import Forbidden, NotFound
from gateway.web.register_forms import missing_in, sheets_in
from gateway.web.sessions import session_of
from gateway.web.translation import said, spoken

_REGISTER = r"/courier/{number:\d{14}}"
_LIMITS = FormLimits(max_fields=500)
"""A form names each result with its sheets."""
_LONGEST_CODE = 200
_RECEIVED = Text("Топтама табылды: {number}.", "Пакет найден: {number}.", "The package is there: {number}.")
_UNLISTED = Text(
    "{number} топтамасы тізілімде жоқ, бірақ күтіліп тұрған: ол тізілімге қосымша ретінде белгіленді.",
    "Пакета {number} нет в реестре, но он ожидался: он отмечен дополнительно к реестру.",
    "Package {number} is not on the register but was expected: it is marked beside the register.",
)
_TAKEN_BACK = Text("Белгі алынып тасталды: {number}.", "Отметка снята: {number}.", "The mark was taken back: {number}.")
_MARKED = Text(
    "Тізілімге алынғаны туралы белгі қойылды. Белгісі бар екінші данасын басып шығарып, курьерге беріңіз.",
    "В реестре проставлена отметка о получении. Распечатайте второй экземпляр с отметкой и отдайте его курьеру.",
    "The register is marked. Print the second copy with the mark and give it to the courier.",
)
_SENT = Text(
    "Тізілім жасалды: нәтижелер Мемлекеттік корпорацияға берілді. Екі данасын басып шығарып, нәтижелермен бірге "
    "курьерге беріңіз.",
    "Реестр составлен: результаты переданы в Государственную корпорацию. Распечатайте оба экземпляра и отдайте их "
    "курьеру вместе с результатами.",
    "The register is made: the results are handed over to the State Corporation. Print both copies and give them to "
    "the courier with the results.",
)


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get("/courier", overview),
        web.post("/courier/open", open_register),
        web.get("/courier/results", results),
        web.post("/courier/results", send),
        web.get(_REGISTER, register),
        web.get(f"{_REGISTER}/register.pdf", printed),
        web.get(f"{_REGISTER}/labels.pdf", labels),
        web.post(f"{_REGISTER}/scan", scan),
        web.post(f"{_REGISTER}/unscan", unscan),
        web.post(f"{_REGISTER}/close", close),
    ]


def has_courier(desk: Desk, member: StaffMember) -> bool:
    """Tell whether a member works with the courier at all, if only to give results."""
    return desk.courier.may_send(member)


async def overview(request: web.Request) -> web.Response:
    """Show the registers, what is expected without one, and a field for a register's barcode.

    Who only gives results to the courier is led to them.
    """
    if not desk_of(request).courier.may_work(member_of(request)):
        return redirect("/courier/results")
    return await _overview(request, FormErrors())


@once
async def open_register(request: web.Request) -> web.Response:
    """Lead to the register whose barcode was scanned."""
    errors, code = FormErrors(), form_of(request).get("code")[:_LONGEST_CODE]
    try:
        found = await desk_of(request).courier.find(member_of(request), code)
        return redirect(f"/courier/{found.number}")
    except RegisterError as error:
        _say(errors, error)
    return await _overview(request, errors)


async def register(request: web.Request) -> web.Response:
    """Show a register: what it lists and what was found."""
    return await _register_page(request, await _asked(request), FormErrors())


async def printed(request: web.Request) -> web.Response:
    """Give both copies of a register as PDF."""
    asked = await _asked(request)
    content = await desk_of(request).courier.printed(member_of(request), asked.number)
    return attachment(content, f"{asked.number}-register.pdf", "application/pdf")


async def labels(request: web.Request) -> web.Response:
    """Give the labels of a register's packages as PDF."""
    asked = await _asked(request)
    content = await desk_of(request).courier.labels(member_of(request), asked.number)
    return attachment(content, f"{asked.number}-labels.pdf", "application/pdf")


@once
async def scan(request: web.Request) -> web.Response:
    """Note that a package is among what the courier brought."""
    asked, errors, code = await _asked(request), FormErrors(), form_of(request).get("code")[:_LONGEST_CODE]
    try:
        found = await desk_of(request).courier.scan(member_of(request), asked.number, code)
    except RegisterError as error:
        _say(errors, error)
        return await _register_page(request, asked, errors)
    return redirect(f"/courier/{found.number}?last={scanned_number(code)}")


@once
async def unscan(request: web.Request) -> web.Response:
    """Take a scan back."""
    asked, errors, code = await _asked(request), FormErrors(), form_of(request).get("code")[:_LONGEST_CODE]
    try:
        application = scanned_number(code)
        await desk_of(request).courier.unscan(member_of(request), asked.number, application)
    except RegisterError as error:
        _say(errors, error)
        return await _register_page(request, asked, errors)
    return redirect(f"/courier/{asked.number}?last={application}")


@once
async def close(request: web.Request) -> web.Response:
    """Mark the register by what was found."""
    asked, errors = await _asked(request), FormErrors()
    try:
        missing = missing_in(form_of(request))
        await desk_of(request).courier.close(member_of(request), asked.number, missing=missing)
    except RegisterError as error:
        _say(errors, error, "missing_confirmed")
        return await _register_page(request, asked, errors)
    session_of(request).flash(_MARKED)
    return redirect(f"/courier/{asked.number}")


async def results(request: web.Request) -> web.Response:
    """Show the results that wait for the courier."""
    return await _results_page(request, Form(), FormErrors())


@accepts(_LIMITS)
@once
async def send(request: web.Request) -> web.Response:
    """Make the register of the results chosen: by that they are handed over."""
    form, errors = form_of(request), FormErrors()
    numbers = form.all("number")
    sheets = sheets_in(form, numbers, errors)
    try:
        if not errors:
            made = await desk_of(request).courier.send(
                member_of(request),
                department=form.get("department"),
                numbers=numbers,
                courier=form.get("courier"),
                sheets=sheets,
            )
            session_of(request).flash(_SENT)
            return redirect(f"/courier/{made.number}")
    except RegisterError as error:
        _say(errors, error, "courier" if error.code is RegisterCode.COURIER else "results")
    except DeskError as error:
        errors.add("results", error.text)
    return await _results_page(request, form, errors)


async def _overview(request: web.Request, errors: FormErrors) -> web.Response:
    courier, member = desk_of(request).courier, member_of(request)
    try:
        to_mark, came = await courier.unmarked(member), await courier.incoming(member)
        sent, ready = await courier.outgoing(member), await courier.results(member)
        expected = await courier.expected(member)
    except RegisterError as error:
        raise _page_of(error) from error
    return render(
        request,
        "desk/courier.html",
        errors=errors,
        to_mark=[_row(request, one) for one in to_mark],
        marked=[_row(request, one) for one in came if one.is_marked],
        sent=[_row(request, one) for one in sent],
        expected=expected,
        ready=len(ready),
    )


async def _register_page(request: web.Request, asked: Register, errors: FormErrors) -> web.Response:
    courier, member = desk_of(request).courier, member_of(request)
    now = await courier.register(member, asked.number)
    packages = await courier.packages(member, now)
    return render(
        request,
        "desk/courier_register.html",
        errors=errors,
        packages=packages,
        last=_last(request, now),
        incoming=now.direction is Direction.TO_PROVIDER,
        **_row(request, now),
    )


async def _results_page(request: web.Request, form: Form, errors: FormErrors) -> web.Response:
    courier, member = desk_of(request).courier, member_of(request)
    try:
        ready = await courier.results(member)
    except RegisterError as error:
        raise _page_of(error) from error
    departments = {one.department.id: one.department for one in ready}
    asked = form.get("department") or request.query.get("department", "")
    department = asked if asked in departments else next(iter(departments), "")
    return render(
        request,
        "desk/courier_results.html",
        errors=errors,
        departments=list(departments.values()),
        department=departments.get(department),
        rows=[one for one in ready if one.department.id == department],
        chosen=form.all("number") if form.fields else [one.number for one in ready],
        now=desk_of(request).now(),
        receives=courier.may_work(member),
        values=form.values(),
    )


def _last(request: web.Request, now: Register) -> str:
    """Return what became of the last scan. No banner says it: that would take the focus from the scanner's field."""
    application = request.query.get("last", "")
    if re.fullmatch(r"[0-9]{14}", application) is None or now.is_marked:
        return ""
    entry = now.entry(application)
    told = _UNLISTED
    if entry is None or not entry.is_found:
        told = _TAKEN_BACK
    elif entry.listed:
        told = _RECEIVED
    return spoken(told.format(number=application))


def _row(request: web.Request, one: Register) -> Mapping[str, Any]:
    """Return a register as the pages show it."""
    department = desk_of(request).catalogue.office(one.department)
    return {"register": one, "department": department}


def _say(errors: FormErrors, error: RegisterError, field: str = "code") -> None:
    """Say on the page what was refused and what to do; who may not be here at all gets a page of its own."""
    if error.code is RegisterCode.ROLE:
        raise _page_of(error) from error
    errors.add(field, said(error.text, error.advice))


async def _asked(request: web.Request) -> Register:
    try:
        return await desk_of(request).courier.register(member_of(request), request.match_info["number"])
    except RegisterError as error:
        raise _page_of(error) from error


def _page_of(error: RegisterError) -> Forbidden | NotFound:
    return (Forbidden if error.code is RegisterCode.ROLE else NotFound).of(error, error.advice)
