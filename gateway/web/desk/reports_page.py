"""The head's report of a month: how much came, and how the terms were kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from gateway.catalogue import Catalogue, Channel, Procedure, Service
from gateway.desk import Month
from gateway.desk.reports import ServiceVolume, StepVolume
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.wording import CHANNELS
from gateway.web.pages import render
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

_MONTHS = 24
"""How far back the page offers months."""
_EARLIEST = Month(2000, 1)


async def show(request: web.Request) -> web.Response:
    """Show a month of the head's office, the present one unless another is asked for."""
    desk, member = desk_of(request), member_of(request)
    present = Month.of(desk.now())
    report = await desk.reports.month(member, _asked(request, present))
    months = [present.before(back) for back in range(_MONTHS)]
    if report.month not in months:
        months = sorted({*months, report.month}, reverse=True)
    return render(
        request,
        "desk/reports.html",
        month=_named(report.month),
        months=[(str(month), _named(month)) for month in months],
        chosen=str(report.month),
        services=[_service_row(request, one) for one in report.services],
        total=_total(report.services),
        steps=step_rows(desk.catalogue, report.steps),
    )


def _asked(request: web.Request, present: Month) -> Month:
    """Return the month that the address asks for; what is none, or has not come, is the present one."""
    try:
        asked = Month.read(request.query.get("month", "")[:7])
    except ValueError:
        return present
    return asked if _EARLIEST <= asked <= present else present


def _service_row(request: web.Request, volume: ServiceVolume) -> dict[str, Any]:
    return {"title": desk_of(request).catalogue.service(volume.service).titles, "volume": volume}


def step_rows(catalogue: Catalogue, steps: Iterable[StepVolume]) -> list[dict[str, Any]]:
    """Return the rows of the steps, each procedure's together, whichever channel the applications came by."""
    stays: dict[tuple[str, str, int], int] = defaultdict(int)
    late: dict[tuple[str, str, int], int] = defaultdict(int)
    for one in steps:
        key = one.service, _procedure_of(catalogue.service(one.service), one).id, one.step
        stays[key] += one.stays
        late[key] += one.late
    return [_step_row(catalogue.service(key[0]), *key[1:], stays[key], late[key]) for key in sorted(stays)]


def _procedure_of(service: Service, volume: StepVolume) -> Procedure:
    """Return the procedure of a channel and kind; for what the act no longer opens, the first."""
    try:
        return service.procedure(volume.channel, volume.kind)
    except KeyError:
        return service.procedures[0]


def _step_row(service: Service, procedure_id: str, number: int, stays: int, late: int) -> dict[str, Any]:
    procedure = next(one for one in service.procedures if one.id == procedure_id)
    corporations = set(procedure.channels) == {Channel.CORPORATION}
    words = (spoken(step.text) for step in procedure.steps if (step.kind, step.number) == ("step", number))
    return {
        "title": service.titles,
        "way": _(CHANNELS[Channel.CORPORATION]) if corporations and len(service.procedures) > 1 else "",
        "step": number,
        "text": next(words, ""),
        "stays": stays,
        "late": late,
        "share": _percent(late, stays),
    }


def _total(volumes: tuple[ServiceVolume, ...]) -> dict[str, int]:
    names = ("registered", "finished", "finished_late", "open", "open_late")
    return {name: sum(getattr(volume, name) for volume in volumes) for name in names}


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"


def _named(month: Month) -> str:
    return f"{month.number:02}.{month.year}"
