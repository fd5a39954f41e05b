"""The courier's pages: a register opened by its barcode, packages marked by scanner or keyboard, results sent back."""

from __future__ import annotations

import re

import pytest

from gateway.catalogue import Role
from gateway.courier.errors import RegisterCode, RegisterError
from gateway.desk import DeskCode, DeskError
from gateway.web.messages import untranslated
from tests.integration.desk.couriers import ALLOWANCE, DeskCourier
from tests.integration.desk.workplace import PASSWORD, Workplace
from tests.integration.web_desk.conftest import Browser

COURIER, CHILD = "Қасымов Ерлан", "child-allowance-under-18"


@pytest.fixture
def at(workplace: Workplace) -> DeskCourier:
    return DeskCourier(workplace)


@pytest.fixture
async def browser(at: DeskCourier, new_browser) -> Browser:
    """The clerk's."""
    browser: Browser = await new_browser()
    await signed_in(browser, await at.clerk())
    return browser


async def signed_in(browser: Browser, member) -> None:
    await browser.get("/sign-in")
    await browser.post("/sign-in", iin=str(member.iin), password=PASSWORD)
    assert browser.status == 200


def says(browser: Browser, code: RegisterCode, **facts: object) -> bool:
    return RegisterError(code, **facts).text.kk in browser.page


async def test_a_register_is_opened_by_its_barcode_counted_and_marked(at: DeskCourier, browser: Browser) -> None:
    first, second, unlisted = await at.twins(3)
    register = await at.bring([first, second])
    await browser.get("/courier")
    assert 'href="/courier"' in browser.page
    assert all(number in browser.page for number in (register, first, unlisted))
    await browser.post("/courier/open", code=f"]C1{register}\r\n")
    assert f"/courier/{register}/scan" in browser.page
    assert "autofocus" in browser.page
    await browser.post(f"/courier/{register}/scan", code=first)
    assert "Топтама табылды" in browser.page
    assert "Табылғаны: 1 (барлығы 2)" in browser.page
    assert "govuk-notification-banner" not in browser.page, "a banner takes the focus from the scanner's field"
    await browser.post(f"/courier/{register}/scan", code=unlisted)
    assert "тізілімде жоқ, бірақ күтіліп тұрған" in browser.page
    await browser.post(f"/courier/{register}/close")
    assert browser.status == 400
    assert says(browser, RegisterCode.UNCONFIRMED, count=1)
    await browser.post(f"/courier/{register}/close", missing_confirmed="yes")
    assert "алынғаны туралы белгі қойылды" in browser.page
    assert f"/courier/{register}/scan" not in re.findall(r'<button[^>]*formaction="([^"]*)"', browser.page)
    await at.work_off()
    await browser.get(f"/courier/{register}")
    assert f'href="/cases/{first}"' in browser.page
    assert f'href="/cases/{second}"' not in browser.page
    await browser.get(f"/cases/{first}")
    assert f"Топтама курьердің {register} тізілімімен келді" in browser.page
    marks = at.marks(register)
    assert (marks.received, marks.missing, marks.unlisted) == ({first}, {second}, {unlisted})


async def test_each_package_has_a_button_of_its_own_and_a_mark_can_be_taken_back(at, browser: Browser) -> None:
    """By keyboard: a button carries the number, and the same button's place takes it back."""
    (number,) = await at.twins(1)
    register = await at.bring([number])
    await browser.get(f"/courier/{register}")
    assert re.search(rf'<button[^>]*name="code" value="{number}"', browser.page)
    await browser.post(f"/courier/{register}/scan", code=number)
    assert re.search(rf'value="{number}" formaction="/courier/{register}/unscan"', browser.page)
    data = browser.form(f"/courier/{register}/scan") | {"code": number}
    async with browser.client.post(f"/courier/{register}/unscan", data=data) as answer:
        browser.page = await answer.text()
    assert "Белгі алынып тасталды" in browser.page
    assert "Табылғаны: 0 (барлығы 1)" in browser.page


async def test_the_main_button_and_the_print_of_each_page_have_the_terminals_keys(at, browser: Browser) -> None:
    register = await at.bring(await at.twins(1))
    main = {"/courier": "Тізілімді ашу", f"/courier/{register}": "Тізілімге алынғаны туралы белгі қою"}
    for path, button in main.items():
        page = await browser.get(path)
        (named,) = re.findall(r'<button[^>]*data-key="F9"[^>]*>([^<]+)', page)
        assert named.strip() == button
    (printed,) = re.findall(r'href="([^"]+)" data-key="Alt\+P"', browser.page)
    assert printed == f"/courier/{register}/register.pdf"


