"""The member's tasks, and the applications of the member's office."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from gateway.catalogue import Role
from gateway.desk import Case, Search
from gateway.desk.lists import COUNTED, Page, deadline_place
from gateway.desk.search import digits_of
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.wording import VERBS, role_words, status_of
from gateway.web.pages import render
from gateway.web.translation import gettext as _

_FIRST = 20
"""How many applications of each of the head's lists stand above the head's own tasks."""
_LONGEST_PLACE = 60


async def inbox(request: web.Request) -> web.Response:
    """Show what waits for the member, the nearest deadline first; the head sees the office's lists first.

    They are what is overdue, and what needs another executor.
    """
    desk, member, now = desk_of(request), member_of(request), desk_of(request).now()
    after = _after(request)
    overdue: Sequence[Case] = ()
    to_give: Sequence[Case] = ()
    overdue_count = to_give_count = 0
    if member.role is Role.HEAD and not after:
        overdue = (await desk.lists.overdue(member, now)).cases[:_FIRST]
        overdue_count = await desk.lists.count_overdue(member, now)
        to_give = (await desk.lists.to_give(member)).cases[:_FIRST]
        to_give_count = await desk.lists.count_to_give(member) if to_give else 0
        after = deadline_place(now)  # what is overdue stands above
    page = await desk.lists.inbox(member, after=after)
    return render(
        request,
        "desk/inbox.html",
        rows=await case_rows(request, page.cases),
        overdue=await case_rows(request, overdue),
        overdue_count=bounded(overdue_count),
        more_overdue=overdue_count > len(overdue),
        to_give=await case_rows(request, to_give),
        to_give_count=bounded(to_give_count),
        more_to_give=to_give_count > len(to_give),
        count=bounded(await desk.lists.count_waiting(member)),
        role=role_words(member.role, desk.catalogue.office(member.office).body),
        first=not _after(request),
        next=page.after,
    )


async def cases(request: web.Request) -> web.Response:
    """Show the office's applications by their state, or those whose number begins as was searched for.

    They are open, overdue, closed, or in want of another executor.
    """
    desk, member, after = desk_of(request), member_of(request), _after(request)
    query = digits_of(request.query.get("q", "")[:40])
    state = request.query.get("state", "")
    if request.query.get("q", "").strip():
        state = ""
        page = await desk.lists.search(member, Search(number=query), after=after) if query else Page(())
    elif state == "closed":
        page = await desk.lists.closed(member, after=after)
    elif state == "overdue":
        page = await desk.lists.overdue(member, desk.now(), after=after)
    elif state == "to-give":
        page = await desk.lists.to_give(member, after=after)
    else:
        state = "open"
        page = await desk.lists.open(member, after=after)
    rows = await case_rows(request, page.cases)
    return render(request, "desk/cases.html", rows=rows, query=query, state=state, next=page.after, first=not after)


async def case_rows(request: web.Request, found: Sequence[Case]) -> list[dict[str, object]]:
    """Return the rows of a table of cases."""
    desk, member = desk_of(request), member_of(request)
    names = await desk.staff.names(member) if found else {}
    offices, now = desk.catalogue.offices, desk.now()
    return [
        {
            "case": case,
            "title": desk.catalogue.service(case.service).titles,
            "provider": None if case.office == member.office else offices[case.office].name,
            "step": "" if case.awaits_verb is None else _(VERBS[case.awaits_verb]),
            "place": None if case.awaits_office in (None, member.office) else offices[case.awaits_office].name,
            "status": status_of(case, now),
            "executor": names.get(case.executor or 0, ""),
            "taken": names.get(case.claimed_by or 0, ""),
        }
        for case in found
    ]


def bounded(count: int) -> str:
    """Return a count as it is shown: «100+» when the counting stopped at its bound."""
    return f"{COUNTED}+" if count > COUNTED else str(count)


def _after(request: web.Request) -> str:
    return request.query.get("after", "")[:_LONGEST_PLACE]
