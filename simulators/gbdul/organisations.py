"""Looking at and editing synthetic organisations by the admin API; edits last until the simulator stops."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from aiohttp import web

from simulators.faults.admin import AdminRefused, Form, read_form
from simulators.population import Population, SyntheticOrganisation


class _OrganisationForm(Form):
    liquidated_on: date | None = None
    known_to_gbdul: bool | None = None


def organisation_routes(population: Population) -> list[web.RouteDef]:
    """Return the routes that show and edit an organisation; a field that is not sent stays."""

    def found(request: web.Request) -> SyntheticOrganisation:
        organisation = population.organisation(request.match_info["bin"])
        if organisation is None:
            raise AdminRefused("admin-no-such-organisation", "the population has none of this BIN", status=404)
        return organisation

    async def show(request: web.Request) -> web.Response:
        return web.json_response(_to_json(found(request)))

    async def edit(request: web.Request) -> web.Response:
        organisation = found(request)
        form = await read_form(request, _OrganisationForm)
        changes: dict[str, Any] = {}
        if "liquidated_on" in form.model_fields_set:
            changes["liquidated_on"] = form.liquidated_on
        if form.known_to_gbdul is not None:
            changes["known_to_gbdul"] = form.known_to_gbdul
        edited = dataclasses.replace(organisation, **changes)
        population.replace_organisation(edited)
        return web.json_response(_to_json(edited))

    path = "/admin/organisations/{bin:[0-9]{12}}"
    return [web.get(path, show), web.patch(path, edit)]


def _to_json(organisation: SyntheticOrganisation) -> dict[str, Any]:
    closed = organisation.liquidated_on
    return {
        "bin": organisation.bin,
        "name_kk": organisation.name_kk,
        "name_ru": organisation.name_ru,
        "head": organisation.head,
        "liquidated_on": None if closed is None else closed.isoformat(),
        "known_to_gbdul": organisation.known_to_gbdul,
    }
