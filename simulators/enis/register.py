"""Looking at, adding and revoking powers of attorney by the admin API; edits last until the simulator stops."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field, StringConstraints

from gateway.clock import Clock
from gateway.identity.numbers import Bin, Iin, NumberError
from simulators.enis.answer import state_of
from simulators.faults.admin import AdminRefused, Form, Number, read_form
from simulators.population import Population
from simulators.population.powers import NOTARIES, SCOPES, SyntheticPower

MOST_POWERS = 10_000
_RegisterNumber = Annotated[str, StringConstraints(pattern=r"^SIM-[0-9]{6}$")]


class _PowerForm(Form):
    number: _RegisterNumber
    principal: Number
    representative: Number
    attested_on: date
    valid_until: date
    scopes: list[str] = Field(default=[SCOPES[0].code], min_length=1, max_length=len(SCOPES))
    known_to_enis: bool = True


def power_routes(population: Population, clock: Clock) -> list[web.RouteDef]:
    """Return the routes that show (`?party=` an IIN or BIN), add and revoke powers of attorney."""
    powers = population.powers

    async def show(request: web.Request) -> web.Response:
        party = request.query.get("party")
        wanted = [one for one in powers.all if party is None or party in {*one.principals, *one.representatives}]
        return web.json_response({"powers": [_to_json(one, clock) for one in wanted[:1_000]]})

    async def add(request: web.Request) -> web.Response:
        form = await read_form(request, _PowerForm)
        if powers.get(form.number) is not None:
            raise AdminRefused("admin-power-exists", "there is a power of attorney of this number", status=409)
        if len(powers.all) >= MOST_POWERS:
            raise AdminRefused("admin-too-many", f"at most {MOST_POWERS} powers of attorney", status=409)
        power = _power(form, population)
        powers.put(power)
        return web.json_response(_to_json(power, clock), status=201)

    async def revoke(request: web.Request) -> web.Response:
        await read_form(request, Form)
        power = powers.get(request.match_info["number"])
        if power is None:
            raise AdminRefused("admin-no-such-power", "the register has none of this number", status=404)
        revoked = dataclasses.replace(power, revoked_at=power.revoked_at or clock.now())
        powers.put(revoked)
        return web.json_response(_to_json(revoked, clock))

    return [
        web.get("/admin/powers", show),
        web.post("/admin/powers", add),
        web.post("/admin/powers/{number:SIM-[0-9]{6}}/revoke", revoke),
    ]


def _power(form: _PowerForm, population: Population) -> SyntheticPower:
    scopes = tuple(scope for scope in SCOPES if scope.code in form.scopes)
    if len(scopes) != len(set(form.scopes)) or form.attested_on > form.valid_until:
        raise AdminRefused("admin-form-wrong", "scopes: unknown code, or valid_until is before attested_on")
    organisation = population.organisation(form.principal)
    if organisation is None and population.person(form.principal) is None:
        raise AdminRefused("admin-no-such-person", "the population has no such principal", status=404)
    if population.person(form.representative) is None:
        raise AdminRefused("admin-no-such-person", "the population has no such representative", status=404)
    try:
        principal = Bin.parse(form.principal) if organisation else Iin.parse(form.principal)
        representative = Iin.parse(form.representative)
    except NumberError as error:
        raise AdminRefused("admin-form-wrong", error.code.value) from error
    return SyntheticPower(
        number=form.number,
        attested_on=form.attested_on,
        notary=NOTARIES[0],
        principals=(principal,),
        representatives=(representative,),
        scopes=scopes,
        valid_from=form.attested_on,
        valid_until=form.valid_until,
        known_to_enis=form.known_to_enis,
    )


def _to_json(power: SyntheticPower, clock: Clock) -> dict[str, Any]:
    return {
        "number": power.number,
        "attested_on": power.attested_on.isoformat(),
        "principals": list(power.principals),
        "representatives": list(power.representatives),
        "scopes": [scope.code for scope in power.scopes],
        "valid_from": power.valid_from.isoformat(),
        "valid_until": power.valid_until.isoformat(),
        "revoked_at": None if power.revoked_at is None else power.revoked_at.isoformat(),
        "state": state_of(power, clock.now()),
        "known_to_enis": power.known_to_enis,
    }
