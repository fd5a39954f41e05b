"""What the desk's pages show of an application from a window of the State Corporation, and how it is worked there."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest

from gateway.catalogue import Channel
from gateway.exchange.acceptance import Power, PowerKind, Representative
from tests.integration.desk.windows import OPERATOR, OPERATOR_NAME, opened, send, taken_in
from tests.integration.desk.workplace import APPLICANT, CATALOGUE, KARAGANDA, iin

CHILD = "child-allowance-under-18"
DEPARTMENT = CATALOGUE.office("karaganda-corporation")
WORDS = {
    "kk": (
        "Мемлекеттік корпорация арқылы: ",
        "Мемлекеттік корпорацияның бөлімі",
        "Қабылданған уақыты",
        "Құжаттардың келу жолы",
        "Электрондық түрде, ЭҮШ арқылы",
        "Мемлекеттік деректер базаларына сұрау салуға келісім",
        "Қағаз түрінде тапсырылған құжаттар",
    ),
    "ru": (
        "Через Государственную корпорацию: ",
        "Отдел Государственной корпорации",
        "Время приёма",
        "Как поступают документы",
        "Электронно, через ШЭП",
        "Согласие на запрос в государственные базы данных",
        "Документы, сданные на бумаге",
    ),
}


def represented(workplace) -> Representative:
    power = Power(PowerKind.NOTARISED, "1-245", workplace.clock.now().date() - timedelta(days=30))
    return Representative(iin("80010110003"), "СЕРІКОВ АСҚАР", power)


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_the_case_tells_who_took_it_in_where_how_and_from_whom(new_browser, workplace, language: str) -> None:
    app = taken_in(workplace, KARAGANDA, acceptance={"representative": represented(workplace)})
    number = await send(workplace, app)
    clerk = await new_browser("clerk")
    page = unescape(await clerk.get(f"/cases/{number}?lang={language}"))
    name = getattr(DEPARTMENT.name, language)
    came, department, accepted, way, medium, consent, _paper = WORDS[language]
    assert f"{came}{name}" in page
    for said in (department, name, accepted, way, medium, consent, OPERATOR_NAME, str(OPERATOR)):
        assert said in page, said
    for said in ("СЕРІКОВ АСҚАР, 8001011000", "№ 1-245"):
        assert said in page, said
    assert "receipt.pdf" not in page
    assert "application.xml" in page


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_documents_on_paper_stand_beside_those_attached(new_browser, workplace, language: str) -> None:
    service = CATALOGUE.service(CHILD)
    kinds = [one for one in service.documents if one.required]
    assert kinds
    app = taken_in(workplace, CHILD, acceptance={"on_paper": tuple(one.id for one in kinds)})
    number = await opened(workplace, app)
    clerk = await new_browser("clerk")
    page = unescape(await clerk.get(f"/cases/{number}?lang={language}"))
    heading = page.index(WORDS[language][-1])
    for one in kinds:
        assert getattr(one.title, language) in page[heading:]


async def test_a_document_by_courier_says_so(new_browser, workplace) -> None:
    app = taken_in(workplace, CHILD)
    number = await opened(workplace, app)
    clerk = await new_browser("clerk")
    assert "Қағаз түрінде, курьер арқылы" in await clerk.get(f"/cases/{number}")


async def test_the_result_goes_to_the_department_and_the_case_is_closed(new_browser, workplace) -> None:
    number = await send(workplace, taken_in(workplace, KARAGANDA))
    await workplace.to(number, "forward")
    clerk = await new_browser("clerk")
    page = unescape(await clerk.get(f"/cases/{number}"))
    assert DEPARTMENT.name.kk in page[page.index(f'action="/cases/{number}/forward"') :]
    assert workplace.response(number) is None
    await clerk.post(f"/cases/{number}/forward")
    assert clerk.status == 200
    response = workplace.response(number)
    assert response is not None
    page = await clerk.get(f"/cases/{number}")
    assert f"/cases/{number}/result.pdf" in page
    assert "<form" not in page[page.index("<main") :]


async def test_the_trail_speaks_with_the_numbers_of_the_windows_flow(new_browser, workplace) -> None:
    number = await send(workplace, taken_in(workplace, KARAGANDA))
    await workplace.to(number, "draft")
    head = await new_browser("head")
    page = unescape(await head.get(f"/cases/{number}"))
    flow = CATALOGUE.service(KARAGANDA).flow(Channel.CORPORATION)
    for step in (flow.registration_step(), flow.examination_step()):
        assert step is not None
        assert flow.label(step).kk in page
        assert step.text.kk in page
    assert "Өтініш көрсетілетін қызметті берушіде тіркелді" not in page


async def test_a_registration_without_a_numbered_flow_is_told_in_words(new_browser, workplace) -> None:
    number = await opened(workplace, taken_in(workplace, CHILD))
    head = await new_browser("head")
    assert "Өтініш көрсетілетін қызметті берушіде тіркелді" in await head.get(f"/cases/{number}")
    assert "Заявление зарегистрировано у услугодателя" in await head.get(f"/cases/{number}?lang=ru")


async def test_nobody_is_told_of_registers_that_the_desk_does_not_ask(new_browser, workplace) -> None:
    number = await send(workplace, taken_in(workplace, KARAGANDA))
    clerk = await new_browser("clerk")
    page = await clerk.get(f"/cases/{number}?lang=en")
    assert "The state database has been asked" not in page
    assert "Data of the state databases" not in page


async def test_the_report_words_the_windows_steps_by_their_own_procedure(new_browser, workplace) -> None:
    number = await send(workplace, taken_in(workplace, KARAGANDA))
    workplace.signatures.iin, workplace.signatures.bin = str(APPLICANT), None
    await workplace.submit(KARAGANDA)
    head = await new_browser("head")
    page = unescape(await head.get("/reports"))
    service = CATALOGUE.service(KARAGANDA)
    case = await workplace.case(number)
    assert service.procedure(Channel.CORPORATION).step(case.position.step).text.kk in page
    assert service.procedure(Channel.PORTAL).step(1).text.kk in page
    assert page.count("Мемлекеттік корпорация арқылы") == 1
