"""What the cabinet says of a result that is no certificate: the act's own notification, the result's own title."""

from datetime import timedelta

from gateway.catalogue import Outcome
from gateway.eds.xmldsig import sign_enveloped
from tests.integration.flows.test_every_service import NEGATIVE, accepted, result_of
from tests.integration.flows.town import CATALOGUE, IIN, PICK_UP


async def test_a_conclusion_that_says_no_is_shown_as_a_result_with_place_and_address(town, account, key, sign_in):
    service = CATALOGUE.service(NEGATIVE)
    office = CATALOGUE.offices_of(NEGATIVE)[0]
    number = (await accepted(town, account, key, service, None)).number
    due = town.store.clock.now() + timedelta(days=3)
    await town.notice(number, NEGATIVE, "process 6", "done", 1, result_due=due)
    await town.notice(number, NEGATIVE, "condition 3", "passed", 2)
    await town.notice(number, NEGATIVE, "process 8", "done", 3, pick_up=PICK_UP)
    result = service.result(Outcome.NEGATIVE)
    signed = sign_enveloped(result_of(town, account, number, service, result), town.head(office.id))
    await town.response(number, NEGATIVE, signed)

    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/cabinet/{number}", params={"lang": "ru"})
    assert result.title.ru in page.words()
    assert "Результат готов" in page.words()
    assert "Отказ" not in page.words().split("Шаги")[0]
    assert f"обратитесь по адресу: {office.address.ru}" in page.words()
    page = await browser.get(f"/cabinet/{number}", params={"lang": "kk"})
    assert result.title.kk in page.words()
    assert office.address.kk in page.words()
