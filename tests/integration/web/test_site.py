import asyncio
import io
import re

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer

from gateway.texts import Language, Text
from gateway.web import pages
from gateway.web.csrf import form_of
from gateway.web.forms import MIB, FormErrors, FormLimits, accepts
from gateway.web.once import PostgresOnce, once
from gateway.web.pages import redirect, render
from gateway.web.sessions import MemorySessions, session_of
from gateway.web.signing import Ncalayer
from gateway.web.site import SiteSettings, make_site
from gateway.web.translation import gettext as _

PAGE = """{% extends "layout.html" %}
{% from "macros/form.html" import number_input, submit_button, file_input, password_input, date_field %}
{% from "macros/page.html" import act_notice, timeline, answers, back_link, warning, document %}
{% from "macros/signing.html" import choose_certificate, sign_xml, signing_scripts %}
{% block title %}{{ _("Sign and send") }}{% endblock %}
{% block before %}{{ back_link("/") }}{% endblock %}
{% block content %}
{{ act_notice("x") }}{{ warning("w") }}{{ document("<a>", "d") }}
{{ answers([{"key": "k", "value": "v", "href": "/x"}]) }}
<form method="post" action="/send" novalidate>{{ csrf_field() }}{{ once_field() }}
{{ number_input("iin", "IIN", values.iin, errors) }}{{ password_input("password", "P", errors) }}
{{ date_field("day", "D") }}
{{ file_input("file", "F", errors) }}{{ submit_button("Go") }}</form>
{{ choose_certificate("/certificate") }}{{ sign_xml("/sign", "<a>ә</a>", iin="900101100015", serial="AB") }}
{% endblock %}
{% block scripts %}{{ signing_scripts() }}{% endblock %}
"""


class Handlers:
    def __init__(self):
        self.sent = []
        self.slow = asyncio.Event()
        self.slow.set()
        self.waiting, self.free = asyncio.Event(), asyncio.Event()

    async def show(self, request):
        return render(request, "page.html", values={})

    @once
    async def send(self, request):
        form = form_of(request)
        errors = FormErrors()
        if form.get("iin") != "900101100015":
            errors.add("iin", Text("ЖСН қате", "Неверный ИИН", "Wrong IIN"))
            return render(request, "page.html", values=form.values(), errors=errors)
        await self.slow.wait()
        self.sent.append(form.get("iin"))
        session_of(request).flash(Text("Жіберілді", "Отправлено", "Sent"))
        return redirect(f"/done/{len(self.sent)}")

    @accepts(FormLimits(max_files=2, max_file_bytes=1000))
    async def attach(self, request):
        return web.json_response(
            [[one.file_name, one.media_type, one.size, one.too_large] for one in form_of(request).uploads("file")]
        )

    async def sign_in(self, request):
        session_of(request).sign_in("17", role="clerk")
        return redirect("/")

    async def sign_out(self, request):
        session_of(request).sign_out()
        return redirect("/")

    async def linger(self, request):
        session = session_of(request)
        self.waiting.set()
        await self.free.wait()
        session["lingered"] = True
        return web.Response()

    async def remember(self, request):
        session_of(request)["locked"] = True
        return web.Response()

    async def who(self, request):
        return web.json_response({"account": session_of(request).account})

    async def fail(self, request):
        raise RuntimeError(f"secret {_('Back')}")


@pytest.fixture
def handlers():
    return Handlers()


@pytest.fixture
def sessions():
    return MemorySessions()


@pytest.fixture
async def make(handlers, sessions, monkeypatch, tmp_path):
    clients = []
    template_folder = tmp_path / "templates"
    template_folder.mkdir()
    (template_folder / "page.html").write_text(PAGE, "utf-8")
    monkeypatch.setattr(pages, "TEMPLATES", [pages.TEMPLATES, template_folder])

    async def site(guard=None, **changes):
        settings = {
            "key": "portal",
            "name": Text("Портал kk", "Портал ru", "Portal en"),
            "ncalayer": Ncalayer("ws://127.0.0.1:13580", "http://127.0.0.1:13580/window"),
            "machine_paths": ("/machine/",),
        }
        app = make_site(SiteSettings(**settings | changes.pop("settings", {})), sessions=sessions, **changes)
        if guard is not None:
            app.middlewares.append(guard)
        app.router.add_get("/", handlers.show)
        app.router.add_get("/done/{n}", handlers.show)
        app.router.add_post("/send", handlers.send)
        app.router.add_post("/attach", handlers.attach)
        app.router.add_post("/sign-in", handlers.sign_in)
        app.router.add_post("/sign-out", handlers.sign_out)
        app.router.add_get("/who", handlers.who)
        app.router.add_get("/linger", handlers.linger)
        app.router.add_get("/remember", handlers.remember)
        app.router.add_get("/fail", handlers.fail)
        app.router.add_post("/machine/push", handlers.who)
        client = TestClient(TestServer(app))
        await client.start_server()
        clients.append(client)
        return client

    yield site
    for client in clients:
        await client.close()


