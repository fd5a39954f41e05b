"""Documents at a window: scanned page by page, marked as handed in on paper, missing; and the papers printed."""

import io
import random
from dataclasses import replace

import pikepdf
import pypdf
import pytest
from PIL import Image

from gateway.catalogue import Channel
from gateway.catalogue.form import FormProblemCode
from gateway.catalogue.kinds import documents_of
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.scans import Page, PageType
from gateway.terminal.pages import MOST_TOGETHER
from tests.integration.flows_arm.hall import CATALOGUE, CERTIFICATE, ORALMAN, ORDER, SUPPORT, VICTIMS, Hall, scan
from tests.integration.flows_arm.test_sending import REPRESENTED

DOCUMENTS = documents_of(CATALOGUE.service(SUPPORT), None)
FIRST = DOCUMENTS[0].id
ESTABLISHMENT = "guardianship-establishment"
"""The service that asks for most documents."""


def refusal(code: ArmCode):
    return pytest.raises(ArmError, match=f"^{code}(,|$)")


def text_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def said_as(operator) -> str:
    """Surname and initials, as the acts have them on the receipt (Karaganda, lines 1275-1278)."""
    return f"{operator.name.split()[0]} С. С."


async def scanned(hall, operator, number, content, *, document=FIRST):
    return await hall.rooms.flow.scan(
        operator, number, document, name="scan", media_type="application/octet-stream", content=content
    )


async def pages(hall, operator, number):
    found = (await hall.rooms.flow.intake(operator, number)).pages.get(FIRST, ())
    return [(page.ordinal, page.rotation, page.sha256) for page in found]


@pytest.fixture
async def number(hall, operator):
    return await hall.asked(operator, SUPPORT)


async def test_pages_are_shown_turned_scanned_again_and_taken_away(hall, operator, number):
    flow = hall.rooms.flow
    assert await scanned(hall, operator, number, scan(3)) is None
    first, second, third = await pages(hall, operator, number)
    assert [page[0] for page in (first, second, third)] == [1, 2, 3]
    assert len({page[2] for page in (first, second, third)}) == 3
    media_type, shown = await flow.page_image(operator, number, FIRST, 2)
    assert media_type == "image/jpeg"
    upright = Image.open(io.BytesIO(shown)).size
    await flow.rotate(operator, number, FIRST, 2)
    turned = Image.open(io.BytesIO((await flow.page_image(operator, number, FIRST, 2))[1])).size
    assert turned == upright[::-1]
    assert await flow.replace_page(operator, number, FIRST, 3, scan(1, "JPEG"), "image/jpeg", "again.jpg") is None
    await flow.remove_page(operator, number, FIRST, 1)
    left = await pages(hall, operator, number)
    assert [page[:2] for page in left] == [(1, 90), (2, 0)]
    assert left[0][2] == second[2]
    assert left[1][2] not in {first[2], second[2], third[2]}


async def test_a_page_that_was_not_seen_at_its_place_is_not_touched(hall, operator, number):
    flow = hall.rooms.flow
    await scanned(hall, operator, number, scan(3))
    (_, _, seen), *left = await pages(hall, operator, number)
    await flow.remove_page(operator, number, FIRST, 1, seen=seen)
    for attempt in (
        flow.remove_page(operator, number, FIRST, 1, seen=seen),
        flow.rotate(operator, number, FIRST, 1, seen=seen),
        flow.replace_page(operator, number, FIRST, 1, scan(1, "PNG"), "image/png", "again.png", seen=seen),
    ):
        with refusal(ArmCode.STALE):
            await attempt
    assert [page[1:] for page in await pages(hall, operator, number)] == [page[1:] for page in left]


async def test_four_quarter_turns_are_none(hall, operator, number):
    await scanned(hall, operator, number, scan())
    before = await pages(hall, operator, number)
    for _ in range(4):
        await hall.rooms.flow.rotate(operator, number, FIRST, 1)
    assert await pages(hall, operator, number) == before


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", FormProblemCode.EMPTY),
        (b"\x7fELF a program", FormProblemCode.WRONG_MEDIA_TYPE),
        (b"%PDF-1.7" + b" " * 16_000_000, FormProblemCode.TOO_LARGE),
        (scan()[:60], None),
    ],
    ids=["0 bytes", "a wrong type", "16 MB", "cut off"],
)
async def test_a_bad_scan_is_told_with_what_to_do_and_nothing_is_added(hall, operator, number, content, code):
    problem = await scanned(hall, operator, number, content)
    assert problem is not None
    assert problem.field == FIRST
    assert code in (None, problem.code)
    assert DOCUMENTS[0].title.kk in problem.text.kk
    assert len(problem.text.ru.split(". ")) > 1
    assert await pages(hall, operator, number) == []


