"""The signing component of the pages, the unmodified npm client and the window, in a real browser."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import async_playwright, expect

from gateway.clock import ManualClock
from gateway.eds.xmldsig import verify_enveloped
from gateway.texts import Text
from gateway.web import pages
from gateway.web.csrf import form_of
from gateway.web.pages import STATIC, render
from gateway.web.signing import Ncalayer as SigningSettings
from gateway.web.signing import chosen_certificate, signed_document
from gateway.web.site import SiteSettings, make_site
from simulators.ncalayer import Ncalayer, NcalayerSettings
from tests.unit.ncalayer.keys import IIN, NOW, PASSWORD, person_keys, ring

pytestmark = pytest.mark.browser
XML = "<өтініш>\n  <аты>Үміт</аты>\n</өтініш>"
PAGE = """{% extends "layout.html" %}
{% from "macros/form.html" import number_input, submit_button, radio_group, file_input %}
{% from "macros/page.html" import act_notice, timeline, answers, document, warning %}
{% from "macros/signing.html" import choose_certificate, sign_xml, signing_scripts %}
{% block title %}{{ _("Choose the certificate") }}{% endblock %}
{% block content %}
<div class="govuk-grid-row"><div class="govuk-grid-column-two-thirds">
<h1 class="govuk-heading-l">{{ _("Choose the certificate") }}</h1>
{{ act_notice(notice) }}
{{ answers([{"key": "ЖСН", "value": iin, "href": "/"}]) }}
{{ document(xml, _("Important")) }}
{{ timeline(steps) }}
{{ number_input("iin", "ЖСН", "", errors) }}
{{ radio_group("office", "Орган", [("1", "Қарағанды"), ("2", "Алматы")]) }}
{{ file_input("file", "PDF") }}
<h2 class="govuk-heading-m">1</h2>{{ choose_certificate("/certificate") }}
<h2 class="govuk-heading-m">2</h2>{{ sign_xml("/sign", xml, iin=iin, serial=serial) }}
</div></div>
{% endblock %}
{% block scripts %}{{ signing_scripts() }}{% endblock %}
"""


@pytest.fixture
def chromium():
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium on this machine")
    if not (STATIC / "vendor" / "ncalayer-client.js").exists():
        pytest.skip("the front-end files are not installed: `python -m gateway.web.vendor`")
    return found


@contextlib.asynccontextmanager
async def listening(app):
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


class Opened:
    def __init__(self, page, context, received, told):
        self.page = page
        self.context = context
        self.received = received
        self.told = told


@pytest.fixture
async def opened(chromium, tmp_path, monkeypatch):
    (tmp_path / "page.html").write_text(PAGE, "utf-8")
    monkeypatch.setattr(pages, "TEMPLATES", [pages.TEMPLATES, tmp_path])
    received = {}

    async def show(request):
        serial = person_keys()["umit-sign"].key.certificate.serial_hex
        steps = [{"number": "1", "title": "Өтінішті тіркеу", "moment": NOW, "outcome": "Орындалды", "colour": "green"}]
        return render(request, "page.html", xml=XML, iin=IIN, serial=serial, notice="1407", steps=steps)

    async def take(request):
        form = form_of(request)
        received.update(certificate=chosen_certificate(form), signed=signed_document(form))
        return web.Response(text="taken", content_type="text/html")

    allowed = set()
    program = Ncalayer(ring(), NcalayerSettings(frozenset(), plain_port=0), clock=ManualClock(NOW))
    monkeypatch.setattr(program._origins, "_allowed", allowed)
    async with program.running() as addresses:
        settings = SiteSettings(
            key="portal",
            name=Text("Электрондық қызметтер порталы", "Портал электронных услуг", "Portal of electronic services"),
            ncalayer=SigningSettings(addresses.plain, addresses.window, any_chain=True),
        )
        app = make_site(settings)
        app.router.add_get("/", show)
        app.router.add_post("/certificate", take)
        app.router.add_post("/sign", take)
        async with listening(app) as origin, async_playwright() as playwright:
            allowed.add(origin)
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            context = await browser.new_context(base_url=origin)
            page = await context.new_page()
            told = []
            page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
            page.on("request", lambda request: told.append(request.url) if ":24680" in request.url else None)
            await page.goto("/")
            yield Opened(page, context, received, told)
            await browser.close()


async def open_window(opened, form):
    async with opened.context.expect_page() as window:
        await opened.page.locator(f"form[data-signing={form}] [data-signing-start]").click()
    return await window.value


async def picture(page, name):
    if folder := os.environ.get("QYZMET_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


async def test_a_person_chooses_a_certificate_in_the_window(opened):
    window = await open_window(opened, "certificate")
    await window.get_by_text("umit-auth").click()
    await window.get_by_label("Кілттің құпиясөзі").fill("wrong")
    await window.get_by_role("button", name="Таңдау").click()
    await expect(window.get_by_role("alert")).to_contain_text("Құпиясөз қате. Қалған әрекет саны: 2")
    await picture(window, "window-certificate")
    await window.get_by_label("Кілттің құпиясөзі").fill(PASSWORD)
    await window.get_by_role("button", name="Таңдау").click()
    await expect(opened.page.get_by_text("taken")).to_be_visible()
    assert opened.received["certificate"].replace("\r\n", "\n").strip() == (
        person_keys()["umit-auth"].key.certificate.pem.strip()
    )
    assert opened.told == []


async def test_a_person_signs_exactly_what_the_page_asked_for(opened):
    window = await open_window(opened, "xml")
    await expect(window.locator("#origin")).to_have_text(opened.page.url.rstrip("/"))
    await expect(window.locator("#documents pre").first).to_contain_text("<аты>Үміт</аты>")
    await picture(window, "window-sign")
    await window.get_by_label("Кілттің құпиясөзі").fill(PASSWORD)
    await window.get_by_role("button", name="Қол қою").click()
    await expect(opened.page.get_by_text("taken")).to_be_visible()
    (signature,) = verify_enveloped(opened.received["signed"])
    assert signature.covered == XML.encode()
    assert signature.certificate == person_keys()["umit-sign"].key.certificate
    assert opened.told == []


@pytest.mark.full
async def test_cancel_keeps_the_person_on_the_page_with_a_clear_word(opened):
    window = await open_window(opened, "xml")
    await window.get_by_role("button", name="Бас тарту").click()
    status = opened.page.locator("form[data-signing=xml] [data-signing-status]")
    await expect(status).to_contain_text("әрекеттен бас тарттыңыз")
    await expect(opened.page.locator("form[data-signing=xml] [data-signing-start]")).to_be_enabled()
    assert opened.received == {}


@pytest.mark.full
async def test_three_wrong_passwords_are_told_on_the_page(opened):
    window = await open_window(opened, "xml")
    for _try in range(3):
        await window.get_by_label("Кілттің құпиясөзі").fill("wrong")
        await window.get_by_role("button", name="Қол қою").click()
        await expect(window.locator("#password")).to_have_value("" if _try < 2 else "wrong")
    status = opened.page.locator("form[data-signing=xml] [data-signing-status]")
    await expect(status).to_contain_text("Кілттің құпиясөзі қате енгізілді")


@pytest.mark.full
async def test_a_page_that_stops_waiting_takes_its_request_back(opened):
    window = await open_window(opened, "xml")
    await expect(window.locator("#origin")).to_be_visible()
    await opened.page.get_by_role("button", name="Күтуді тоқтату").click()
    await expect(window.locator("#idle")).to_be_visible()
    assert opened.received == {}


@pytest.mark.full
async def test_without_the_program_the_page_says_so(opened):
    await opened.page.evaluate("document.querySelector('[data-signing=xml]').dataset.url = 'ws://127.0.0.1:1'")
    await open_window(opened, "xml")
    status = opened.page.locator("form[data-signing=xml] [data-signing-status]")
    await expect(status).to_contain_text("NCALayer жауап бермейді")


@pytest.mark.parametrize("language", ["kk", *(pytest.param(one, marks=pytest.mark.full) for one in ("ru", "en"))])
async def test_the_page_is_accessible_and_does_not_overflow_a_small_screen(opened, language):
    await opened.page.goto(f"/?lang={language}")
    for width in (320, 1280):
        await opened.page.set_viewport_size({"width": width, "height": 800})
        overflow = await opened.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, width
        await picture(opened.page, f"page-{language}-{width}")
    assert await violations(opened.page) == []
    assert opened.told == []


async def test_the_window_is_accessible_and_does_not_overflow_a_small_screen(opened):
    window = await open_window(opened, "xml")
    await expect(window.locator("#origin")).to_be_visible()
    await window.set_viewport_size({"width": 320, "height": 800})
    assert await window.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert await violations(window) == []


async def violations(page):
    # Through the debugger: the page's policy lets no script in.
    source = (STATIC / "vendor" / "axe.min.js").read_text("utf-8")
    await page.evaluate(f"() => {{ {source} }}")
    report = await page.evaluate("async () => (await window.axe.run()).violations")
    return [(one["id"], [node["html"][:150] for node in one["nodes"]]) for one in report]
