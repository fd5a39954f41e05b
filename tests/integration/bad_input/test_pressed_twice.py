"""Every button of a window that has an effect, pressed twice: one after the other, at once, and on two open pages."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import FormData

from gateway.catalogue.kinds import documents_of
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.web.signing import as_base64
from tests.integration.bad_input.unchanged import tables
from tests.integration.bad_input.windows import Windows
from tests.integration.flows_arm.decided import ASSISTANCE, HERE, OFFICES
from tests.integration.flows_arm.hall import APPLICANT, CATALOGUE, CERTIFICATE, SUPPORT, scan
from tests.integration.web_arm.conftest import WINDOW, Browser

COUNTED = {
    "turned": "SELECT coalesce(sum(rotation), 0) FROM scan_page",
    "called": "SELECT coalesce(sum(calls), 0) FROM ticket",
    "replaced": "SELECT count(*) FROM scan_page WHERE name = '2.tiff'",
    "on paper": "SELECT coalesce(sum(cardinality(on_paper)), 0) FROM intake",
    "not come": "SELECT count(*) FROM ticket WHERE state = 'no-show'",
    "served": "SELECT count(*) FROM ticket WHERE state = 'finished'",
    "mine": "SELECT count(*) FROM intake WHERE operator = (SELECT min(id) FROM operator)",
    "scanned": "SELECT count(*) FROM courier_package WHERE scanned",
    "handed": "SELECT count(*) FROM hand_over WHERE handed_at IS NOT NULL",
}
"""What a number of rows does not tell."""
SHARED = ("blob", "timer")
"""A file that is there already is not kept twice, and one job is planned for all tickets of a day."""
DOCUMENT = documents_of(CATALOGUE.service(SUPPORT), None)[0].id
WITHOUT_EFFECT = {
    "/sign-in",
    "/sign-out",
    "/lock",
    "/locked",
    "/awake",
    "/find",
    "/registers/open",
    "/hand-over/{number}/sheet.pdf",
    "/intakes/{number}/typed",
    "/intakes/{number}/marks",
}
"""Sessions come and go, papers are printed and pages found; what is typed is kept under its version."""


@dataclass(frozen=True)
class Press:
    """A button: the page and the form in which it stands, what is filled in, and its own address if it has one."""

    page: str
    action: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    pressed: str = ""


@dataclass(frozen=True)
class Button:
    """A button of the site by its route; `on_two_pages` unless what two pages ask for is rightly done twice."""

    what: str
    route: str
    shown: Callable[[Windows], Awaitable[Press]]
    on_two_pages: bool = True


def on(page: str, action: str = "", **fields: Any) -> Callable[[Windows], Awaitable[Press]]:
    async def shown(_: Windows) -> Press:
        return Press(page, action or page, fields)

    return shown


async def taken_over(windows: Windows) -> Press:
    number = await windows.hall.begun(await windows.operator(serial=2), CERTIFICATE)
    return Press(f"/intakes/{number}", f"/intakes/{number}/take-over")


async def begun(windows: Windows) -> str:
    window = await windows.window(await windows.operator())
    return await window.begin(CERTIFICATE)


async def entered(windows: Windows) -> Press:
    page = f"/intakes/{await begun(windows)}/form"
    return Press(page, page, {**windows.hall.typed(CERTIFICATE), "consent_given": "true"})


async def consent_printed(windows: Windows) -> Press:
    address = f"/intakes/{await begun(windows)}"
    return Press(f"{address}/form", f"{address}/form", windows.hall.typed(CERTIFICATE), f"{address}/consent.pdf")


async def consent_refused(windows: Windows) -> Press:
    page = f"/intakes/{await begun(windows)}/consent-refused"
    return Press(page, page)


async def asked_again(windows: Windows) -> Press:
    windows.hall.people.trouble = RegistryUnavailable(Registry.GBDFL, UnavailableCode.NO_ANSWER)
    number = await windows.hall.asked(await windows.operator(), CERTIFICATE)
    windows.hall.people.trouble = None
    return Press(f"/intakes/{number}/query", f"/intakes/{number}/query")


def on_documents(verb: str, **fields: Any) -> Callable[[Windows], Awaitable[Press]]:
    """A button of the documents' page, where one page is scanned already."""

    async def shown(windows: Windows) -> Press:
        operator, flow = await windows.operator(), windows.hall.rooms.flow
        number = await windows.hall.asked(operator, SUPPORT)
        await flow.scan(operator, number, DOCUMENT, name="1.tiff", media_type="image/tiff", content=scan())
        (one,) = (await flow.intake(operator, number)).pages[DOCUMENT]
        do = f"{verb}:{DOCUMENT}" if verb == "add" else f"{verb}:{DOCUMENT}:1:{one.sha256}"
        page = f"/intakes/{number}/documents"
        return Press(page, page, {"do": do, **fields})

    return shown