async def test_a_document_has_no_more_pages_than_can_be_sent(hall, operator, number):
    for _ in range(2):
        assert await scanned(hall, operator, number, scan(50)) is None
    problem = await scanned(hall, operator, number, scan(1))
    assert problem is not None
    assert problem.code is FormProblemCode.TOO_LARGE
    assert len(await pages(hall, operator, number)) == 100


async def with_limits(new_store, clock, most_bytes):
    """A hall whose service takes smaller documents, and a number at which they may be scanned."""
    service = CATALOGUE.service(SUPPORT)
    changed = tuple(one.model_copy(update={"max_bytes": most_bytes}) for one in service.documents)
    services = {**CATALOGUE.services, SUPPORT: service.model_copy(update={"documents": changed})}
    hall = await Hall.build(new_store, clock, catalogue=replace(CATALOGUE, services=services))
    operator = await hall.operator()
    return hall, operator, await hall.asked(operator, SUPPORT)


async def test_a_document_larger_than_the_service_takes_is_told_at_the_scan_that_makes_it_so(new_store, clock):
    page = noise(100)
    hall, operator, number = await with_limits(new_store, clock, 2 * len(page) + len(page) // 2)
    for _ in range(2):
        assert await scanned(hall, operator, number, page) is None
    problem = await scanned(hall, operator, number, page)
    assert problem is not None
    assert (problem.field, problem.code) == (FIRST, FormProblemCode.TOO_LARGE)
    assert DOCUMENTS[0].title.kk in problem.text.kk
    assert len(await pages(hall, operator, number)) == 2
    larger = await hall.rooms.flow.replace_page(operator, number, FIRST, 2, noise(150), "image/png", "again.png")
    assert larger is not None
    assert larger.code is FormProblemCode.TOO_LARGE
    smaller = await hall.rooms.flow.replace_page(operator, number, FIRST, 2, noise(50), "image/png", "again.png")
    assert smaller is None
    assert await scanned(hall, operator, number, scan(), document=DOCUMENTS[1].id) is None


async def test_what_was_taken_at_the_scan_is_taken_when_the_certificate_is_chosen(new_store, clock):
    """Up to the last byte: what a page takes beside its picture is counted too."""
    page = noise(100)
    hall, operator, number = await with_limits(new_store, clock, 2 * len(page) + 3000)
    taken = 0
    while await scanned(hall, operator, number, page) is None:
        taken += 1
    assert taken == 2
    await hall.rooms.flow.mark_paper(operator, number, {DOCUMENTS[1].id: True})
    certificate = hall.key(operator).certificate.der
    assert (await hall.rooms.flow.process_5_choose_certificate(operator, number, certificate)).state == "ready"


def noise(side: int) -> bytes:
    """A picture that no format makes smaller."""
    made = io.BytesIO()
    Image.frombytes("RGB", (side, side), random.Random(side).randbytes(3 * side * side)).save(made, "PNG")
    return made.getvalue()


async def test_an_application_has_no_more_pages_than_its_page_can_show(hall):
    operator = await hall.operator("almaty-corporation")
    number = await hall.asked(operator, ESTABLISHMENT)
    documents = documents_of(CATALOGUE.service(ESTABLISHMENT), None)
    async with hall.store.database.transaction() as conn:
        for document in documents[:3]:
            page = Page(b"\x89PNG\r\n\x1a\n a page", PageType.PNG, 1, 1)
            assert await hall.rooms.flow._pages.add(conn, number, document, "scan", [page] * 100) is None
    assert await scanned(hall, operator, number, scan(50), document=documents[3].id) is None
    problem = await scanned(hall, operator, number, scan(1), document=documents[3].id)
    assert problem is not None
    assert problem.code is FormProblemCode.TOO_LARGE
    assert str(MOST_TOGETHER) in problem.text.kk
    assert len((await hall.rooms.flow.intake(operator, number)).pages[documents[3].id]) == 50


async def test_only_the_services_documents_and_existing_pages_are_touched(hall, operator, number):
    flow = hall.rooms.flow
    with refusal(ArmCode.NO_SUCH_DOCUMENT):
        await scanned(hall, operator, number, scan(), document="somebody-elses-paper")
    with refusal(ArmCode.NO_SUCH_DOCUMENT):
        await flow.mark_paper(operator, number, {"somebody-elses-paper": True})
    for step in (flow.rotate, flow.remove_page, flow.page_image):
        with refusal(ArmCode.NO_SUCH_PAGE):
            await step(operator, number, FIRST, 1)


async def test_nothing_is_changed_once_it_was_sent(hall, operator):
    number = await hall.accepted(operator, SUPPORT)
    with refusal(ArmCode.NOT_EDITABLE):
        await scanned(hall, operator, number, scan())
    with refusal(ArmCode.NOT_EDITABLE):
        await hall.rooms.flow.remove_page(operator, number, FIRST, 1)
    with refusal(ArmCode.NOT_EDITABLE):
        await hall.rooms.flow.refuse_acceptance(operator, number)


async def test_scans_and_marks_survive_a_correction_of_the_form(hall, operator, number):
    await scanned(hall, operator, number, scan(2))
    await hall.rooms.flow.mark_paper(operator, number, {DOCUMENTS[1].id: True})
    await hall.rooms.flow.process_2_enter(operator, number, {"phone": "+7 701 111 11 11"})
    assert len(await pages(hall, operator, number)) == 2
    assert (await hall.rooms.flow.intake(operator, number)).intake.on_paper == (DOCUMENTS[1].id,)


async def test_several_documents_are_marked_at_once_or_none(hall, operator, number):
    flow, (first, second) = hall.rooms.flow, [one.id for one in DOCUMENTS]
    await flow.mark_paper(operator, number, {first: True, second: True})
    assert (await flow.draft(operator, number)).intake.on_paper == (first, second)
    with refusal(ArmCode.NO_SUCH_DOCUMENT):
        await flow.mark_paper(operator, number, {first: False, "somebody-elses-paper": True})
    assert (await flow.draft(operator, number)).missing == ()
    await flow.mark_paper(operator, number, {first: False})
    assert (await flow.draft(operator, number)).intake.on_paper == (second,)


async def test_what_the_chosen_kind_does_not_ask_for_is_taken_away(new_store, clock):
    """No act has it on this channel; a form that is changed so must not send papers of another kind."""
    service = CATALOGUE.service(VICTIMS)
    kind, other = service.kind_ids[:2]
    first = service.documents[0].model_copy(update={"kinds": (kind,)})
    changed = service.model_copy(update={"documents": (first, *service.documents[1:])})
    catalogue = replace(CATALOGUE, services={**CATALOGUE.services, VICTIMS: changed})
    hall = await Hall.build(new_store, clock, catalogue=catalogue)
    operator = await hall.operator()
    number = await hall.asked(operator, VICTIMS, kind=kind)
    assert await scanned(hall, operator, number, scan(), document=first.id) is None
    await hall.rooms.flow.mark_paper(operator, number, {first.id: True})
    await hall.rooms.flow.process_2_enter(operator, number, {service.kinds.field: other})
    view = await hall.rooms.flow.intake(operator, number)
    assert (dict(view.pages), view.intake.on_paper) == ({}, ())


def hall_of(service):
    return CATALOGUE.counters_of(service, Channel.CORPORATION)[0].id


async def test_what_is_missing_is_named_and_acceptance_is_refused_with_a_receipt(hall):
    flow, operator = hall.rooms.flow, await hall.operator("almaty-corporation")
    number = await hall.asked(operator, ORDER)
    required = [one for one in documents_of(CATALOGUE.service(ORDER), None) if one.required]
    assert list((await flow.draft(operator, number)).missing) == required
    with refusal(ArmCode.DOCUMENTS_MISSING):
        await flow.process_5_choose_certificate(operator, number, hall.key(operator).certificate.der)
    await scanned(hall, operator, number, scan(), document=required[0].id)
    left = required[1:]
    assert list((await flow.draft(operator, number)).missing) == left
    await flow.refuse_acceptance(operator, number)
    view = await flow.intake(operator, number)
    assert view.application.state == "not-accepted"
    assert view.intake.missing == tuple(one.id for one in left)
    assert "acceptance refused failed" in await hall.notes(number)
    paper = await hall.rooms.receipts.refusal(operator, number)
    assert said_as(operator) in text_of(paper)
    with refusal(ArmCode.NOT_EDITABLE):
        await flow.refuse_acceptance(operator, number)
    assert await hall.rooms.receipts.refusal(operator, number) == paper


async def test_nothing_is_refused_when_nothing_is_missing(hall, operator):
    number = await hall.with_documents(operator, SUPPORT)
    with refusal(ArmCode.NOTHING_MISSING):
        await hall.rooms.flow.refuse_acceptance(operator, number)


async def test_a_refusal_needs_to_know_whom(hall, operator):
    number = await hall.rooms.flow.process_2_select(operator, SUPPORT, session="s", window=1)
    with refusal(ArmCode.APPLICANT_MISSING):
        await hall.rooms.flow.refuse_acceptance(operator, number)


async def test_the_list_of_processes_ends_with_the_receipt_of_refusal(hall):
    operator = await hall.operator(hall_of(ORALMAN))
    number = await hall.asked(operator, ORALMAN)
    await hall.rooms.flow.refuse_acceptance(operator, number)
    assert await hall.trail(number) == [f"process {one} done" for one in (1, 2, 3, 4)]


async def test_the_receipt_of_acceptance_says_who_took_what_in_and_is_the_same_every_time(hall, operator):
    number = await hall.ready(operator, SUPPORT, **REPRESENTED)
    with refusal(ArmCode.PAPER_NOT_READY):
        await hall.rooms.receipts.acceptance(operator, number)
    await hall.rooms.flow.process_6_send(operator, number, await hall.signed(operator, number))
    paper = await hall.rooms.receipts.acceptance(operator, number)
    said = text_of(paper)
    for told in (number, said_as(operator), "02.03.2026"):
        assert told in said
    assert await hall.rooms.receipts.acceptance(operator, number) == paper


async def test_the_consent_is_printed_before_any_question(hall, operator):
    flow = hall.rooms.flow
    number = await flow.process_2_select(operator, CERTIFICATE, session="s", window=1)
    with refusal(ArmCode.APPLICANT_MISSING):
        await hall.rooms.receipts.consent(operator, number)
    await flow.process_2_enter(operator, number, hall.typed(CERTIFICATE, office="karaganda-employment"))
    assert (await hall.rooms.receipts.consent(operator, number)).startswith(b"%PDF-")
    assert hall.people.asked == []


async def test_a_document_scanned_and_marked_is_sent_once(hall):
    operator = await hall.operator("almaty-corporation")
    number = await hall.with_documents(operator, ORDER)
    first = documents_of(CATALOGUE.service(ORDER), None)[0]
    await hall.rooms.flow.mark_paper(operator, number, {first.id: True})
    application = await hall.rooms.flow.process_5_choose_certificate(
        operator, number, hall.key(operator).certificate.der
    )
    assert application.draft is not None
    assert application.draft.count(f">{first.id}<".encode()) == 1


async def test_a_page_is_turned_in_what_is_sent(hall, operator):
    number = await hall.with_documents(operator, SUPPORT)
    await hall.rooms.flow.rotate(operator, number, FIRST, 1)
    await hall.rooms.flow.process_5_choose_certificate(operator, number, hall.key(operator).certificate.der)
    (attachment,) = (await hall.application(number)).attachments
    with pikepdf.open(io.BytesIO(await hall.store.blobs.get(attachment.sha256))) as document:
        turned, upright = (shown(page) for page in document.pages)
    assert turned == upright[::-1]


def shown(page) -> tuple[int, int]:
    box = [float(side) for side in page.mediabox]
    width, height = round(box[2] - box[0]), round(box[3] - box[1])
    return (height, width) if int(page.get("/Rotate", 0)) % 180 else (width, height)
