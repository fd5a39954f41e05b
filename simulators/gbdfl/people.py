"""Looking at and editing synthetic people by the admin API; edits last until the simulator stops."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Annotated, Any

from aiohttp import web
from pydantic import StringConstraints

from simulators.faults.admin import AdminRefused, Form, read_form
from simulators.population import Population, SyntheticPerson

_Name = Annotated[str, StringConstraints(max_length=100, strip_whitespace=True, pattern=r"^[^\p{C}]+$")]


class _PersonForm(Form):
    surname: _Name | None = None
    given: _Name | None = None
    patronymic: _Name | None = None
    death_date: date | None = None
    known_to_gbdfl: bool | None = None


def person_routes(population: Population) -> list[web.RouteDef]:
    """Return the routes that show and edit a person; a field that is not sent stays, `death_date: null` revives."""

    def found(request: web.Request) -> SyntheticPerson:
        person = population.person(request.match_info["iin"])
        if person is None:
            raise AdminRefused("admin-no-such-person", "the population has nobody of this IIN", status=404)
        return person

    async def show(request: web.Request) -> web.Response:
        return web.json_response(_to_json(found(request)))

    async def edit(request: web.Request) -> web.Response:
        person = found(request)
        form = await read_form(request, _PersonForm)
        name = {
            field: value for field in ("surname", "given", "patronymic") if (value := getattr(form, field)) is not None
        }
        changes: dict[str, Any] = {"name": dataclasses.replace(person.name, **name)}
        if "death_date" in form.model_fields_set:
            changes["death_date"] = form.death_date
        if form.known_to_gbdfl is not None:
            changes["known_to_gbdfl"] = form.known_to_gbdfl
        edited = dataclasses.replace(person, **changes)
        population.replace(edited)
        return web.json_response(_to_json(edited))

    return [web.get("/admin/people/{iin:[0-9]{12}}", show), web.patch("/admin/people/{iin:[0-9]{12}}", edit)]


def _to_json(person: SyntheticPerson) -> dict[str, Any]:
    return {
        "iin": person.iin,
        "name": dataclasses.asdict(person.name),
        "name_ru": dataclasses.asdict(person.name_ru),
        "birth_date": person.birth_date.isoformat(),
        "death_date": None if person.death_date is None else person.death_date.isoformat(),
        "documents": [document.number for document in person.documents],
        "known_to_gbdfl": person.known_to_gbdfl,
    }