async def gone_on(windows: Windows) -> Press:
    number = await windows.hall.asked(await windows.operator(), SUPPORT)
    marks = {f"paper_{one.id}": "yes" for one in documents_of(CATALOGUE.service(SUPPORT), None)}
    page = f"/intakes/{number}/documents"
    return Press(page, page, {"do": "go", **marks})


async def refused(windows: Windows) -> Press:
    number = await windows.hall.asked(await windows.operator(), SUPPORT)
    return Press(f"/intakes/{number}/refuse", f"/intakes/{number}/refuse")


async def certificate(windows: Windows) -> Press:
    operator = await windows.operator()
    page = f"/intakes/{await windows.hall.with_documents(operator, SUPPORT)}/certificate"
    return Press(page, page, {"certificate": windows.hall.key(operator).certificate.pem})


async def sent(windows: Windows) -> Press:
    operator = await windows.operator()
    number = await windows.hall.ready(operator, CERTIFICATE)
    page = f"/intakes/{number}/sign"
    return Press(page, page, {"signed": as_base64(await windows.hall.signed(operator, number))})


async def receipt_scanned(windows: Windows) -> Press:
    return Press("/hand-over", "/hand-over", {"code": await windows.decided()})


async def handed_over(windows: Windows) -> Press:
    number = await windows.decided()
    shown = {"code": number, "to": "applicant", "identity_kind": "identity-card", "signed": "yes"}
    return Press(f"/hand-over/{number}", f"/hand-over/{number}", {**shown, "identity_number": str(APPLICANT)})


async def next_called(windows: Windows) -> Press:
    await _free(windows)
    for _ in range(3):
        await windows.hall.rooms.queue.issue(HERE, None)
    return Press("/queue", "/queue/next")


def of_the_called(action: str, *, late: bool = False) -> Callable[[Windows], Awaitable[Press]]:
    """A button of the ticket in hand; `late` when two minutes must have passed since the call."""

    async def shown(windows: Windows) -> Press:
        await _free(windows)
        for _ in range(2):
            await windows.hall.rooms.queue.issue(HERE, None)
        await windows.hall.rooms.queue.call_next(await windows.operator(), WINDOW)
        if late:
            windows.pass_minutes(3)
        return Press("/queue", f"/queue/{action}")

    return shown


async def _free(windows: Windows) -> None:
    """Leave nobody at the window."""
    operator, queue = await windows.operator(), windows.hall.rooms.queue
    ticket = await queue.current(operator, WINDOW)
    if ticket is not None:
        await queue.finish(operator, ticket.id, window=WINDOW)


async def register_made(windows: Windows) -> Press:
    number = await windows.department.package(await windows.operator(), ASSISTANCE)
    return Press("/registers", "/registers", {"package": number, "courier": "Қасымов Ерлан"})


def of_a_register(action: str, *, after_scan: bool = False, **fields: str) -> Callable[[Windows], Awaitable[Press]]:
    """A button of a register of two results that came to the department."""

    async def shown(windows: Windows) -> Press:
        numbers = [await windows.decided(medium="courier") for _ in range(2)]
        register = f"75{numbers[0][2:]}"
        await windows.department.bring_results(numbers, register, department=HERE, office=OFFICES[HERE])
        if after_scan:
            await windows.hall.rooms.registers.scan(await windows.operator(), register, numbers[0])
        named = {name: numbers[0] for name, value in fields.items() if value == "the first"}
        return Press(f"/registers/{register}", f"/registers/{register}/{action}", {**fields, **named})

    return shown


