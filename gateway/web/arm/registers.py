"""Couriers' registers: made in two copies for a provider, and marked when a provider's results come in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from gateway.courier.errors import RegisterCode
from gateway.courier.register import Register
from gateway.exchange.courier_register import Direction
from gateway.flows.arm.errors import ArmError
from gateway.flows.arm.open_packages import LISTED
from gateway.terminal.codes import LONGEST, read_scan
from gateway.web.arm.guard import operator_of, rooms_of
from gateway.web.arm.reading import printed
from gateway.web.csrf import form_of
from gateway.web.forms import FormErrors, FormLimits, accepts
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.register_forms import missing_in, sheets_in
from gateway.web.sessions import session_of
from gateway.web.translation import gettext as _
from gateway.web.translation import said, spoken

_ONE = r"/registers/{register:\d{14}}"
_LONGEST_NAME = 200


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get("/registers", registers),
        web.post("/registers", make),
        web.post("/registers/open", open_register),
        web.get(_ONE, register),
        web.get(f"{_ONE}.pdf", paper),
        web.get(f"{_ONE}/labels.pdf", labels),
        web.post(f"{_ONE}/scan", scan),
        web.post(f"{_ONE}/unscan", unscan),
        web.post(f"{_ONE}/close", close),
    ]


async def registers(request: web.Request) -> web.StreamResponse:
    """Show the packages that wait for a courier, by provider, and the registers of both ways."""
    return await _list_page(request, FormErrors())


@once
async def open_register(request: web.Request) -> web.StreamResponse:
    """Lead to the register whose barcode was scanned, or whose number was typed."""
    errors, code = FormErrors(), form_of(request).get("code")[:LONGEST]
    try:
        found = await rooms_of(request).registers.find(operator_of(request), code)
    except ArmError as error:
        errors.add("code", said(error.text, error.advice))
        return await _list_page(request, errors)
    return redirect(f"/registers/{found.number}")


@once
@accepts(FormLimits(max_fields=2 * LISTED + 20))
async def make(request: web.Request) -> web.StreamResponse:
    """Put the chosen packages of one provider into a register, to be printed in two copies."""
    form, errors = form_of(request), FormErrors()
    numbers, courier, office = form.all("package"), form.get("courier"), form.get("office")
    if not numbers:
        errors.add("package", _("Choose at least one package"), target=f"packages-{office}")
    if not courier or len(courier) > _LONGEST_NAME:
        errors.add("courier", _("Enter the courier's name"), target=f"courier-{office}")
    sheets = sheets_in(form, numbers, errors)
    if not errors:
        try:
            made = await rooms_of(request).registers.make(operator_of(request), office, numbers, courier, sheets=sheets)
        except ArmError as error:
            errors.add("package", said(error.text, error.advice), target=f"packages-{office}")
        else:
            return redirect(f"/registers/{made.number}")
    return await _list_page(request, errors, values=form.values(), chosen=frozenset(numbers))


async def register(request: web.Request) -> web.StreamResponse:
    """Show one register with its entries and marks."""
    return await _page(request, FormErrors())


async def paper(request: web.Request) -> web.StreamResponse:
    """Give the register as PDF: two copies on their way out, with the marks once they are there."""
    number = request.match_info["register"]
    return printed(await rooms_of(request).registers.printed(operator_of(request), number), f"{number}.pdf")


async def labels(request: web.Request) -> web.StreamResponse:
    """Give the labels of the packages, each with its barcode, to be cut out."""
    number = request.match_info["register"]
    return printed(await rooms_of(request).registers.labels(operator_of(request), number), f"{number}-labels.pdf")


async def scan(request: web.Request) -> web.StreamResponse:
    """Mark the package whose barcode was scanned; what the register does not list is noted as unlisted."""
    errors, code = FormErrors(), read_scan(form_of(request).get("code")[:LONGEST])
    number = request.match_info["register"]
    if not code:
        errors.add("code", _("Scan the barcode of a package"))
        return await _page(request, errors)
    try:
        await rooms_of(request).registers.scan(operator_of(request), number, code)
    except ArmError as error:
        errors.add("code", said(error.text, error.advice))
        return await _page(request, errors, code=code)
    return redirect(f"/registers/{number}")


async def unscan(request: web.Request) -> web.StreamResponse:
    """Take the mark of one package back while the register is being checked."""
    number = request.match_info["register"]
    await rooms_of(request).registers.unscan(operator_of(request), number, form_of(request).get("package")[:LONGEST])
    return redirect(f"/registers/{number}")


@once
async def close(request: web.Request) -> web.StreamResponse:
    """Close the check: what was not scanned is marked missing, once that is confirmed, and stays expected."""
    number, errors = request.match_info["register"], FormErrors()
    try:
        await rooms_of(request).registers.close(operator_of(request), number, missing=missing_in(form_of(request)))
    except ArmError as error:
        if error.code.value != RegisterCode.UNCONFIRMED.value:
            raise
        errors.add("missing_confirmed", said(error.text, error.advice))
        return await _page(request, errors)
    session_of(request).flash(_("The register is marked. Print the copy with the mark and give it to the courier."))
    return redirect(f"/registers/{number}")


async def _page(request: web.Request, errors: FormErrors, **more: Any) -> web.StreamResponse:
    rooms = rooms_of(request)
    found = await rooms.registers.find(operator_of(request), request.match_info["register"])
    return render(
        request,
        "arm/register.html",
        errors=errors,
        register=found,
        provider=rooms.catalogue.office(found.office),
        department=rooms.catalogue.office(found.department),
        incoming=found.direction is Direction.TO_CORPORATION,
        **more,
    )


async def _list_page(request: web.Request, errors: FormErrors, **more: Any) -> web.StreamResponse:
    rooms, operator = rooms_of(request), operator_of(request)
    groups: dict[str, list[Any]] = {}
    for package in await rooms.registers.open_entries(operator):
        groups.setdefault(package.office.id, []).append(package)
    found = rooms.registers
    return render(
        request,
        "arm/registers.html",
        errors=errors,
        groups=[{"office": packages[0].office, "packages": packages} for packages in groups.values()],
        to_mark=_rows(request, await found.unmarked(operator)),
        marked=_rows(request, [one for one in await found.incoming(operator) if one.is_marked]),
        outgoing=_rows(request, await found.outgoing(operator)),
        **({"values": {}, "chosen": None} | more),
    )


def _rows(request: web.Request, found: Iterable[Register]) -> list[dict[str, Any]]:
    catalogue = rooms_of(request).catalogue
    return [{"register": one, "provider": spoken(catalogue.office(one.office).name)} for one in found]