@pytest.fixture
async def site(make):
    return await make()


async def fields(site, path="/"):
    async with site.get(path) as answer:
        text = await answer.text()
    found = dict(re.findall(r'name="(_csrf|_once)" value="([^"]+)"', text.split("/send", 1)[1].split("</form>")[0]))
    return {"_csrf": found["_csrf"], "_once": found["_once"]}


@pytest.mark.parametrize("language", list(Language))
async def test_a_page_speaks_the_chosen_language_and_remembers_it(site, language):
    async with site.get("/", params={"lang": language.value}) as answer:
        assert answer.headers["Content-Language"] == language.value
    async with site.get("/") as answer:
        text = await answer.text()
    assert f'<html lang="{language.value}"' in text
    assert f"Портал {language}" in text or "Portal en" in text


async def test_kazakh_is_the_default_and_no_english_is_left_in_it(site):
    async with site.get("/") as answer:
        text = re.sub(r"<(script|style|template data-x).*?</\1>", "", await answer.text(), flags=re.DOTALL)
    words = " ".join(re.findall(r">([^<>]+)<", text))
    left = set(re.findall(r"[A-Za-z]{4,}", words)) - {"NCALayer", "English", "JavaScript", "qyzmet"}
    assert left == set()
    assert "СИМУЛЯЦИЯ" in words


async def test_the_banner_of_simulation_stands_on_error_pages_too_and_can_be_absent(make, site):
    async with site.get("/nowhere") as answer:
        assert answer.status == 404
        assert "qz-simulation" in await answer.text()
    real = await make(settings={"simulation": False})
    async with real.get("/nowhere") as answer:
        assert "qz-simulation" not in await answer.text()


async def test_every_answer_binds_the_browser(site):
    for path in ("/", "/nowhere", "/fail", "/static/qyzmet.css"):
        async with site.get(path) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "connect-src 'self' ws://127.0.0.1:13580;" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "Server" not in answer.headers or "aiohttp" not in answer.headers["Server"]


@pytest.mark.parametrize(
    "path", ["../site.py", "..%2fsite.py", "%2e%2e/site.py", "vendor", ".hidden", "/etc/passwd", "x%00"]
)
async def test_nothing_outside_the_static_folder_is_served(site, path):
    async with site.get(f"/static/{path}", allow_redirects=False) as answer:
        assert answer.status in {400, 404}


async def test_the_session_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(make):
    site = await make(settings={"secure": True})
    async with site.get("/") as answer:
        cookie = answer.cookies["__Host-portal-session"]
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]


async def test_a_form_with_its_token_acts_and_the_next_page_says_so_once(site, handlers):
    async with site.post("/send", data={**await fields(site), "iin": "900101100015"}) as answer:
        assert answer.status == 200
        assert str(answer.url.path) == "/done/1"
        assert "Жіберілді" in await answer.text()
    async with site.get("/") as answer:
        assert "Жіберілді" not in await answer.text()
    assert handlers.sent == ["900101100015"]


@pytest.mark.parametrize(
    ("change", "headers"),
    [
        ({"_csrf": ""}, {}),
        ({"_csrf": "x" * 43}, {}),
        ({}, {"Origin": "http://evil.example"}),
        ({}, {"Origin": "null"}),
        ({}, {"Referer": "http://evil.example/page"}),
        ({}, {"Sec-Fetch-Site": "cross-site"}),
        ({}, {"Sec-Fetch-Site": "same-site"}),
    ],
)
async def test_a_form_of_another_site_changes_nothing(site, handlers, change, headers):
    data = {**await fields(site), "iin": "900101100015", **change}
    async with site.post("/send", data=data, headers=headers) as answer:
        assert answer.status == 403
        assert "Нысан ескірген" in await answer.text()
    assert handlers.sent == []


async def test_a_token_of_another_session_is_worth_nothing(site, make, handlers):
    theirs = await fields(await make())
    await fields(site)
    async with site.post("/send", data={**theirs, "iin": "900101100015"}) as answer:
        assert answer.status == 403
    assert handlers.sent == []


