"""Pages of services whose flow is a list of actions, and of what is presented while the provider waits."""

from datetime import timedelta

import pytest

from gateway.catalogue import Body, Channel
from gateway.eds.codes import Code
from gateway.eds.xmldsig import sign_enveloped
from gateway.exchange.waiting import waited_facts, waiting_facts
from gateway.exchange.wording import Wording
from tests.integration.flows.lists import (
    BIRTH,
    EXTEND,
    FLOWS,
    GUARANTEE,
    ISSUE,
    PERMIT,
    ready,
    result,
    sent,
)
from tests.integration.flows.test_actions import executor
from tests.integration.flows.town import CATALOGUE, IIN, OTHER_IIN, PDF
from tests.integration.web_portal.browser import in_base64

FLOW = FLOWS[ISSUE]
LANGUAGES = ("kk", "ru", "en")


@pytest.fixture
async def number(town, account, key):
    """An employer's application of which the provider has decided."""
    number = await sent(town, account, key, PERMIT, ISSUE)
    await town.notice(number, PERMIT, "action 5", "done", 1, flow=FLOW)
    return number


async def waits(town, number):
    until = town.store.clock.now() + timedelta(days=28)
    facts = waiting_facts(until=until, documents=[GUARANTEE])
    stated = CATALOGUE.service(PERMIT).notifications[0].message
    message = Wording(stated.kk, stated.ru)
    await town.notice(number, PERMIT, "action 6", "done", 2, flow=FLOW, facts=facts, message=message)
    return until


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_timeline_has_the_acts_own_words_in_the_acts_order(town, account, key, sign_in, language):
    number = await sent(town, account, key, PERMIT, EXTEND)
    await town.notice(number, PERMIT, "action 3", "done", 1, flow=FLOWS[EXTEND])
    permit = result(town, account, number, "employer-permit-electronic")
    signed = sign_enveloped(sign_enveloped(permit, executor(town)), town.head(CATALOGUE.offices_of(PERMIT)[0].id))
    await town.response(number, PERMIT, signed)
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/cabinet/{number}", params={"lang": language})
    flow = CATALOGUE.service(PERMIT).flow(Channel.PORTAL, EXTEND)
    said = page.words()
    places = [said.index(" ".join(getattr(step.text, language).split())) for step in flow.steps]
    assert places == sorted(places)
    labels = [getattr(flow.label(step), language) for step in flow.steps]
    assert all(label in said for label in labels)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("service", [PERMIT, BIRTH])
async def test_the_page_of_a_service_shows_every_list_of_actions_and_how_to_apply(browser, service, language):
    page = await browser.get(f"/services/{service}", params={"lang": language})
    law = CATALOGUE.service(service)
    for flow in law.flows:
        for step in flow.steps:
            assert " ".join(getattr(step.text, language).split()) in page.words()
    assert page.tree.xpath(f"//form[@action='/services/{service}/apply']") or "/sign-in" in page.text
    listed = (await browser.get("/services", params={"lang": language})).text
    assert f"/services/{service}" in listed


async def test_only_the_kinds_that_the_portal_provides_are_offered(town, account, sign_in):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/services/{PERMIT}")
    page = await browser.post(page, f"/services/{PERMIT}/apply")
    offered = page.tree.xpath("//input[@name='service_kind']/@value")
    assert offered == ["employer-issue", "employer-extend", "employer-reissue"]
    assert not page.tree.xpath(f"//input[@name='{GUARANTEE}']")


async def test_a_document_that_is_presented_later_is_said_to_be(browser):
    page = await browser.get(f"/services/{PERMIT}", params={"lang": "ru"})
    title = CATALOGUE.service(PERMIT).document(GUARANTEE).title.ru
    assert f"{title} (представляются позже, когда их запросит услугодатель)" in page.words()


