"""What binds the browser: tokens, origins, cookies, headers, addresses to return to, files."""

import re

import pytest

from simulators.participants import APPLICANT_PASSWORD
from simulators.population.cast import PEOPLE
from tests.acceptance.hostile.cast import INTRUDER, KARAGANDA, OPERATOR, VICTIM, official, operator, signed_in
from tests.acceptance.hostile.routes import filled, routes_of
from tests.acceptance.hostile.visitor import Visitor, visitor

SITES = ["portal", "desk", "arm"]
WHO = {"portal": INTRUDER, "desk": "almaty-clerk", "arm": OPERATOR}
"""Who signs in where nothing depends on what they have."""
INSIDE = {"portal": "/cabinet", "desk": "/cases", "arm": "/queue"}
FOREIGN = [
    {"Origin": "http://evil.test"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1"},
    {"Origin": "http://127.0.0.1:1"},
    {"Referer": "http://evil.test/x"},
    {"Referer": "https://127.0.0.1/"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.fixture
def insider(country, request):
    """Somebody signed in at a site, the fields of an address that is theirs, and a page with a form."""
    site = request.param
    if site == "arm":
        number = request.getfixturevalue("windows").draft
        page, person = f"/intakes/{number}/documents", operator(country, OPERATOR)
    elif site == "desk":
        number = request.getfixturevalue("scene").at_sign
        page, person = f"/cases/{number}/sign", official(country, "almaty-head")
    else:
        number = request.getfixturevalue("scene").ready
        page, person = f"/applications/{number}/sign", signed_in(country, VICTIM)
    others = {"department": "karaganda-corporation", "register": "75142300000001", "day": "2026-03-02"}
    return site, person, {"number": number, "service": KARAGANDA, **others}, page


@pytest.mark.parametrize("insider", SITES, indirect=True)
async def test_no_form_is_taken_without_the_sessions_own_token(country, insider):
    site, person, fields, _ = insider
    async with person as signed, visitor(country, site) as stranger, country.unchanged():
        one = Visitor.behind(country, site, signed.browser)
        addresses = routes_of(site, "POST")
        assert len(addresses) >= 10
        for address in addresses:
            path = filled(address, **fields)
            for token in ("", "x" * 43, stranger.token, one.cookies.split("=", 1)[1]):
                answer = await one.send("POST", path, data={"_csrf": token, "_once": "y" * 32})
                assert answer.status == 403, (path, token)
                assert "form-outdated" in answer.text


@pytest.mark.parametrize("insider", SITES, indirect=True)
async def test_no_form_of_another_origin_is_taken_even_with_the_token(country, insider):
    site, person, fields, page = insider
    async with person as signed, country.unchanged():
        one = Visitor.behind(country, site, signed.browser)
        await one.look(page)
        assert one.token
        for address in routes_of(site, "POST"):
            for headers in FOREIGN:
                path = filled(address, **fields)
                data = {"_csrf": one.token, "_once": one.once}
                answer = await one.send("POST", path, data=data, headers=headers)
                assert answer.status == 403, (path, headers)


def _credentials(site):
    iin = str(PEOPLE[WHO[site]].iin)
    return {"number": iin, "iin": iin, "password": APPLICANT_PASSWORD, "window": "1"}


async def test_the_token_is_not_to_be_had_in_an_address(country):
    async with visitor(country) as one:
        answer = await one.send("POST", f"/sign-in?_csrf={one.token}", data={"number": "1", "password": "x"})
        assert answer.status == 403


@pytest.mark.parametrize("site", SITES)
async def test_a_session_that_was_planted_is_worth_nothing_after_signing_in(country, scene, site):
    async with visitor(country, site) as one:
        planted = one.cookies
        token = one.token
        answer = await one.post("/sign-in", _credentials(site))
        assert answer.status == 303
        assert one.cookies != planted
        inside = INSIDE[site]
        assert (await one.get(inside)).status == 200
        with_planted = await country.raw(site, country.request(site, f"GET {inside}", f"Cookie: {planted}"))
        assert with_planted.status == 303
        before = one.token
        await one.look(inside)
        assert one.token not in {token, before}


@pytest.mark.parametrize("site", SITES)
async def test_a_key_of_the_attackers_choice_never_becomes_a_session(country, site):
    chosen = "A" * 43
    answer = await country.raw(site, country.request(site, "GET /sign-in", f"Cookie: {site}-session={chosen}"))
    assert chosen not in answer.header("Set-Cookie")
    assert re.search(rf"{site}-session=[\w-]{{43}};", answer.head)


@pytest.mark.parametrize("site", SITES)
async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(country, site):
    answer = await country.raw(site, country.request(site, "GET /sign-in?lang=ru"))
    cookies = re.findall(r"(?im)^set-cookie: (.*?)\r?$", answer.head)
    assert {cookie.split("=")[0] for cookie in cookies} == {f"{site}-session", "lang"}
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(
    "path", ["/sign-in", "/nowhere", "/static/qyzmet.css", "/favicon.ico", "/shep/push", "/static/../x"]
)
async def test_every_answer_binds_the_browser(country, site, path):
    answer = await country.raw(site, country.request(site, f"GET {path}"))
    policy = dict(one.strip().partition(" ")[::2] for one in answer.header("Content-Security-Policy").split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"].split() == ["'self'", f"ws://127.0.0.1:{country.port('ncalayer_plain')}"]
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert answer.header("X-Content-Type-Options") == "nosniff"
    assert answer.header("X-Frame-Options") == "DENY"
    assert answer.header("Referrer-Policy") == "same-origin"
    assert answer.header("Cross-Origin-Opener-Policy") == "same-origin"
    assert answer.header("Access-Control-Allow-Origin") == ""
    assert "aiohttp" not in answer.header("Server").lower()
    assert "ython" not in answer.header("Server")


ELSEWHERE = [
    "//evil.test",
    "/\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "\t//evil.test",
    "/%09/evil.test",
    "https://evil.test",
    "javascript:alert(1)",
    "/\u2028/evil.test",
    "/ /evil.test",
    "evil.test",
    "/\r\nSet-Cookie: a=b",
]


@pytest.mark.parametrize("site", SITES)
async def test_signing_in_never_leads_out_of_the_site(country, scene, site):
    for address in ELSEWHERE:
        await country.forgive()
        async with visitor(country, site) as one:
            answer = await one.post("/sign-in", {**_credentials(site), "next": address})
            assert answer.status == 303
            assert answer.header("Location") in {"/", "/cabinet", "/%09/evil.test"}, address
            assert "Set-Cookie: a=b" not in answer.head
    # A per cent sign stays one: the browser does not take it for a tab.


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(
    "path",
    [
        "/static/../site.py",
        "/static/..%2fsite.py",
        "/static/%2e%2e/site.py",
        "/static/....//site.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static/vendor",
        "/static/x%00.css",
        "/static/" + "a/" * 3000,
        "/static/.gitignore",
        "/static/..\\site.py",
    ],
)
async def test_nothing_but_static_files_is_served_as_one(country, site, path):
    answer = await country.raw(site, country.request(site, f"GET {path}"))
    assert answer.status in {400, 404}
    assert "import " not in answer.text
    assert "root:" not in answer.text


@pytest.mark.parametrize(("site", "elsewhere"), [(one, two) for one in SITES for two in SITES if one != two])
async def test_no_site_takes_the_session_of_another(country, scene, site, elsewhere):
    """Portal and windows keep their sessions in one table; whose they are is told by the account alone."""
    await country.forgive()
    async with visitor(country, site) as one:
        assert (await one.post("/sign-in", _credentials(site))).status == 303
        key = re.search(rf"{site}-session=([\w-]+)", one.cookies)[1]
        for name in (f"{site}-session", f"{elsewhere}-session"):
            answer = await country.raw(
                elsewhere, country.request(elsewhere, f"GET {INSIDE[elsewhere]}", f"Cookie: {name}={key}")
            )
            assert answer.status == 303, name
            assert answer.header("Location").startswith("/sign-in")