async def test_a_double_click_acts_once_and_both_get_the_same_answer(site, handlers):
    data = {**await fields(site), "iin": "900101100015"}
    handlers.slow.clear()
    first = asyncio.create_task(site.post("/send", data=data, allow_redirects=False))
    second = asyncio.create_task(site.post("/send", data=data, allow_redirects=False))
    await asyncio.sleep(0.2)
    handlers.slow.set()
    answers = await asyncio.gather(first, second)
    assert [answer.headers["Location"] for answer in answers] == ["/done/1", "/done/1"]
    assert handlers.sent == ["900101100015"]


async def test_a_form_with_errors_can_be_sent_again_with_the_same_token(site, handlers):
    data = await fields(site)
    async with site.post("/send", data={**data, "iin": "<b>1"}) as answer:
        text = await answer.text()
        assert answer.status == 400
        assert "<title>Қате: " in text
        assert 'href="#iin"' in text
        assert 'data-module="govuk-error-summary"' in text
        assert 'value="&lt;b&gt;1"' in text
    async with site.post("/send", data={**data, "iin": "900101100015"}) as answer:
        assert answer.url.path == "/done/1"


async def test_a_form_that_a_guard_turned_away_can_be_sent_again_with_the_same_token(make, handlers):
    guarded = [True]

    @web.middleware
    async def guard(request, handler):
        return redirect("/") if guarded[0] and request.method == "POST" else await handler(request)

    site = await make(guard=guard)
    data = {**await fields(site), "iin": "900101100015"}
    async with site.post("/send", data=data, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/"
    assert handlers.sent == []
    guarded[0] = False
    async with site.post("/send", data=data) as answer:
        assert answer.url.path == "/done/1"
    guarded[0] = True
    async with site.post("/send", data=data, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/"


async def test_tokens_in_postgresql_act_once_for_two_processes(make, new_store, handlers):
    store = await new_store("channels", "gateway/web/sql/form_once.sql")
    one, two = [await make(once=PostgresOnce(store.database)) for _number in range(2)]
    data = {**await fields(one), "iin": "900101100015"}
    two.session.cookie_jar.update_cookies(one.session.cookie_jar.filter_cookies(one.make_url("/")), two.make_url("/"))
    answers = await asyncio.gather(*(each.post("/send", data=data, allow_redirects=False) for each in (one, two, one)))
    assert {answer.headers.get("Location") for answer in answers} == {"/done/1"}
    assert handlers.sent == ["900101100015"]


async def test_signing_in_changes_the_key_and_signing_out_ends_the_session(site, sessions):
    data = await fields(site)
    before = set(sessions.rows)
    async with site.post("/sign-in", data=data, allow_redirects=False) as answer:
        assert answer.status == 303
    assert not before & set(sessions.rows)
    async with site.get("/who") as answer:
        assert await answer.json() == {"account": "17"}
    kept = site.session.cookie_jar.filter_cookies(site.make_url("/"))["portal-session"].value
    async with site.post("/sign-out", data=await fields(site), allow_redirects=False) as answer:
        assert answer.status == 303
    async with site.get("/who", cookies={"portal-session": kept}) as answer:
        assert await answer.json() == {"account": None}


async def test_a_session_that_was_ended_meanwhile_is_not_brought_back(site, sessions):
    await site.post("/sign-in", data=await fields(site))
    (digest,) = sessions.rows
    await sessions.change("another", {}, (), expires_at=sessions.rows[digest][2])
    assert set(sessions.rows) == {digest}


async def test_a_slow_request_does_not_take_back_what_another_wrote_meanwhile(site, sessions, handlers):
    await site.post("/sign-in", data=await fields(site))
    slow = asyncio.create_task(site.get("/linger"))
    await handlers.waiting.wait()
    async with site.get("/remember") as answer:
        assert answer.status == 200
    handlers.free.set()
    assert (await slow).status == 200
    ((data, _, _),) = sessions.rows.values()
    assert (data["lingered"], data["locked"], data["role"]) == (True, True, "clerk")


@pytest.mark.parametrize("cookie", ["x", "a" * 43, "ә" * 10, "a" * 5000])
async def test_a_made_up_session_is_nobodys(site, cookie):
    async with site.get("/who", headers={"Cookie": f"portal-session={cookie}"}) as answer:
        assert answer.status == 200
        assert await answer.json() == {"account": None}


def upload(guards, *files):
    body = FormData(quote_fields=False)
    for name, value in guards.items():
        body.add_field(name, value, content_type="text/plain")
    for name, content in files:
        body.add_field("file", io.BytesIO(content), filename=name, content_type="application/pdf")
    return body


async def test_files_are_read_and_a_large_one_is_named(site):
    body = upload(await fields(site), ("а.pdf", b"x" * 1000), ("b.pdf", b"x" * 1001))
    async with site.post("/attach", data=body) as answer:
        assert await answer.json() == [
            ["а.pdf", "application/pdf", 1000, False],
            ["b.pdf", "application/pdf", 0, True],
        ]


async def test_a_form_that_is_too_large_is_refused_before_it_is_read(site, handlers):
    guards = await fields(site)
    for body in (upload(guards, *[("a.pdf", b"x")] * 3), upload(guards, ("a.pdf", b"x" * 2 * MIB))):
        async with site.post("/attach", data=body) as answer:
            assert answer.status == 413
            assert "Деректер тым үлкен" in await answer.text()
    large = io.BytesIO(b"iin=" + b"1" * MIB)
    async with site.post("/send", data=large, headers={"Content-Type": "application/x-www-form-urlencoded"}) as answer:
        assert answer.status == 413
    async with site.post("/send", data=upload(guards, ("a.pdf", b"x"))) as answer:
        assert answer.status == 413


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("multipart/form-data; boundary=x", b"garbage", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\nno name\r\n--x--\r\n", 400),
        ("multipart/form-data", b"--x", 400),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--\r\n',
            400,
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\n",
            400,
        ),
        ("application/x-www-form-urlencoded", b"\xff\xfe", 400),
        ("application/x-www-form-urlencoded", b"a=%FF", 400),
        ("application/x-www-form-urlencoded", b"a=%00", 400),
        ("application/x-www-form-urlencoded", b"&".join([b"a=1"] * 101), 400),
        ("text/xml", b"<a/>", 415),
        ("application/json", b"{}", 403),
    ],
)
async def test_a_malformed_form_gets_an_answer_and_changes_nothing(site, handlers, content_type, body, status):
    await fields(site)
    async with site.post("/send", data=body, headers={"Content-Type": content_type}) as answer:
        assert answer.status == status
    assert handlers.sent == []


