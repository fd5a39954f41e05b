import pytest

from gateway.catalogue import Outcome
from gateway.eds.codes import Code
from gateway.eds.xmldsig import sign_enveloped
from gateway.journal import follows
from tests.integration.flows.town import ALMATY, ANSWERS, CATALOGUE, IIN, KARAGANDA, OTHER_IIN, PASSWORD, PDF, PICK_UP
from tests.integration.web_portal.browser import in_base64


async def fill(browser, service):
    page = await browser.get(f"/services/{service}")
    page = await browser.post(page, f"/services/{service}/apply")
    assert page.path.endswith("/form")
    number = page.path.split("/")[2]
    typed = dict(ANSWERS[service])
    for date in ("ward_birth_date", "decision_date"):
        if date in typed:
            year, month, day = typed[date].split("-")
            typed[date] = f"{day}.{month}.{year}"
    page = await browser.post(page, page.path, **typed)
    for kind in CATALOGUE.service(service).documents:
        page = await browser.post(
            page,
            f"/applications/{number}/documents",
            document=kind.id,
            file=(kind.id, "copy.pdf", PDF, "application/pdf"),
        )
    if page.path.endswith("/documents"):
        page = await browser.get(f"/applications/{number}/certificate")
    assert page.path.endswith("/certificate")
    return number, page


async def choose(browser, number, page, key):
    action = f"/applications/{number}/certificate"
    return await browser.post(page, action, certificate=key.certificate.pem)


async def send(browser, town, page, key, account):
    number = page.path.split("/")[2]
    signed = sign_enveloped(await town.draft(account, number), key)
    return await browser.post(page, f"/applications/{number}/sign", signed=in_base64(signed))


async def test_registration_and_login_through_the_pages(town, browser, key):
    page = await browser.get("/register")
    page = await browser.post(page, "/register", number=IIN, password=PASSWORD, password_again=PASSWORD)
    assert page.path == "/register/confirm"
    document = page.tree.xpath("//pre")[0].text
    signed = in_base64(sign_enveloped(document.encode(), key))
    page = await browser.post(page, "/register/confirm", signed=signed)
    assert page.path == "/sign-in"
    page = await browser.post(page, "/sign-in", number=IIN, password=PASSWORD)
    assert page.path == "/cabinet"
    assert "СЫНАҚОВ СЫНАҚ" in page.text
    assert await town.store.database.fetchval("SELECT count(*) FROM account") == 1


@pytest.mark.parametrize("service", [KARAGANDA, ALMATY])
async def test_a_service_from_login_to_the_downloaded_result(town, account, key, sign_in, service):
    browser, page = await sign_in(IIN)
    number, page = await fill(browser, service)
    page = await choose(browser, number, page, key)
    assert page.path.endswith("/sign")
    page = await send(browser, town, page, key, account)
    assert (page.status, page.path) == (200, f"/applications/{number}/sent")
    assert number in page.words()
    again = await browser.get(page.path)
    assert again.words() == page.words()

    await town.notice(number, service, "process 6", "done", 1)
    await town.notice(number, service, "condition 3", "passed", 2)
    if service == ALMATY:
        await town.notice(number, service, "process 8", "done", 3, pick_up=PICK_UP)
    head = town.head(CATALOGUE.offices_of(service)[0].id)
    await town.response(number, service, sign_enveloped(town.result(number, account, service), head))

    page = await browser.get(f"/cabinet/{number}", params={"lang": "ru"})
    assert "Результат готов" in page.words()
    assert CATALOGUE.service(service).result(Outcome.ISSUED).title.ru in page.words()
    if service == ALMATY:
        assert "05.03.2026, время – 10:30" in page.words()
    async with browser.client.get(f"/cabinet/{number}/trail.json") as answer:
        body = await answer.json()
    assert [step["kind"] for step in body["trail"]][:2] == ["process", "condition"]
    trail = await town.rooms.journal.trail(number)
    verdict = follows(trail, CATALOGUE.service(service).portal_flow.steps)
    assert verdict.complete, verdict.problem
    for file in ("result.xml", "result.pdf", "application.xml"):
        download = await browser.client.get(f"/cabinet/{number}/{file}")
        assert download.status == 200
        assert download.headers["Content-Disposition"].startswith("attachment")

    (link,) = page.tree.xpath("//a[starts-with(@href, '/verify/')]/@href")
    public = await (await browser.client.get(link)).text()
    assert 'data-verdict="valid"' in public
    assert account.name not in public.split("<main")[1]
    assert "БАСШЫЕВА БАСШЫ" in public
    assert IIN not in public