NEW = ("2.tiff", scan(2), "image/tiff")
BUTTONS = (
    Button("begin", "/intakes", on("/", "/intakes", service=CERTIFICATE), on_two_pages=False),
    Button("take over", "/intakes/{number}/take-over", taken_over),
    Button("query", "/intakes/{number}/form", entered),
    Button("print the consent", "/intakes/{number}/consent.pdf", consent_printed),
    Button("consent refused", "/intakes/{number}/consent-refused", consent_refused),
    Button("query again", "/intakes/{number}/query", asked_again),
    Button(
        "attach", "/intakes/{number}/documents", on_documents("add", **{f"file_{DOCUMENT}": NEW}), on_two_pages=False
    ),
    Button("turn", "/intakes/{number}/documents", on_documents("rotate"), on_two_pages=False),
    Button("remove", "/intakes/{number}/documents", on_documents("remove")),
    Button("replace", "/intakes/{number}/documents", on_documents("replace", **{f"page_{DOCUMENT}_1": NEW})),
    Button("continue", "/intakes/{number}/documents", gone_on),
    Button("refuse acceptance", "/intakes/{number}/refuse", refused),
    Button("choose the certificate", "/intakes/{number}/certificate", certificate),
    Button("send", "/intakes/{number}/sign", sent),
    Button("scan a receipt", "/hand-over", receipt_scanned),
    Button("hand over", "/hand-over/{number}", handed_over),
    Button("call the next", "/queue/next", next_called),
    Button("call again", "/queue/again", of_the_called("again"), on_two_pages=False),
    Button("did not come", "/queue/no-show", of_the_called("no-show", late=True)),
    Button("finish", "/queue/finish", of_the_called("finish")),
    Button("make a register", "/registers", register_made),
    Button("scan a package", "/registers/{register}/scan", of_a_register("scan", code="the first")),
    Button(
        "take a scan back",
        "/registers/{register}/unscan",
        of_a_register("unscan", after_scan=True, package="the first"),
    ),
    Button("close a register", "/registers/{register}/close", of_a_register("close", missing_confirmed="yes")),
    Button(
        "take a ticket",
        "/hall/{department}",
        on(f"/hall/{HERE}", f"/hall/{HERE}", service=CERTIFICATE),
        on_two_pages=False,
    ),
)
IN_THE_SAMPLE = ("begin", "hand over")
each = pytest.mark.parametrize(
    "button",
    [pytest.param(one, id=one.what, marks=() if one.what in IN_THE_SAMPLE else pytest.mark.full) for one in BUTTONS],
)


async def measured(windows: Windows) -> dict[str, int]:
    """How many rows each table has, and what the number of rows does not tell."""
    database = windows.hall.store.database
    counts = {
        table: await database.fetchval(f"SELECT count(*) FROM {table}")
        for table in await tables(windows.hall.store)
        if table not in SHARED
    }
    others = {name: await database.fetchval(asked) for name, asked in COUNTED.items()}
    return {**counts, **others, "sent": len(windows.hall.sent.sent)}


async def effect(windows: Windows, sending: Awaitable[None]) -> dict[str, int]:
    before = await measured(windows)
    await sending
    after = await measured(windows)
    return {name: after[name] - before[name] for name in after if after[name] != before[name]}


async def opened(windows: Windows, press: Press) -> dict[str, Any]:
    """Open the page and fill its form in; what is returned can be sent as often as one likes."""
    window = await windows.window(await windows.operator())
    await window.get(press.page)
    assert window.status == 200, window.page
    return {**window.form(press.action), **press.fields}


async def sent_once(window: Browser, press: Press, form: Mapping[str, Any]) -> tuple[int, str]:
    """Send a form and return the status and the address of the page that follows."""
    data = FormData()
    for name, value in form.items():
        if isinstance(value, tuple):
            file_name, content, media_type = value
            data.add_field(name, io.BytesIO(content), filename=file_name, content_type=media_type)
        else:
            data.add_field(name, value)
    async with window.client.post(press.pressed or press.action, data=data) as answer:
        await answer.read()
        return answer.status, answer.url.path


@each
async def test_pressed_twice_it_happens_once_and_both_answers_are_the_same(windows: Windows, button: Button) -> None:
    window = await windows.window(await windows.operator())
    answers: list[tuple[int, str]] = []

    async def press(times: int, *, at_once: bool = False, pages: int = 1) -> None:
        answers.clear()
        forms = [await opened(windows, shown) for _ in range(pages)] * times
        sending = [sent_once(window, shown, form) for form in forms]
        answers.extend(await asyncio.gather(*sending) if at_once else [await one for one in sending])

    shown = await button.shown(windows)
    once = await effect(windows, press(1))
    assert once, "the button has no effect"
    assert answers[0][0] == 200, answers
    shown = await button.shown(windows)
    assert await effect(windows, press(2)) == once
    assert len(set(answers)) == 1
    shown = await button.shown(windows)
    assert await effect(windows, press(2, at_once=True)) == once
    assert len(set(answers)) == 1
    if button.on_two_pages:
        shown = await button.shown(windows)
        assert await effect(windows, press(1, at_once=True, pages=2)) == once
        assert {status for status, _ in answers} <= {200, 400, 409}


async def test_no_button_of_the_site_is_left_out(windows: Windows) -> None:
    routes = {
        route.resource.canonical for route in windows.app.router.routes() if route.method == "POST" and route.resource
    }
    assert routes == {one.route for one in BUTTONS} | WITHOUT_EFFECT
