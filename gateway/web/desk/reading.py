"""The page of a case and what can be taken from it."""

from __future__ import annotations

from aiohttp import web

from gateway.catalogue import MediaType
from gateway.results.pdf import render_pdf
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.desk.view import case_view
from gateway.web.pages import render

_ENDINGS = {MediaType.PDF: "pdf", MediaType.JPEG: "jpg", MediaType.PNG: "png"}


async def case(request: web.Request) -> web.Response:
    """Show a case of the member's office."""
    found = await desk_of(request).cases.get(member_of(request), request.match_info["number"])
    return render(request, "desk/case.html", values={}, **await case_view(request, found))


async def application(request: web.Request) -> web.Response:
    """Give the application as it was signed."""
    number = request.match_info["number"]
    content = await desk_of(request).cases.signed_application(member_of(request), number)
    return attachment(content, f"{number}-application.xml", "application/xml")


async def result(request: web.Request) -> web.Response:
    """Give the signed result."""
    number = request.match_info["number"]
    content = await desk_of(request).cases.signed_result(member_of(request), number)
    return attachment(content, f"{number}-result.xml", "application/xml")


async def printed_result(request: web.Request) -> web.Response:
    """Give the signed result as the page that is handed out at a counter."""
    number = request.match_info["number"]
    content = await desk_of(request).cases.signed_result(member_of(request), number)
    return attachment(await render_pdf(content), f"{number}-result.pdf", "application/pdf")


async def evidence(request: web.Request) -> web.Response:
    """Give a state database's answer as it was signed."""
    number, register = request.match_info["number"], request.match_info["register"]
    content = await desk_of(request).cases.answer(member_of(request), number, register)
    return attachment(content, f"{number}-{register}.xml", "application/xml")


async def document(request: web.Request) -> web.Response:
    """Give an attached document; its type was checked when it came in."""
    number, ordinal = request.match_info["number"], int(request.match_info["ordinal"])
    found, content = await desk_of(request).cases.document(member_of(request), number, ordinal)
    name = f"{number}-{ordinal}-{found.kind}.{_ENDINGS[MediaType(found.media_type)]}"
    return attachment(content, name, found.media_type)


def attachment(content: bytes, name: str, media_type: str) -> web.Response:
    """Answer with a file that the browser saves and never opens in the page; `name` is of our own making."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=content, content_type=media_type, headers=headers)
