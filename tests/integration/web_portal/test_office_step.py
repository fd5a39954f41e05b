"""The page on which the office is found: what is asked, what is proposed, and that nobody gets past it."""

from __future__ import annotations

import pytest

from gateway.flows.registered_address import AddressSilent, RegisteredPlace
from tests.integration.flows.town import ALMATY, IIN, KARAGANDA, OTHER_IIN, Town

TEMIRTAU = "temirtau-employment"


class GivenAddresses:
    """Everybody is registered at Temirtau, unless the database is silent."""

    def __init__(self) -> None:
        self.silent = False
        self.asked = 0

    async def place_of(self, number):
        self.asked += 1
        if self.silent:
            raise AddressSilent("no answer")
        return RegisteredPlace(district="1930403")


@pytest.fixture
def addresses():
    return GivenAddresses()


@pytest.fixture
async def town(new_store, clock, addresses):
    return await Town.build(new_store, clock, addresses=addresses)


async def begin(sign_in, service=KARAGANDA):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/services/{service}")
    page = await browser.post(page, f"/services/{service}/apply")
    return browser, page


def proposed(page):
    return page.tree.xpath("//*[@data-proposed]/@data-proposed")


def checked(page):
    return page.tree.xpath("//input[@name='office'][@checked]/@value")


async def test_the_office_is_found_with_consent_proposed_and_taken(sign_in, account, addresses):
    browser, page = await begin(sign_in)
    number = page.path.split("/")[2]
    assert page.path == f"/applications/{number}/office"
    assert addresses.asked == 0, "nothing is asked before the person agrees"
    page = await browser.post(page, f"/applications/{number}/office/find", consent="true")
    assert page.path == f"/applications/{number}/office"
    assert (proposed(page), checked(page)) == ([TEMIRTAU], [TEMIRTAU])
    page = await browser.post(page, f"/applications/{number}/office", office=TEMIRTAU)
    assert page.path == f"/applications/{number}/form"
    assert page.tree.xpath(f"//a[@href='/applications/{number}/office']"), "the office can be changed"
    assert not page.tree.xpath("//select[@name='office']")


async def test_without_the_consent_that_the_act_wants_nothing_is_asked(sign_in, account, addresses):
    browser, page = await begin(sign_in)
    page = await browser.post(page, f"{page.path}/find")
    assert page.tree.xpath("//*[contains(@class, 'govuk-error-summary')]")
    assert addresses.asked == 0


async def test_where_the_act_wants_no_consent_none_is_asked_for(sign_in, account, addresses):
    browser, page = await begin(sign_in, "local-social-assistance")
    assert not page.tree.xpath("//input[@name='consent']")
    page = await browser.post(page, f"{page.path}/find")
    assert proposed(page) == [TEMIRTAU]
    assert addresses.asked == 1


async def test_a_silent_database_leaves_the_list_and_says_that_a_wrong_office_forwards(sign_in, account, addresses):
    addresses.silent = True
    browser, page = await begin(sign_in)
    page = await browser.post(page, f"{page.path}/find", consent="true")
    assert (proposed(page), checked(page)) == ([], [])
    assert len(page.tree.xpath("//input[@name='office']")) == 3
    assert "қайта жіберіледі" in page.text
    page = await browser.post(page, page.path)
    assert page.tree.xpath("//*[contains(@class, 'govuk-error-summary')]"), "nobody is sent to an office by default"
    page = await browser.post(page, page.path, office="bukhar-zhyrau-employment")
    assert page.path.endswith("/form")


async def test_the_list_needs_no_question(sign_in, account, addresses):
    browser, page = await begin(sign_in)
    page = await browser.get(f"{page.path}?list=yes")
    page = await browser.post(page, page.path.split("?")[0], office="karaganda-employment")
    assert page.path.endswith("/form")
    assert addresses.asked == 0


async def test_an_office_of_another_service_is_not_taken(sign_in, account):
    browser, page = await begin(sign_in)
    page = await browser.get(f"{page.path}?list=yes")
    page = await browser.post(page, page.path.split("?")[0], office="almaty-education")
    assert page.tree.xpath("//*[contains(@class, 'govuk-error-summary')]")


@pytest.mark.parametrize("past", ["form", "documents", "certificate", "kind"])
async def test_nobody_gets_past_an_open_choice(sign_in, account, past):
    browser, page = await begin(sign_in)
    office = page.path
    page = await browser.get(office.replace("office", past))
    assert page.path == office


async def test_one_provider_is_no_question(sign_in, account, addresses):
    browser, page = await begin(sign_in, ALMATY)
    assert page.path.endswith("/form")
    page = await browser.get(page.path.replace("form", "office"))
    assert page.path.endswith("/form")
    assert addresses.asked == 0


async def test_another_ones_office_page_does_not_exist(sign_in, account, town):
    await town.register(OTHER_IIN)
    _, page = await begin(sign_in)
    stranger, _ = await sign_in(OTHER_IIN)
    assert (await stranger.get(page.path)).status == 404