async def test_a_double_press_marks_once(at: DeskCourier, browser: Browser) -> None:
    (number,) = await at.twins(1)
    register = await at.bring([number])
    await browser.get(f"/courier/{register}")
    await browser.post(f"/courier/{register}/scan", code=number)
    data = browser.form(f"/courier/{register}/close")
    for _ in range(2):
        async with browser.client.post(f"/courier/{register}/close", data=data) as answer:
            assert answer.status == 200
    assert len([key for key in at.place.sent.sent if key.endswith(" marks")]) == 1


@pytest.mark.parametrize(
    ("code", "refused"),
    [("", RegisterCode.NOT_A_NUMBER), ("abc", RegisterCode.NOT_A_NUMBER), ("74999999999999", RegisterCode.UNKNOWN)],
)
async def test_a_wrong_barcode_says_what_to_do_and_stays_on_the_page(browser: Browser, code, refused) -> None:
    await browser.get("/courier")
    await browser.post("/courier/open", code=code)
    assert browser.status == 400
    assert says(browser, refused, number=code)
    assert RegisterError(refused).advice.kk in browser.page


async def test_a_foreign_package_is_refused_on_the_registers_page(at: DeskCourier, browser: Browser) -> None:
    (number,) = await at.twins(1)
    register = await at.bring([number])
    (theirs,) = await DeskCourier(at.place, "child-allowance-under-18").twins(1)
    await browser.get(f"/courier/{register}")
    await browser.post(f"/courier/{register}/scan", code="73999999999999")
    assert says(browser, RegisterCode.PACKAGE_UNKNOWN, number="73999999999999")
    await browser.post(f"/courier/{register}/scan", code=theirs)
    assert browser.status == 400
    assert theirs in browser.page
    assert (await at.courier.register(await at.clerk(), register)).unlisted == ()


async def test_other_roles_and_offices_see_no_registers(at: DeskCourier, new_browser) -> None:
    (number,) = await at.twins(1)
    register = await at.bring([number])
    head: Browser = await new_browser()
    await signed_in(head, await at.bodies.staff(at.office.id, Role.HEAD))
    assert 'href="/courier"' not in head.page
    for path in ("/courier", "/courier/results", f"/courier/{register}", f"/courier/{register}/register.pdf"):
        await head.get(path)
        assert head.status == 403
    stranger: Browser = await new_browser()
    await signed_in(stranger, await at.clerk("karaganda-employment"))
    for path in (f"/courier/{register}", f"/courier/{register}/register.pdf", f"/courier/{register}/labels.pdf"):
        await stranger.get(path)
        assert stranger.status == 404
        assert number not in stranger.page


async def test_a_register_of_results_is_made_once_and_printed(at: DeskCourier, browser: Browser) -> None:
    numbers = await at.twins(2)
    await at.received(await at.bring(numbers), *numbers)
    for number in numbers:
        await at.finished(number)
    await browser.get("/courier")
    await browser.get("/courier/results")
    assert all(f'value="{number}" checked' in browser.page for number in numbers)
    data = browser.form("/courier/results") | {"number": numbers[0], "courier": "", f"sheets_{numbers[0]}": "3"}
    async with browser.client.post("/courier/results", data=data) as answer:
        browser.page = await answer.text()
        assert answer.status == 400
    assert says(browser, RegisterCode.COURIER)
    assert f'value="{numbers[1]}" checked' not in browser.page
    data = browser.form("/courier/results") | {"number": numbers[0], "courier": COURIER, f"sheets_{numbers[0]}": "0"}
    async with browser.client.post("/courier/results", data=data) as answer:
        browser.page = await answer.text()
        assert answer.status == 400
    data = browser.form("/courier/results") | {"number": numbers[0], "courier": COURIER, f"sheets_{numbers[0]}": "3"}
    for _ in range(2):
        async with browser.client.post("/courier/results", data=data) as answer:
            browser.page = await answer.text()
            assert answer.status == 200
    (made,) = await at.courier.outgoing(await at.clerk())
    assert [(entry.application, entry.sheets) for entry in made.entries] == [(numbers[0], 3)]
    assert made.courier == COURIER
    assert f"/courier/{made.number}/labels.pdf" in browser.page
    for name in ("register", "labels"):
        async with browser.client.get(f"/courier/{made.number}/{name}.pdf") as answer:
            assert (answer.status, answer.content_type) == (200, "application/pdf")
            assert (await answer.read()).startswith(b"%PDF")


