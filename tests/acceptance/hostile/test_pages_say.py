"""What every page says, the worst ones too: in its language, that it is a simulation, what was kept, what to do."""

import json
import re

import pytest
from lxml import html

from gateway.web.refusals import BadRequest, FormOutdated, MethodNotAllowed, NotFound, TooLarge, UnsupportedMedia
from tests.acceptance.hostile.cast import ALMATY, KARAGANDA, VICTIM, official, signed_in
from tests.acceptance.hostile.routes import filled, routes_of
from tests.acceptance.hostile.visitor import FORM, Visitor

LANGUAGES = ["kk", "ru", "en"]
BANNER = {"kk": "СИМУЛЯЦИЯ", "ru": "СИМУЛЯЦИЯ", "en": "SIMULATION"}
REPEALED = {"kk": "күшін жой", "ru": "утратил силу", "en": "repealed"}


def words(answer):
    document = html.document_fromstring(answer.body.decode())
    return " ".join(document.text_content().split()), document


def says_that_it_is_a_simulation(answer, language):
    text, document = words(answer)
    assert document.get("lang") == language
    (banner,) = document.xpath("//*[contains(concat(' ', @class, ' '), ' qz-simulation ')]")
    assert BANNER[language] in banner.text_content().upper()
    return text


FAILURES = [
    (NotFound, "GET /nowhere", (), b""),
    (MethodNotAllowed, "PUT /sign-in", (), b""),
    (FormOutdated, "POST /sign-in", (f"Content-Type: {FORM}",), b"a=b"),
    (UnsupportedMedia, "POST /sign-in", ("Content-Type: text/plain",), b"x"),
    (TooLarge, "POST /sign-in", (f"Content-Type: {FORM}",), b"a" * 2_000_000),
    (BadRequest, "POST /sign-in", (f"Content-Type: {FORM}",), b"a=%ff"),
]


@pytest.mark.parametrize("site", ["portal", "desk"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_error_says_what_happened_what_was_kept_and_what_to_do(country, site, language):
    for kind, line, headers, body in FAILURES:
        if site == "desk" and kind is NotFound:
            continue  # strangers are led to the sign-in page
        request = country.request(site, line, f"Cookie: lang={language}", *headers, body=body)
        answer = await country.raw(site, request)
        assert answer.status == kind.status
        assert answer.header("Content-Language") == language
        text = says_that_it_is_a_simulation(answer, language)
        for part in (kind.title, kind.what, kind.kept, kind.advice):
            assert getattr(part, language) in text, (kind, part)
        assert kind.code in text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_program_is_told_the_same_as_json(country, language):
    for line in ("GET /nowhere", "PUT /sign-in", "POST /sign-in"):
        request = country.request("portal", line, "Accept: application/json", f"Cookie: lang={language}")
        answer = await country.raw("portal", request)
        error = json.loads(answer.body)["error"]
        assert set(error) == {"code", "status", "title", "what", "kept", "advice", "request"}
        assert error["status"] == answer.status


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_of_the_portal_says_that_it_is_a_simulation(country, scene, language):
    async with signed_in(country, VICTIM) as victim:
        one = Visitor.behind(country, "portal", victim.browser)
        seen = 0
        for number in (scene.issued, scene.ready):
            for address in routes_of("portal", "GET"):
                path = filled(address, number=number, service=KARAGANDA, document="x")
                answer = await one.get(f"{path}?lang={language}")
                if answer.header("Content-Type").startswith("text/html"):
                    says_that_it_is_a_simulation(answer, language)
                    seen += 1
        assert seen >= 20


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_of_the_desk_says_that_it_is_a_simulation(country, scene, language):
    async with official(country, "almaty-head") as head:
        one = Visitor.behind(country, "desk", head.browser)
        seen = 0
        for address in routes_of("desk", "GET"):
            answer = await one.get(f"{filled(address, number=scene.at_sign)}?lang={language}")
            if answer.header("Content-Type").startswith("text/html"):
                says_that_it_is_a_simulation(answer, language)
                seen += 1
        assert seen >= 5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", [KARAGANDA, ALMATY])
async def test_the_page_of_a_service_says_that_its_act_is_repealed(country, service, language):
    answer = await country.raw("portal", country.request("portal", f"GET /services/{service}?lang={language}"))
    text = says_that_it_is_a_simulation(answer, language)
    assert REPEALED[language] in text.casefold()


async def test_what_a_page_repeats_of_the_request_is_text(country):
    sharp = "%22'%3E%3Csvg/onload=alert(1)%3E%7B%7B7*7%7D%7D"
    for path in (
        f"/verify?number={sharp}&d={sharp}",
        f"/sign-in?next={sharp}",
        f"/services?lang={sharp}&x={sharp}",
        f"/{sharp}",
    ):
        answer = await country.raw("portal", country.request("portal", f"GET {path}"))
        assert "<svg" not in answer.text
        assert "49" not in re.findall(r">([^<>]*)<", answer.text)
