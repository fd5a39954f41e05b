"""Offices: the providers, and the bodies that do steps of their procedures, with where, when and for whom they work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time
from typing import Annotated, Self

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from gateway.catalogue.terms import Body, HandOver, Identifier, Strict, Wording


def _parse_time(value: object) -> time:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
        raise ValueError('expected a time of day in quotes, such as "09:00"')
    return time.fromisoformat(value)


TimeOfDay = Annotated[time, PlainValidator(_parse_time), PlainSerializer(lambda value: value.strftime("%H:%M"))]
DistrictCode = Annotated[str, Field(pattern=r"^\d{7}$")]
"""A district of the registered address as ГБД ФЛ codes it, such as 1930401 for the city of Karaganda."""
PlaceCode = Annotated[str, Field(pattern=r"^[1-9]\d{8}$")]
"""A place in the classifier of administrative-territorial objects (КАТО): region, district, rural district, village."""
FieldId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
_PLACE_LEVELS = (2, 4, 6, 9)
"""How many digits name a region, a district, a rural district and a village."""


class OfficeHours(Strict):
    """When an office works on a working day (Asia/Almaty), with its midday break."""

    opens: TimeOfDay
    closes: TimeOfDay
    break_from: TimeOfDay
    break_to: TimeOfDay

    @property
    def spans(self) -> tuple[tuple[time, time], tuple[time, time]]:
        """Return the two spans of work, before and after the break."""
        return (self.opens, self.break_from), (self.break_to, self.closes)


class PickUpElsewhere(Strict):
    """Where results of some services are received that are not received at the office itself, by way of hand-over."""

    services: Annotated[tuple[Identifier, ...], Field(min_length=1)]
    hand_overs: Annotated[tuple[HandOver, ...], Field(min_length=1)]
    place: Wording


class Office(Strict):
    """A provider's office or another body; addresses, numbers and hours are assumed unless a source is named.

    A provider has `services`, the territory by `districts` where there are several of its kind, and a `route_id`; any
    other body works for the providers that `serves` names. A department of the State Corporation takes applications in
    for them at its `windows`; all departments are one legal entity with one BIN.
    """

    id: Identifier
    name: Wording
    bin: Annotated[str, Field(pattern=r"^\d{12}$")]
    body: Body = Body.PROVIDER
    serves: tuple[Identifier, ...] = ()
    answers: dict[FieldId, Identifier] = Field(default_factory=dict)
    """By which answers in the form this office is meant, among several of its body that serve one provider."""
    region: Wording
    territory: PlaceCode
    """What the office works for."""
    seat: PlaceCode
    """The town or village in which it sits."""
    windows: Annotated[int, Field(ge=1, le=99)] | None = None
    """Of a department of the State Corporation: how many windows its hall has."""
    districts: tuple[DistrictCode, ...] = ()
    address: Wording
    phone: str
    hours: OfficeHours
    route_id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,40}$")] | None = None
    """The route to a provider over the gateways, as the portal's applications take it."""
    regional_route_id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,40}$")] | None = None
    """The route over the region's gateway (ЭҮӨШ), where the portal's is another but some channel's ends there."""
    services: tuple[Identifier, ...] = ()
    pick_up_place: Wording
    """Where a result is received at the office itself."""
    pick_up_elsewhere: tuple[PickUpElsewhere, ...] = ()
    assumed: bool

    @property
    def is_provider(self) -> bool:
        """Tell whether the office decides on applications of its own."""
        return self.body is Body.PROVIDER

    def route_over(self, path: tuple[str, ...]) -> str | None:
        """Return the route that leads over the gateways of a way that the act states."""
        return (self.regional_route_id or self.route_id) if path[-1:] == ("rshep",) else self.route_id

    def place_to_receive(self, service_id: str, how: HandOver) -> Wording:
        """Return where the result of a service is received that is handed over in this way."""
        for one in self.pick_up_elsewhere:
            if service_id in one.services and how in one.hand_overs:
                return one.place
        return self.pick_up_place

    def fits(self, answers: Mapping[str, str]) -> bool:
        """Tell whether the form's answers are those by which this office is meant; always so when it names none."""
        return all(answers.get(field) == value for field, value in self.answers.items())

    def sits_in(self, territory: str) -> bool:
        """Tell whether the office's seat lies in a territory of КАТО."""
        return lies_in(self.seat, territory)

    @model_validator(mode="after")
    def _windows_of_a_department(self) -> Self:
        if (self.windows is not None) is not (self.body is Body.CORPORATION):
            raise ValueError("expected windows of a department of the State Corporation, and of it alone")
        return self

    @model_validator(mode="after")
    def _is_provider_or_serves_one(self) -> Self:
        if self.is_provider:
            if not self.services or self.route_id is None:
                raise ValueError("expected services and a route_id of a provider")
            if self.serves or self.answers:
                raise ValueError("expected no serves and no answers of a provider, which works for itself")
        else:
            if self.body is Body.APPLICANT:
                raise ValueError(f"expected a body that works for a provider, found {self.body}")
            if not self.serves:
                raise ValueError(f"expected serves, the providers that the {self.body} works for")
            if self.services or self.route_id or self.regional_route_id or self.pick_up_elsewhere:
                raise ValueError("expected services, route_id and pick_up_elsewhere of a provider alone")
        for name in ("serves", "districts", "services"):
            values: tuple[str, ...] = getattr(self, name)
            if len(values) != len(set(values)):
                raise ValueError(f"expected each of {name} once, found {list(values)}")
        if strange := {one for place in self.pick_up_elsewhere for one in place.services} - set(self.services):
            raise ValueError(f"expected services of this office, found {min(strange)}")
        return self


def lies_in(place: str, territory: str) -> bool:
    """Tell whether a place of КАТО is a territory or lies in it: its code begins with the territory's levels."""
    levels = next(level for level in _PLACE_LEVELS if not territory[level:].strip("0"))
    return place.startswith(territory[:levels])
