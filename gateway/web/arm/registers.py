"""Couriers' registers: made in two copies for a provider, and marked when a provider's results come in."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from gateway.courier.errors import RegisterCode
from gateway.exchange.courier_register import Direction
from gateway.flows.arm.errors import ArmError
from gateway.flows.arm.open_packages import LISTED
from gateway.web.arm.guard import operator_of, rooms_of
from gateway.web.arm.reading import printed
from gateway.web.arm.scanner import LONGEST, read_scan
from gateway.web.csrf import form_of
from gateway.web.forms import FormErrors, FormLimits, accepts
from gateway.web.once import once
from gateway.web.pages import redirect, render
from gateway.web.sessions import session_of
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

_ONE = r"/registers/{register:\d{14}}"
_SHEETS = re.compile(r"[0-9]{1,4}")
_LONGEST_NAME = 200


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [
        web.get("/registers", registers),
        web.post("/registers", make),
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
@accepts(FormLimits(max_fields=2 * LISTED + 20))
async def make(request: web.Request) -> web.StreamResponse:
    """Put the chosen packages of one provider into a register, to be printed in two copies."""
    form, errors = form_of(request), FormErrors()
    numbers, courier, office = form.all("package"), form.get("courier"), form.get("office")
    if not numbers:
        errors.add("package", _("Choose at least one package"), target=f"packages-{office}")
    if not courier or len(courier) > _LONGEST_NAME:
        errors.add("courier", _("Enter the courier's name"), target=f"courier-{office}")
    sheets = {
        number: int(form.get(f"sheets_{number}")) for number in numbers if _has_sheets(form.get(f"sheets_{number}"))
    }
    if not errors:
        try:
            made = await rooms_of(request).registers.make(operator_of(request), office, numbers, courier, sheets=sheets)
        except ArmError as error:
            errors.add("package", error.text, target=f"packages-{office}")
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
        errors.add("code", f"{spoken(error.text)} {spoken(error.advice)}" if error.advice else error.text)
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
    form = form_of(request)
    missing = form.get("missing").split() if form.get("missing_confirmed") == "yes" else ()
    try:
        await rooms_of(request).registers.close(operator_of(request), number, missing=missing)
    except ArmError as error:
        if error.code.value != RegisterCode.UNCONFIRMED.value:
            raise
        errors.add("missing_confirmed", error.text)
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
        scanned=sum(1 for one in found.entries if one.scanned),
        **more,
    )


async def _list_page(request: web.Request, errors: FormErrors, **more: Any) -> web.StreamResponse:
    rooms, operator = rooms_of(request), operator_of(request)
    groups: dict[str, list[Any]] = {}
    for package in await rooms.registers.open_entries(operator):
        groups.setdefault(package.office.id, []).append(package)
    return render(
        request,
        "arm/registers.html",
        errors=errors,
        groups=[{"office": packages[0].office, "packages": packages} for packages in groups.values()],
        outgoing=await _rows(request, await rooms.registers.outgoing(operator)),
        incoming=await _rows(request, await rooms.registers.incoming(operator)),
        **({"values": {}, "chosen": None} | more),
    )


async def _rows(request: web.Request, found: Any) -> list[dict[str, Any]]:
    catalogue = rooms_of(request).catalogue
    return [{"register": one, "provider": spoken(catalogue.office(one.office).name)} for one in found]


def _has_sheets(text: str) -> bool:
    return _SHEETS.fullmatch(text) is not None and int(text) > 0
