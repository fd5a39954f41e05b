import pytest

from tests.integration.flows.town import ALMATY, IIN, KARAGANDA, OTHER_IIN, PASSWORD, PDF

PUBLIC = ["/", "/services", f"/services/{KARAGANDA}", f"/services/{ALMATY}", "/register", "/sign-in", "/verify"]


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("path", PUBLIC)
async def test_every_public_page_speaks_every_language_and_says_that_it_is_a_simulation(browser, path, language):
    page = await browser.get(path, params={"lang": language})
    assert page.status == 200
    assert page.tree.get("lang") == language
    assert "qz-simulation" in page.text


async def test_a_service_page_says_that_its_act_is_repealed(browser):
    page = await browser.get(f"/services/{KARAGANDA}")
    assert "Акт күшін жойған" in page.words()
    assert "4-үдеріс" in page.words()


async def test_the_refusal_of_authorisation_tells_nothing_about_who_is_registered(town, account, sign_in):
    _, wrong = await sign_in(IIN, password="another password")
    _, unknown = await sign_in(OTHER_IIN, password="another password")
    assert wrong.status == unknown.status == 403
    assert 'data-step="process 2"' in wrong.text
    assert wrong.words() == unknown.words()


async def test_after_many_failures_the_page_says_how_long_to_wait(town, account, sign_in):
    for _ in range(4):
        await sign_in(IIN, password="another password")
    _, page = await sign_in(IIN)
    assert page.status == 429
    assert "2 секунд" in page.words()


async def test_what_needs_a_login_leads_to_it_and_back(town, account, browser, sign_in):
    page = await browser.get("/cabinet")
    assert page.path == "/sign-in"
    assert page.hidden("/sign-in")["next"] == "/cabinet"
    _, page = await sign_in(IIN, path=f"/sign-in?next=/services/{KARAGANDA}")
    assert page.path == f"/services/{KARAGANDA}"


@pytest.mark.parametrize("elsewhere", ["//evil.test", "https://evil.test", "/\\evil.test", "javascript:alert(1)"])
async def test_a_login_leads_nowhere_else(town, account, sign_in, elsewhere):
    _, page = await sign_in(IIN, path=f"/sign-in?next={elsewhere}")
    assert page.path == "/cabinet"


async def test_another_applicants_pages_are_not_found(town, account, key, sign_in):
    number = await town.accepted(KARAGANDA, account, key)
    await town.register(OTHER_IIN, key=town.person(OTHER_IIN, "other"))
    stranger, _ = await sign_in(OTHER_IIN)
    for path in (
        f"/cabinet/{number}",
        f"/cabinet/{number}/trail.json",
        f"/cabinet/{number}/application.xml",
        f"/cabinet/{number}/result.pdf",
        f"/applications/{number}",
        f"/applications/{number}/sent",
        f"/applications/{number}/form",
        f"/applications/{number}/sign",
        "/cabinet/71999999999999",
    ):
        page = await stranger.get(path)
        assert page.status == 404, path
        assert IIN not in page.text


async def test_the_form_shows_all_mistakes_and_keeps_what_was_typed(town, account, sign_in):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/services/{ALMATY}")
    page = await browser.post(page, f"/services/{ALMATY}/apply")
    page = await browser.post(page, page.path, phone="шақырыңыз", ward_birth_date="31.02.2015", address="<b>Абай</b>")
    assert page.status == 400
    assert len(page.tree.xpath("//*[contains(@class, 'govuk-error-summary__list')]/li")) >= 6
    assert page.tree.xpath("//input[@id='phone']/@value") == ["шақырыңыз"]
    assert page.tree.xpath("//input[@id='ward_birth_date']/@value") == ["31.02.2015"]
    again = await browser.get(page.path)
    assert again.tree.xpath("//input[@id='address']/@value") == ["<b>Абай</b>"]


async def test_a_file_of_a_wrong_type_or_size_is_told_at_its_place(town, account, sign_in):
    browser, _ = await sign_in(IIN)
    number = await town.rooms.flow.process_3_select_service(account, ALMATY, session="s")
    page = await browser.get(f"/applications/{number}/documents")
    action = f"/applications/{number}/documents"
    for content, media_type in ((b"MZ", "application/pdf"), (PDF + b"x" * 6_000_000, "application/pdf"), (b"", "")):
        refused = await browser.post(
            page,
            action,
            document="identity-document",
            file=("identity-document", "a.pdf", content, media_type or "application/pdf"),
        )
        assert refused.status == 400
        assert refused.tree.xpath("//a[@href='#identity-document']")
    assert (await town.rooms.cabinet.application(account.id, number)).attachments == ()


async def test_registration_says_what_is_wrong_with_number_and_password(browser):
    page = await browser.get("/register")
    for fields in (
        {"number": "", "password": PASSWORD, "password_again": PASSWORD},
        {"number": IIN[:-1] + str((int(IIN[-1]) + 1) % 10), "password": PASSWORD, "password_again": PASSWORD},
        {"number": IIN, "password": PASSWORD, "password_again": "other"},
        {"number": IIN, "password": "short", "password_again": "short"},
    ):
        refused = await browser.post(page, "/register", **fields)
        assert refused.status == 400
        assert refused.tree.xpath("//*[contains(@class, 'govuk-error-message')]")
        assert PASSWORD not in refused.text


async def test_confirming_without_having_begun_leads_to_the_beginning(browser):
    assert (await browser.get("/register/confirm")).path == "/register"


async def test_signing_out_ends_the_session_at_the_server(town, account, sign_in):
    browser, page = await sign_in(IIN)
    await browser.post(page, "/sign-out")
    assert (await browser.get("/cabinet")).path == "/sign-in"
    assert await town.store.database.fetchval("SELECT count(*) FROM session WHERE account IS NOT NULL") == 0


async def test_an_operators_session_of_the_workplace_is_nobodys_here(town, account, sign_in):
    """Both sites' sessions lie in one table."""
    browser, _ = await sign_in(IIN)
    await town.store.database.execute(
        """UPDATE session SET account = 'operator 5', data = data || '{"account": "operator 5"}'::jsonb"""
    )
    assert (await browser.get("/cabinet")).path == "/sign-in"
    assert await town.store.database.fetchval("SELECT count(*) FROM session WHERE account IS NOT NULL") == 0
    _, page = await sign_in(IIN, browser)
    assert page.path == "/cabinet"


async def test_a_form_from_elsewhere_changes_nothing(town, account, sign_in):
    browser, _ = await sign_in(IIN)
    async with browser.client.post(f"/services/{KARAGANDA}/apply", data={}) as answer:
        assert answer.status == 403
    assert await town.rooms.cabinet.applications(account.id) == ()


async def test_the_public_check_of_an_unknown_document_is_not_found_and_says_so(browser):
    for path in ("/verify/71000000000001-R?d=0123456789abcdef", "/verify?number=x&d=y", "/verify/A"):
        page = await browser.get(path)
        assert page.status == 404
        assert 'data-verdict="unknown"' in page.text