async def test_a_certificate_that_fails_is_said_on_the_page_where_another_is_chosen(town, account, key, sign_in):
    town.trust.code = Code.CERTIFICATE_REVOKED
    number = await ready(town, account, key, BIRTH, "registration")
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/applications/{number}", params={"lang": "kk"})
    assert page.path == f"/applications/{number}/certificate"
    assert page.tree.xpath("//*[@data-code='certificate-revoked']")
    assert "Өтініш жіберілген жоқ" in page.words()
    town.trust.code = Code.OK
    page = await browser.post(page, page.path, certificate=key.certificate.pem)
    assert page.path == f"/applications/{number}/sign"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_held_application_of_a_list_comes_back_as_a_draft_and_says_so(town, account, key, sign_in, language):
    number = await ready(town, account, key, BIRTH, "registration")
    town.trust.code = Code.REVOCATION_UNAVAILABLE
    draft = await town.draft(account, number)
    await town.rooms.flow.process_5_certify_and_send(account.id, number, sign_enveloped(draft, key))
    browser, _ = await sign_in(IIN)
    words = {"kk": "жоба ретінде қайтарылады", "ru": "возвращается вам как черновик", "en": "back to you as a draft"}
    for path in (f"/cabinet/{number}", f"/applications/{number}/sent"):
        assert words[language] in (await browser.get(path, params={"lang": language})).words()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_cabinet_says_that_the_provider_waits_for_what_and_until_when(
    town, account, number, sign_in, language
):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/cabinet/{number}", params={"lang": language})
    assert not page.tree.xpath("//*[@data-supplement]")
    until = await waits(town, number)
    page = await browser.get(f"/cabinet/{number}", params={"lang": language})
    assert page.tree.xpath("//*[@data-supplement='open']")
    assert " ".join(getattr(CATALOGUE.service(PERMIT).notifications[0].message, language).split()) in page.words()
    assert page.tree.xpath(f"//a[@href='/cabinet/{number}/supplement']")
    page = await browser.get(f"/cabinet/{number}/supplement", params={"lang": language})
    assert page.tree.xpath(f"//*[@data-until='{until.isoformat()}']")
    assert getattr(CATALOGUE.service(PERMIT).document(GUARANTEE).title, language) in page.words()


async def test_the_providers_own_words_are_shown_where_it_changed_the_acts(town, account, number, sign_in):
    facts = waiting_facts(until=town.store.clock.now() + timedelta(days=28), documents=[GUARANTEE])
    message = Wording("Өз сөзіміз.", "Наши собственные слова.")
    await town.notice(number, PERMIT, "action 6", "done", 2, flow=FLOW, facts=facts, message=message)
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/cabinet/{number}", params={"lang": "ru"})
    assert "Наши собственные слова." in page.words()


async def test_documents_are_attached_signed_and_sent_through_the_pages(town, account, number, key, sign_in):
    await waits(town, number)
    browser, _ = await sign_in(IIN)
    base = f"/cabinet/{number}/supplement"
    page = await browser.get(base)
    page = await browser.post(
        page, f"{base}/documents", document=GUARANTEE, file=(GUARANTEE, "a.txt", b"text", "text/plain")
    )
    assert page.tree.xpath("//*[contains(@class, 'govuk-error-summary')]")
    page = await browser.get(base)
    page = await browser.post(
        page, f"{base}/documents", document=GUARANTEE, file=(GUARANTEE, "кепілдік.pdf", PDF, "application/pdf")
    )
    assert page.path == base
    async with browser.client.get(f"{base}/documents/{GUARANTEE}") as answer:
        assert await answer.read() == PDF
    page = await browser.post(page, f"{base}/documents/remove", document=GUARANTEE)
    assert not page.tree.xpath(f"//a[@href='{base}/certificate']")
    page = await browser.post(
        page, f"{base}/documents", document=GUARANTEE, file=(GUARANTEE, "кепілдік.pdf", PDF, "application/pdf")
    )
    page = await browser.get(f"{base}/certificate")
    page = await browser.post(page, f"{base}/certificate", certificate=key.certificate.pem)
    assert page.path == f"{base}/sign"
    row = await town.rooms.flow.supplements.of(await town.rooms.cabinet.application(account.id, number))
    assert row.draft.decode() in page.tree.xpath("//pre")[0].text
    wrong = await browser.post(page, f"{base}/sign", signed="")
    assert wrong.tree.xpath("//*[contains(@class, 'govuk-error-summary')]")
    other = sign_enveloped(row.draft, town.person(OTHER_IIN, "another"))
    wrong = await browser.post(await browser.get(f"{base}/sign"), f"{base}/sign", signed=in_base64(other))
    assert wrong.path == f"{base}/sign"
    assert town.sent.sent == [number]
    page = await browser.get(f"{base}/sign")
    page = await browser.post(page, f"{base}/sign", signed=in_base64(sign_enveloped(row.draft, key)))
    assert page.path == f"/cabinet/{number}"
    assert page.tree.xpath("//*[@data-supplement='sent']")
    assert len(town.sent.sent) == 2
    async with browser.client.get(f"/cabinet/{number}/trail.json") as answer:
        told = (await answer.json())["supplement"]
    assert (told["state"], told["documents"]) == ("sent", [GUARANTEE])
    await town.notice(number, PERMIT, "procedure 1", "passed", 4, flow=FLOW, facts=waited_facts("presented"))
    page = await browser.get(f"/cabinet/{number}", params={"lang": "ru"})
    assert page.tree.xpath("//*[@data-supplement='presented']")
    condition = CATALOGUE.service(PERMIT).procedure(Channel.PORTAL, ISSUE).step(1, "condition")
    assert "Услугодатель, условие 1" in page.words()
    assert " ".join(condition.text.ru.split()) in page.words()