@pytest.mark.parametrize("service", [ALLOWANCE, CHILD])
async def test_a_case_leads_to_the_register_and_has_no_other_hand_over(workplace, new_browser, service: str) -> None:
    """Act 000, lines 91-93 and 171-174."""
    at = DeskCourier(workplace, service)
    (number,) = await at.twins(1)
    await at.received(await at.bring([number]), number)
    await at.finished(number)
    browser: Browser = await new_browser()
    await signed_in(browser, await at.clerk())
    await browser.get(f"/cases/{number}")
    verb = str((await at.bodies.case(number)).awaits_verb)
    assert f'action="/cases/{number}/{verb}"' not in browser.page
    assert f'href="/courier/results?department={at.department.id}"' in browser.page
    form = browser.form(f"/cases/{number}/claim")
    async with browser.client.post(f"/cases/{number}/{verb}", data=form) as answer:
        assert answer.status == 409
        assert DeskError(DeskCode.BY_REGISTER).text.kk.split(":")[0] in await answer.text()
    await browser.get(f"/courier/results?department={at.department.id}")
    data = browser.form("/courier/results") | {"number": number, "courier": COURIER}
    async with browser.client.post("/courier/results", data=data) as answer:
        browser.page = await answer.text()
        assert answer.status == 200
    assert "нәтижелер Мемлекеттік корпорацияға берілді" in browser.page
    await browser.get(f"/cases/{number}")
    assert 'href="/courier/results' not in browser.page
    (made,) = await at.courier.outgoing(await at.clerk())
    assert f"Нәтиже {made.number} тізілімімен курьерге берілді" in browser.page


async def test_a_result_in_a_colleagues_hands_is_named_on_the_page(at: DeskCourier, browser: Browser) -> None:
    (number,) = await at.twins(1)
    await at.received(await at.bring([number]), number)
    await at.finished(number)
    other = await at.bodies.staff(at.office.id, Role.CLERK, 2)
    version = (await at.bodies.case(number)).version
    await at.place.desk.moves.claim(other, number, version=version)
    await browser.get("/courier/results")
    data = browser.form("/courier/results") | {"number": number, "courier": COURIER}
    async with browser.client.post("/courier/results", data=data) as answer:
        page = await answer.text()
        assert answer.status == 400
    assert other.name in page
    assert f'value="{COURIER}"' in page
    assert await at.courier.outgoing(await at.clerk()) == ()


async def test_an_executor_who_gives_results_is_led_to_them_and_sees_nothing_to_mark(workplace, new_browser) -> None:
    at = DeskCourier(workplace, "guardianship-establishment")
    (number,) = await at.twins(1)
    register = await at.bring([number])
    await at.received(register, number)
    await at.finished(number)
    executor: Browser = await new_browser()
    await signed_in(executor, await at.bodies.doer(await at.bodies.case(number)))
    assert 'href="/courier"' in executor.page
    await executor.get("/courier")
    assert f'value="{number}" checked' in executor.page
    later = await at.bring(await at.twins(1))
    await executor.get(f"/courier/{later}")
    data = executor.form(f"/courier/{later}/close")
    async with executor.client.post(f"/courier/{later}/close", data=data | {"missing_confirmed": "yes"}) as answer:
        assert answer.status == 403
    assert not (await at.courier.register(await at.clerk(), later)).is_marked


@pytest.mark.parametrize("language", ["kk", "ru"])
async def test_the_pages_are_written_in_both_languages(at: DeskCourier, browser: Browser, language: str) -> None:
    (number,) = await at.twins(1)
    register = await at.bring([number])
    words = {
        "kk": ("Белгі қойылатын тізілімдер", "Топтаманың штрих-коды"),
        "ru": ("Реестры, ожидающие отметки", "Штрих-код пакета"),
    }
    await browser.get(f"/courier?lang={language}")
    assert words[language][0] in browser.page
    await browser.get(f"/courier/{register}?lang={language}")
    assert words[language][1] in browser.page
    assert "Register" not in re.sub(r"<[^>]*>", "", browser.page.split("<body")[1])


def test_every_word_of_the_pages_is_translated() -> None:
    assert [one for one in untranslated() if "courier" in str(one.message.file)] == []