async def test_a_body_that_does_not_arrive_is_not_waited_for(site, handlers):
    Handlers.attach.__qyzmet_form_limits__ = FormLimits(max_files=1, seconds=0.2)

    async def slow():
        yield b"a=1"
        await asyncio.sleep(2)
        yield b"&b=2"

    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        async with site.post("/attach", data=slow(), headers=headers) as answer:
            assert answer.status == 408
    finally:
        Handlers.attach.__qyzmet_form_limits__ = FormLimits(max_files=2, max_file_bytes=1000)


async def test_a_failure_says_what_happened_and_nothing_of_the_inside(site):
    async with site.get("/fail", params={"lang": "ru"}) as answer:
        text = await answer.text()
        assert answer.status == 500
        assert "В системе произошла ошибка" in text
        assert "Ничего не изменилось" in text
        assert "secret" not in text
        assert answer.headers["X-Request-Id"] in text


async def test_a_program_gets_the_same_failure_as_json(site):
    async with site.get("/nowhere", headers={"Accept": "application/json"}) as answer:
        error = (await answer.json())["error"]
        assert error["code"] == "not-found"
        assert set(error) == {"code", "status", "title", "what", "kept", "advice", "request"}


async def test_a_wrong_method_names_the_right_ones(site):
    async with site.get("/send") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "POST"


async def test_programs_reach_their_paths_without_session_or_token(site):
    async with site.post("/machine/push", data=b"<soap/>", headers={"Content-Type": "text/xml"}) as answer:
        assert answer.status == 200
        assert "Set-Cookie" not in answer.headers


async def test_a_store_of_sessions_that_fails_gives_a_page_not_a_trace(make, monkeypatch, sessions):
    async def broken(_digest):
        raise ConnectionError("database")

    monkeypatch.setattr(sessions, "load", broken)
    site = await make()
    async with site.get("/who", headers={"Cookie": f"portal-session={'a' * 43}"}) as answer:
        assert answer.status == 500
        assert "Жүйеде қате туындады" in await answer.text()


async def test_the_signing_forms_carry_what_the_browsers_half_needs(site):
    async with site.get("/") as answer:
        text = await answer.text()
    assert 'data-signing="certificate"' in text
    assert 'data-signing="xml"' in text
    assert 'data-url="ws://127.0.0.1:13580"' in text
    assert 'data-window-url="http://127.0.0.1:13580/window"' in text
    assert 'data-document="PGE+05k8L2E+"' in text
    assert "&#34;iin&#34;: &#34;900101100015&#34;" in text
    assert "24680" not in text
    assert "noscript" in text
