import pytest

from gateway.catalogue import Channel
from tests.integration.flows.town import CATALOGUE, IIN, KARAGANDA

ON_PORTAL = [one for one in CATALOGUE.services.values() if any(entry.channel == "portal" for entry in one.channels)]
WAITING = [one.id for one in ON_PORTAL if not CATALOGUE.offers(one.id, Channel.PORTAL)]
ELSEWHERE = [one.id for one in CATALOGUE.services.values() if one not in ON_PORTAL]


def listed(page):
    return [one.get("data-service") for one in page.tree.xpath("//*[@data-service]")]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_all_services_are_listed_by_act_and_number_with_their_channels(browser, language):
    page = await browser.get("/services", params={"lang": language})
    order = list(CATALOGUE.acts)
    every = sorted(CATALOGUE.services.values(), key=lambda one: (order.index(one.act), one.number))
    assert listed(page) == [service.id for service in every]
    assert len(every) == 33
    for service, row in zip(every, page.tree.xpath("//*[@data-service]"), strict=True):
        title = {"kk": service.titles.kk, "ru": service.titles.ru, "en": service.titles.en}[language]
        words = " ".join(row.text_content().split())
        assert words.startswith(f"{service.number}. {title}")
        assert words.count(" · ") == len(service.channels) - 1
        assert bool(row.xpath(".//*[contains(@class, 'govuk-tag--green')]")) is CATALOGUE.offers(
            service.id, Channel.PORTAL
        )


@pytest.mark.parametrize("words", ["БЕЗРАБОТНЫХ", "справки безработным", "jobless"])
async def test_words_of_the_title_narrow_the_list_without_javascript(browser, words):
    page = await browser.get("/services", params={"lang": "ru", "q": words})
    expected = {
        service.id
        for service in CATALOGUE.services.values()
        if any(
            all(word in title.casefold() for word in words.casefold().split())
            for title in (service.titles.kk, service.titles.ru, service.titles.en)
        )
    }
    assert set(listed(page)) == expected
    assert page.tree.xpath("//input[@name='q']/@value") == [words]
    assert f" {len(expected)} " in page.words()


async def test_words_of_no_title_are_answered_and_what_was_typed_is_no_markup(browser):
    page = await browser.get("/services", params={"lang": "ru", "q": "<b>жирафы</b>"})
    assert listed(page) == []
    assert "Найдено 0 услуг. Показать все услуги" in page.words()
    assert "<b>жирафы" not in page.text


@pytest.mark.parametrize(
    "language", ["kk", pytest.param("ru", marks=pytest.mark.full), pytest.param("en", marks=pytest.mark.full)]
)
async def test_every_service_has_a_page_that_says_what_its_act_states(browser, language):
    for service in CATALOGUE.services.values():
        page = await browser.get(f"/services/{service.id}", params={"lang": language})
        assert page.status == 200, service.id
        words, act = page.words(), CATALOGUE.act_of(service)
        assert act.number in words
        assert f": {service.lines}" in words
        for document in service.documents:
            assert getattr(document.title, language) in words
        for entry in service.channels:
            if entry.only is not None:
                assert getattr(entry.only.text, language) in words
            if entry.channel is not Channel.PORTAL:
                assert page.tree.xpath(f"//h3[@data-channel='{entry.channel}']"), (service.id, entry.channel)
        for receipt in service.receipts:
            assert getattr(receipt.text, language) in words
        for office in CATALOGUE.offices_of(service.id):
            assert getattr(office.address, language) in words
            assert office.phone in words
        assert not any(reading.answer in words for reading in service.readings)
        offered = CATALOGUE.offers(service.id, Channel.PORTAL)
        assert bool(page.tree.xpath("//a[contains(@href, '/sign-in?next=/services/')]")) is offered
        assert bool(page.tree.xpath("//*[@data-offered='no']")) is not offered


async def test_the_terms_are_the_acts_total_or_its_steps_added_up(browser):
    page = await browser.get("/services/unemployed-certificate", params={"lang": "ru"})
    assert "15 минут" in page.words()
    stated = page.words()
    page = await browser.get("/services/school-meals", params={"lang": "ru"})
    assert "(сумма сроков процедур)" in page.words()
    assert "Срок оказания15 минут" in stated


@pytest.mark.parametrize("service", [*WAITING, "wheelchair-documents"])
async def test_what_is_not_offered_here_cannot_be_begun_and_says_so(town, account, sign_in, service):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/services/{service}", params={"lang": "ru"})
    assert not page.tree.xpath(f"//form[@action='/services/{service}/apply']")
    why = "ни один услугодатель пока не подключён" if service in WAITING else "через портал не оказывается"
    assert why in page.words()
    token = (await browser.get(f"/services/{KARAGANDA}")).hidden(f"/services/{KARAGANDA}/apply")
    answer = await browser.client.post(f"/services/{service}/apply", data=token)
    assert answer.status == 409
    assert "не оказывается через портал" in await answer.text()
    assert await town.store.database.fetchval("SELECT count(*) FROM application") == 0


async def test_a_service_that_is_not_in_the_catalogue_is_not_found(browser):
    assert (await browser.get("/services/nowhere")).status == 404


async def test_the_kinds_that_the_portal_does_not_provide_are_marked(browser):
    page = await browser.get("/services/foreign-labour-permit", params={"lang": "ru"})
    assert page.words().count("(через портал не оказывается)") == 3
