"""The windows of the State Corporation: who may not be there, and whoever sits there with what is another's.

The addresses are read off the site itself. Tokens, origins, cookies and headers are attacked with those of the other
sites in test_browser_guards.py, bad input in tests/integration/bad_input.
"""

import asyncio

import pytest

from simulators.participants import OPERATOR_PASSWORD
from tests.acceptance.hostile.cast import COLLEAGUE, ELSEWHERE, OPERATOR, VICTIM, operator
from tests.acceptance.hostile.routes import acting_once, filled, routes_of
from tests.acceptance.hostile.test_other_peoples_things import told_of
from tests.acceptance.hostile.visitor import FORM, Visitor, visitor

FIELDS = {
    "department": "karaganda-corporation",
    "register": "75142300000001",
    "document": "identity-document",
    "ordinal": "1",
    "id": "1",
    "name": "arm.css",
}
OPEN = ("/sign-in", "/hall", "/board", "/static/", "/favicon.ico")
"""What anybody may open: the way in, the hall with its tickets, the call screen, what pages are made of."""
ONCE = "y" * 32
SUPERVISORS = {"/overview"}
FILLED = {
    "code": "73000000000017",
    "to": "applicant",
    "identity_kind": "identity-card",
    "identity_number": "880101100127",
    "signed": "yes",
    "certificate": "x",
    "do": "go",
    "service": "unemployed-certificate",
    "package": "73000000000017",
    "courier": "x",
    "office": "karaganda-employment",
    "ticket": "1",
    "version": "0",
    "consent_given": "true",
    "applicant_number": "880101100127",
    "missing_confirmed": "yes",
}
"""What any of the forms asks for."""


def addresses(method, number, *, of_number=False):
    """Return every address of the site, or those of an application alone."""
    routes = [one for one in routes_of("arm", method) if not of_number or "{number}" in one]
    return [filled(one, number=number, **FIELDS) for one in routes]


async def tried(one, method, path, **fields):
    """Ask for a page, or send its form with the session's own token; what is typed is kept as a program sends it."""
    if method == "GET":
        return await one.get(path)
    if path.endswith("/typed"):
        headers = {"X-CSRF-Token": one.token, "Origin": one.country.at("arm"), "Content-Type": "application/json"}
        return await one.send("POST", path, data=b'{"version": 0, "typed": {"phone": "x"}}', headers=headers)
    one.once = ONCE
    return await one.post(path, {**FILLED, **fields})


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_stranger_is_sent_to_the_sign_in_page_by_every_address(country, windows, method):
    async with visitor(country, "arm") as one, country.unchanged():
        closed = 0
        for number in (windows.accepted, windows.draft):
            for path in addresses(method, number):
                if path.startswith(OPEN):
                    continue
                answer = await tried(one, method, path)
                assert answer.status == 303, path
                assert answer.header("Location").startswith("/sign-in"), path
                closed += 1
        assert closed >= 40


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_another_departments_application_is_neither_shown_nor_touched(country, windows, method):
    async with operator(country, ELSEWHERE) as stranger, country.unchanged():
        one = Visitor.behind(country, "arm", stranger.browser)
        await one.look("/queue")
        for number in (windows.accepted, windows.draft):
            paths = addresses(method, number, of_number=True)
            assert len(paths) >= 12
            for path in paths:
                answer = await tried(one, method, path, code=number)
                assert answer.status in {400, 404, 409}, path
                assert told_of(VICTIM, answer.text) == [], path
            for path in ("/find", "/hand-over"):
                answer = await tried(one, "POST", path, code=number)
                assert answer.status == 400, path
                assert told_of(VICTIM, answer.text) == []


