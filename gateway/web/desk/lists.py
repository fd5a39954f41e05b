"""The member's tasks, and the applications of the member's office."""

from __future__ import annotations

from aiohttp import web

from gateway.desk import Case, CaseState
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.wording import ROLES, VERBS, status_of
from gateway.web.pages import render
from gateway.web.translation import gettext as _

PAGE = 100


async def inbox(request: web.Request) -> web.Response:
    """Show what waits for the member, the nearest deadline first."""
    desk, member = desk_of(request), member_of(request)
    cases = await desk.cases.inbox(member, limit=PAGE)
    rows = await _rows(request, cases)
    return render(request, "desk/inbox.html", rows=rows, role=_(ROLES[member.role]))


async def cases(request: web.Request) -> web.Response:
    """Show the office's open or closed applications, or those whose number begins with what was searched for."""
    desk, member = desk_of(request), member_of(request)
    query = request.query.get("q", "").strip()[:20]
    state = CaseState.CLOSED if request.query.get("state") == "closed" else CaseState.OPEN
    if query:
        found = await desk.cases.find(member, query, limit=PAGE)
    else:
        found = await desk.cases.all_in(member, state, limit=PAGE)
    rows = await _rows(request, found)
    return render(request, "desk/cases.html", rows=rows, query=query, state=state.value)


async def _rows(request: web.Request, found: tuple[Case, ...]) -> list[dict[str, object]]:
    desk = desk_of(request)
    names = await desk.staff.names(member_of(request)) if found else {}
    now = desk.now()
    return [
        {
            "case": case,
            "title": desk.catalogue.service(case.service).titles,
            "step": "" if case.awaits_verb is None else _(VERBS[case.awaits_verb]),
            "status": status_of(case, now),
            "executor": names.get(case.executor or 0, ""),
            "taken": names.get(case.claimed_by or 0, ""),
        }
        for case in found
    ]