async def test_without_waiting_and_after_the_term_the_pages_lead_to_the_application(
    town, account, number, sign_in, clock
):
    browser, _ = await sign_in(IIN)
    base = f"/cabinet/{number}/supplement"
    for path in (base, f"{base}/certificate", f"{base}/sign"):
        assert (await browser.get(path)).path == f"/cabinet/{number}"
    until = await waits(town, number)
    assert (await browser.get(f"{base}/certificate")).path == base, "nothing is attached yet"
    clock.set(until + timedelta(seconds=1))
    browser, _ = await sign_in(IIN)
    assert (await browser.get(base)).path == f"/cabinet/{number}"
    page = await browser.get(f"/cabinet/{number}", params={"lang": "en"})
    assert "The term ended at" in page.words()
    assert not page.tree.xpath(f"//a[@href='{base}']")


async def test_what_the_provider_could_not_take_is_said_where_it_is_presented_again(
    town, account, number, key, sign_in
):
    await waits(town, number)
    supplements = town.rooms.flow.supplements
    await supplements.attach(account.id, number, GUARANTEE, name="a.pdf", media_type="application/pdf", content=PDF)
    row = await supplements.choose_certificate(account.id, number, key.certificate.der)
    await supplements.send(account.id, number, sign_enveloped(row.draft, key))
    facts = {"code": "supplement-file-gone", "supplement": ""}
    message = Wording("Файл уақытша қоймада жоқ.", "Файла нет во временном хранилище.")
    await town.notice(number, PERMIT, "note 0", "failed", 3, flow=FLOW, facts=facts, message=message)
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/cabinet/{number}/supplement", params={"lang": "ru"})
    assert "Файла нет во временном хранилище." in page.words()
    page = await browser.get(f"/cabinet/{number}", params={"lang": "ru"})
    assert "Услугодатель не смог принять документы" in page.words()


async def test_another_applicants_waiting_is_as_unknown_as_none(town, account, number, sign_in):
    await waits(town, number)
    await town.register(OTHER_IIN)
    browser, _ = await sign_in(OTHER_IIN)
    base = f"/cabinet/{number}/supplement"
    for path in (base, f"{base}/certificate", f"{base}/sign", f"{base}/documents/{GUARANTEE}"):
        assert (await browser.get(path)).status == 404


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_cancelled_decision_has_a_state_of_its_own(town, account, number, sign_in, language):
    office = CATALOGUE.offices_of(PERMIT)[0]
    signed = sign_enveloped(result(town, account, number, "cancellation"), town.head(office.id))
    await town.response(number, PERMIT, signed, cancelled=True)
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/cabinet/{number}", params={"lang": language})
    assert page.tree.xpath("//*[@data-state='cancelled']")
    words = {"kk": "Шешімнің күші жойылды", "ru": "Решение отменено", "en": "The decision was cancelled"}
    assert words[language] in page.words()


async def test_the_public_page_names_the_akim_who_signed(town, account, key, browser):
    service = "guardianship-establishment"
    number = await sent(town, account, key, service, None)
    answers = dict((await town.rooms.cabinet.application(account.id, number)).fields)
    akim = CATALOGUE.body_of(CATALOGUE.offices_of(service)[0], Body.DISTRICT_AKIM, answers=answers)
    draft = result(town, account, number, "order", service_id=service, answers=answers)
    await town.response(number, service, sign_enveloped(draft, town.head(akim.id)))
    document = (await town.rooms.cabinet.view(account.id, number)).document
    page = await browser.get(f"/verify/{document.number}", params={"d": document.sha256[:16], "lang": "ru"})
    assert page.tree.xpath("//*[@data-signer='valid']")
    assert f"Аким, {akim.name.ru}" in page.words()


async def test_the_public_page_names_both_signers_in_their_order(town, account, key, browser):
    number = await sent(town, account, key, PERMIT, EXTEND)
    permit = result(town, account, number, "employer-permit-electronic")
    head = town.head(CATALOGUE.offices_of(PERMIT)[0].id)
    await town.response(number, PERMIT, sign_enveloped(sign_enveloped(permit, executor(town)), head))
    document = (await town.rooms.cabinet.view(account.id, number)).document
    page = await browser.get(f"/verify/{document.number}", params={"d": document.sha256[:16], "lang": "ru"})
    assert len(page.tree.xpath("//*[@data-signer='valid']")) == 2
    assert page.words().index("Ответственный исполнитель,") < page.words().index("Руководитель,")