@pytest.mark.parametrize(
    "outcome",
    [
        (Code.CERTIFICATE_REVOKED, "cabinet", "Отказано"),
        (Code.CERTIFICATE_EXPIRED, "cabinet", "Отказано"),
        (Code.REVOCATION_UNAVAILABLE, "undecided", "Черновик сохранён"),
    ],
)
async def test_each_outcome_of_condition_2_has_its_page(town, account, key, sign_in, outcome):
    code, path, words = outcome
    browser, _ = await sign_in(IIN)
    number, page = await fill(browser, KARAGANDA)
    town.trust.code = code
    page = await choose(browser, number, page, key)
    assert path in page.path
    page = await browser.get(page.path, params={"lang": "ru"})
    assert words in page.words()
    assert f'data-code="{code.value}"' in page.text


async def test_a_refused_application_is_begun_anew_with_its_answers(town, account, key, sign_in):
    browser, _ = await sign_in(IIN)
    number, page = await fill(browser, KARAGANDA)
    town.trust.code = Code.CERTIFICATE_EXPIRED
    page = await choose(browser, number, page, key)
    assert page.path == f"/cabinet/{number}"
    assert (await browser.client.get(f"/cabinet/{number}/result.xml")).status == 200
    page = await browser.post(page, f"/services/{KARAGANDA}/apply")
    assert page.path != f"/applications/{number}/form"
    assert page.tree.xpath("//input[@id='purpose']/@value") == [ANSWERS[KARAGANDA]["purpose"]]


async def test_an_undecided_check_is_tried_again_from_its_page(town, account, key, sign_in):
    browser, _ = await sign_in(IIN)
    number, page = await fill(browser, KARAGANDA)
    town.trust.code = Code.REVOCATION_UNAVAILABLE
    page = await choose(browser, number, page, key)
    town.trust.code = Code.OK
    page = await browser.post(page, f"/applications/{number}/undecided")
    assert page.path.endswith("/sign")


async def test_a_held_application_says_until_when(town, account, key, sign_in):
    browser, _ = await sign_in(IIN)
    number, page = await fill(browser, KARAGANDA)
    page = await choose(browser, number, page, key)
    town.trust.code = Code.REVOCATION_UNAVAILABLE
    page = await send(browser, town, page, key, account)
    assert page.path.endswith("/sent")
    assert "03.03.2026 10:00" in page.words()


async def test_a_wrong_signature_leaves_the_page_and_the_draft_as_they_were(town, account, key, sign_in):
    browser, _ = await sign_in(IIN)
    number, page = await fill(browser, KARAGANDA)
    page = await choose(browser, number, page, key)
    action = f"/applications/{number}/sign"
    other = town.nca.person("other", iin=OTHER_IIN)
    signed = in_base64(sign_enveloped(await town.draft(account, number), other))
    for value in ("", "not base64!", in_base64(b"<a/>"), signed):
        refused = await browser.post(page, action, signed=value)
        assert refused.status == 400
    page = await browser.get(action)
    page = await send(browser, town, page, key, account)
    assert page.path.endswith("/sent")


async def test_the_same_post_twice_makes_one_application(town, account, key, sign_in):
    browser, _ = await sign_in(IIN)
    number, page = await fill(browser, KARAGANDA)
    page = await choose(browser, number, page, key)
    first = await send(browser, town, page, key, account)
    second = await send(browser, town, page, key, account)
    assert first.path == second.path == f"/applications/{number}/sent"
    assert town.sent.sent == [number]
