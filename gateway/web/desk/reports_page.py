"""The head's report of a month: how much came, and how the terms were kept."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from gateway.catalogue import Service
from gateway.desk import Month
from gateway.desk.reports import ServiceVolume, StepVolume
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.pages import render
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
        steps=[_step_row(request, one) for one in report.steps],
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


def _step_row(request: web.Request, volume: StepVolume) -> dict[str, Any]:
    service = desk_of(request).catalogue.service(volume.service)
    return {
        "title": service.titles,
        "step": volume.step,
        "text": _step_text(service, volume.step),
        "volume": volume,
        "share": _percent(volume.late, volume.stays),
    }


def _step_text(service: Service, number: int) -> str:
    """Return how the act words a step; a service with several procedures words it as the first that has the step."""
    steps = (step for procedure in service.procedures for step in procedure.steps)
    return next((spoken(step.text) for step in steps if (step.kind, step.number) == ("step", number)), "")


def _total(volumes: tuple[ServiceVolume, ...]) -> dict[str, int]:
    names = ("registered", "finished", "finished_late", "open", "open_late")
    return {name: sum(getattr(volume, name) for volume in volumes) for name in names}


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"


def _named(month: Month) -> str:
    return f"{month.number:02}.{month.year}"
