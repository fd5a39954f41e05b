"""A service whose form depends on the kind: the kind is a step of its own, and the page works without JavaScript."""

from dataclasses import replace

import pytest
from lxml import etree

from gateway.eds.xmldsig import sign_enveloped
from tests.integration.flows.town import CATALOGUE, IIN, PDF, Town, iin
from tests.integration.web_portal.browser import in_base64
from tests.integration.web_portal.test_journey import choose

PLAIN = CATALOGUE.service("minor-property-certificates")
ID = PLAIN.id


def by_kind(service):
    """The child's name is asked for the bank alone, the first document for the pension fund alone."""
    form = tuple(
        field.model_copy(update={"kinds": ("bank",)}) if field.id == "child_name" else field for field in service.form
    )
    first, *rest = service.documents
    documents = (first.model_copy(update={"kinds": ("pension-fund",), "required": True}), *rest)
    return service.model_copy(update={"form": form, "documents": documents})


SERVICE = by_kind(PLAIN)
FIRST = SERVICE.documents[0].id


@pytest.fixture
async def town(new_store, clock):
    catalogue = replace(CATALOGUE, services={**CATALOGUE.services, ID: SERVICE})
    return await Town.build(new_store, clock, catalogue=catalogue)


async def begin(sign_in):
    browser, _ = await sign_in(IIN)
    page = await browser.get(f"/services/{ID}")
    page = await browser.post(page, f"/services/{ID}/apply")
    return browser, page, page.path.split("/")[2]


def typed(page):
    """Good answers to whatever the page asks."""
    values = {}
    for field in SERVICE.form:
        if not page.tree.xpath(f"//*[@name='{field.id}']"):
            continue
        by_type = {
            "phone": "+77010000000",
            "iin": iin("15050120012"),
            "date": "01.05.2015",
            "consent": "true",
            "email": "a@b.kz",
            "choice": field.choices[0].id if field.choices else "",
        }
        values[field.id] = by_type.get(field.type.value, "Сынақова Айгүл")
    return values


async def test_the_kind_comes_first_and_only_its_fields_and_documents_follow(town, account, key, sign_in):
    browser, page, number = await begin(sign_in)
    assert page.path == f"/applications/{number}/kind"
    assert len(page.tree.xpath("//input[@name='addressee']")) == 3

    wrong = await browser.post(page, page.path, addressee="neighbour")
    assert (wrong.status, wrong.path) == (400, page.path)
    nothing = await browser.post(page, page.path)
    assert nothing.status == 400

    page = await browser.post(page, page.path, addressee="bank")
    assert page.path == f"/applications/{number}/form"
    assert page.tree.xpath("//*[@name='child_name']")
    assert not page.tree.xpath("//*[@name='addressee']")
    assert page.tree.xpath(f"//a[@href='/applications/{number}/kind']")
    page = await browser.post(page, page.path, **typed(page))
    page = await browser.get(f"/applications/{number}/documents")
    assert not page.tree.xpath(f"//*[@name='{FIRST}']")

    page = await browser.get(f"/applications/{number}/kind")
    page = await browser.post(page, page.path, addressee="pension-fund")
    assert not page.tree.xpath("//*[@name='child_name']")
    page = await browser.post(page, page.path, **typed(page))
    assert page.tree.xpath(f"//*[@name='{FIRST}']")
    for document in SERVICE.documents:
        file = (document.id, "copy.pdf", PDF, "application/pdf")
        page = await browser.post(page, f"/applications/{number}/documents", document=document.id, file=file)
    page = await browser.get(f"/applications/{number}/certificate")
    assert page.path.endswith("/certificate")
    page = await choose(browser, number, page, key)
    assert page.path.endswith("/sign")
    form = etree.fromstring(await town.draft(account, number)).find("{*}form")
    answers = {etree.QName(one).localname: one.text for one in form}
    assert answers["addressee"] == "pension-fund"
    assert "child_name" not in answers
    signed = sign_enveloped(await town.draft(account, number), key)
    page = await browser.post(page, f"/applications/{number}/sign", signed=in_base64(signed))
    assert page.path.endswith("/sent")


async def test_a_document_of_the_first_choice_does_not_travel_with_the_second(town, account, sign_in):
    browser, page, number = await begin(sign_in)
    page = await browser.post(page, page.path, addressee="pension-fund")
    page = await browser.post(page, page.path, **typed(page))
    file = (FIRST, "copy.pdf", PDF, "application/pdf")
    await browser.post(page, f"/applications/{number}/documents", document=FIRST, file=file)
    page = await browser.get(f"/applications/{number}/kind")
    await browser.post(page, page.path, addressee="bank")
    application = await town.rooms.cabinet.application(account.id, number)
    assert [one.document for one in application.attachments] == []
    assert application.fields["addressee"] == "bank"


async def test_a_document_of_another_kind_is_not_taken(town, account, sign_in):
    browser, page, number = await begin(sign_in)
    page = await browser.post(page, page.path, addressee="bank")
    page = await browser.get(f"/applications/{number}/documents")
    action = f"/applications/{number}/documents"
    page = await browser.post(page, action, document=FIRST, file=(FIRST, "copy.pdf", PDF, "application/pdf"))
    assert page.status == 409
    assert (await town.rooms.cabinet.application(account.id, number)).attachments == ()


async def test_no_page_after_the_kind_is_reached_without_it(town, account, sign_in):
    browser, _page, number = await begin(sign_in)
    for path in ("form", "documents", "certificate", "sign"):
        page = await browser.get(f"/applications/{number}/{path}")
        assert page.path == f"/applications/{number}/kind", path


async def test_a_posted_form_cannot_change_the_kind_behind_the_page(town, account, sign_in):
    browser, page, number = await begin(sign_in)
    page = await browser.post(page, page.path, addressee="bank")
    await browser.post(page, page.path, **typed(page), addressee="pension-fund")
    assert (await town.rooms.cabinet.application(account.id, number)).fields["addressee"] == "bank"


async def test_a_service_whose_form_is_the_same_for_all_kinds_has_no_such_step(town, account, sign_in):
    browser, _ = await sign_in(IIN)
    service = "employment-assistance-referrals"
    page = await browser.get(f"/services/{service}")
    page = await browser.post(page, f"/services/{service}/apply")
    assert page.path.endswith("/form")
    assert len(page.tree.xpath("//input[@name='measure']")) == 6
    number = page.path.split("/")[2]
    page = await browser.get(f"/applications/{number}/kind")
    assert page.path == f"/applications/{number}/form"