@pytest.mark.full
async def test_lists_and_searches_of_another_department_name_nobody_of_this_one(country, windows):
    async with operator(country, ELSEWHERE) as stranger, country.unchanged():
        one = Visitor.behind(country, "arm", stranger.browser)
        await one.look("/queue")
        for path in ("/", "/hand-over", "/registers", "/queue"):
            answer = await one.get(path)
            assert answer.status == 200
            assert told_of(VICTIM, answer.text) == []
            assert windows.accepted not in answer.text
        for code in ("%", "_", "' OR 1=1 --", "73", windows.accepted[:13], "\x00", "٧٣٠٠٠٠٠٠٠٠٠٠٠١"):
            answer = await tried(one, "POST", "/find", code=code)
            assert answer.status == 400, code
            assert told_of(VICTIM, answer.text) == []


async def test_a_colleague_changes_nothing_of_a_draft_that_is_not_taken_over(country, windows):
    async with operator(country, COLLEAGUE) as colleague, country.unchanged():
        one = Visitor.behind(country, "arm", colleague.browser)
        await one.look("/queue")
        for path in addresses("POST", windows.draft, of_number=True):
            if path.endswith("/take-over"):
                continue  # the colleague's to do
            answer = await tried(one, "POST", path, code=windows.draft)
            assert answer.status in {303, 400, 404, 409}, path
            if answer.status == 303:
                assert answer.header("Location") in {f"/intakes/{windows.draft}", f"/hand-over/{windows.draft}"}, path


async def test_the_departments_day_is_the_supervisors(country, windows):
    async with operator(country, OPERATOR) as one, country.unchanged():
        visit = Visitor.behind(country, "arm", one.browser)
        refused = {path for path in addresses("GET", windows.draft) if (await visit.get(path)).status == 403}
        assert refused == SUPERVISORS
    async with operator(country, "karaganda-supervisor") as head:
        for path in SUPERVISORS:
            assert (await Visitor.behind(country, "arm", head.browser).get(path)).status == 200


@pytest.mark.full
async def test_no_form_with_an_effect_is_taken_without_the_token_of_its_showing(country, windows):
    async with operator(country, OPERATOR) as one, country.unchanged():
        visit = Visitor.behind(country, "arm", one.browser)
        await visit.look("/queue")
        paths = [filled(route, number=windows.draft, **FIELDS) for route in acting_once("arm")]
        assert len(paths) >= 15
        for path in paths:
            for token in ("", "x", "y" * 65):
                visit.once = token
                assert (await visit.post(path, FILLED)).status == 400, (path, token)


@pytest.mark.full
async def test_a_locked_screen_opens_no_address_and_takes_nothing_in(country, windows):
    async with operator(country, OPERATOR) as one:
        visit = Visitor.behind(country, "arm", one.browser)
        await visit.look(f"/intakes/{windows.draft}/documents")
        assert (await visit.post("/lock", {"next": "/"})).status == 303
        async with country.unchanged():
            for method in ("GET", "POST"):
                for path in addresses(method, windows.draft):
                    if path.startswith((*OPEN, "/locked", "/sign-out")):
                        continue
                    answer = await tried(visit, method, path)
                    assert answer.status in {303, 423}, path
                    assert answer.status == 423 or answer.header("Location").startswith("/locked"), path
                    assert told_of(VICTIM, answer.text) == []
            page = await visit.look("/locked")
            assert told_of(VICTIM, page.text) == []
            assert (await visit.post("/locked", {"password": "x"})).status == 400
        assert (await visit.post("/locked", {"password": OPERATOR_PASSWORD, "next": "/queue"})).status == 303
        assert (await visit.get("/queue")).status == 200


@pytest.mark.full
async def test_a_body_that_is_too_large_is_not_read(country, windows):
    """Each address is told that far more comes than any form has, and waits for none of it."""
    async with operator(country, OPERATOR) as one, country.unchanged(), country.answering():
        visit = Visitor.behind(country, "arm", one.browser)
        await visit.look("/queue")
        paths = addresses("POST", windows.draft)
        answers = await asyncio.gather(
            *(visit.post_bytes(path, FORM, b"a=b", "Content-Length: 400000000") for path in paths)
        )
        assert {answer.status for answer in answers} == {413}
        for path in paths:
            answer = await visit.post_bytes(path, FORM, b"a=" + b"b" * (2 * 1024 * 1024))
            assert answer.status == 413, path
