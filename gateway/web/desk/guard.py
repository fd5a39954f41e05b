"""Who is signed in at the desk, asked of the account at every request; and the desk's refusals as pages."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Middleware

from gateway.desk import Desk, DeskCode, DeskError, StaffMember
from gateway.web.pages import redirect
from gateway.web.refusals import Conflict, Forbidden, NotFound, PageError
from gateway.web.sessions import Handler, session_of
from gateway.web.site import is_for_machines

DESK = web.AppKey("desk", Desk)
_MEMBER = web.RequestKey("member", StaffMember)
_OPEN_PATHS = ("/static/", "/sign-in")

_HIDDEN = frozenset({DeskCode.NO_SUCH_CASE, DeskCode.NO_SUCH_DOCUMENT})
_FORBIDDEN = frozenset({DeskCode.WRONG_ROLE, DeskCode.NOT_ASSIGNED, DeskCode.ELSEWHERE})


def member_or_none(request: web.Request) -> StaffMember | None:
    """Return the member who is signed in, if one is."""
    return request.get(_MEMBER)


def member_of(request: web.Request) -> StaffMember:
    """Return the member who is signed in; pages behind the guard always have one."""
    return request[_MEMBER]


def desk_of(request: web.Request) -> Desk:
    """Return the desk whose page this is."""
    return request.config_dict[DESK]


def only_staff(machine_paths: tuple[str, ...]) -> Middleware:
    """Let nobody but the staff through to the pages; others are sent to the sign-in page."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_for_machines(request, machine_paths):
            return await handler(request)
        session = session_of(request)
        if session.account is not None:
            member = await desk_of(request).staff.member(int(session.account))
            if member is None:
                session.sign_out()
            else:
                request[_MEMBER] = member
        if member_or_none(request) is None and not _is_open(request):
            wanted = f"?next={quote(request.path)}" if request.method == "GET" and request.path != "/" else ""
            return redirect(f"/sign-in{wanted}")
        return await handler(request)

    return guard


def _is_open(request: web.Request) -> bool:
    """Whether strangers get this answered: the sign-in page, and that a page has no such method."""
    wrong_method = isinstance(request.match_info.http_exception, web.HTTPMethodNotAllowed)
    return wrong_method or request.path.startswith(_OPEN_PATHS)


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what the desk refuses into the page of that refusal, with the desk's own code and text."""
    try:
        return await handler(request)
    except DeskError as error:
        raise _page_of(error) from error


def _page_of(error: DeskError) -> PageError:
    page: PageError
    if error.code in _HIDDEN:
        page = NotFound(error.text)
    elif error.code in _FORBIDDEN:
        page = Forbidden(error.text)
    else:
        page = Conflict(error.text)
    page.code = error.code.value
    return page
