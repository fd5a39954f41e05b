"""What an applicant presents by message for the procedure's condition: checked, taken once, told when it is not."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from gateway.desk import NotYet
from gateway.desk.supplements import NotTakenCode
from gateway.eds.codes import Code, Status
from gateway.exchange.application import Attachment, content_key
from gateway.exchange.submission import InlineFile, StoredFile
from gateway.exchange.supplement import (
    Supplement,
    SupplementSubmission,
    build_supplement,
    build_supplement_submission,
)
from gateway.exchange.waiting import Waiting, WaitingEnd, read_waiting
from tests.integration.desk.bodies import GUARANTEE, Bodies
from tests.integration.desk.workplace import APPLICANT, CATALOGUE, PDF, iin

PERMIT, PROVIDER = "foreign-labour-permit", "karaganda-region-employment"
SHEP = CATALOGUE.service(PERMIT).shep_service_id
OTHER = iin("90051510014")


@pytest.fixture
def bodies(workplace) -> Bodies:
    return Bodies(workplace)


@pytest.fixture
async def number(bodies: Bodies) -> str:
    """A case whose employer was told of the decision."""
    number = await bodies.open(PERMIT, "portal", office=PROVIDER, kind="employer-issue")
    await bodies.to(number, "submit")
    return number


def supplement(bodies: Bodies, number: str, /, **changes: object) -> Supplement:
    document, content = changes.pop("document", GUARANTEE), changes.pop("content", PDF)
    assert isinstance(content, bytes)
    values: dict[str, object] = {
        "number": number,
        "service": PERMIT,
        "office": PROVIDER,
        "applicant_number": APPLICANT,
        "applicant_name": "ЖАППАРОВА ӘЙГҮЛ",
        "attachments": (
            Attachment(
                str(document), "кепілдік.pdf", "application/pdf", len(content), hashlib.sha256(content).hexdigest()
            ),
        ),
        "created_at": bodies.place.clock.now(),
    }
    return Supplement(**(values | changes))  # type: ignore[arg-type]


async def present(
    bodies: Bodies,
    number: str,
    made: Supplement | None = None,
    *,
    file: InlineFile | StoredFile | None = None,
    at: datetime | None = None,
    service_id: str = SHEP,
) -> bytes:
    """A supplement arrives; returns the payload."""
    made = made or supplement(bodies, number)
    payload = build_supplement_submission(
        SupplementSubmission(
            number=number,
            service=PERMIT,
            office=PROVIDER,
            presented_at=at or bodies.place.clock.now(),
            signed_supplement=bodies.place.signatures.sign(build_supplement(made)),
            attachments=(file or InlineFile(PDF),),
        )
    )
    await bodies.place.push(payload, service_id)
    return payload


async def taken(bodies: Bodies) -> int:
    count: int = await bodies.place.store.database.fetchval("SELECT count(*) FROM case_supplement")
    return count


def refusals(bodies: Bodies, number: str) -> list[str]:
    """The codes of what the applicant is told was not taken."""
    return [
        notice.facts["code"]
        for notice in bodies.place.notices(number)
        if (notice.kind.value, notice.outcome.value) == ("note", "failed")
    ]


async def test_the_notification_of_the_decision_says_what_is_awaited_and_until_when(bodies, number) -> None:
    case = await bodies.case(number)
    (told,) = [notice for notice in bodies.place.notices(number) if notice.kind.value == "action"]
    assert told.step_number == 6
    assert read_waiting(told.facts) == Waiting(case.due_at, (GUARANTEE,))


async def test_what_was_presented_fulfils_the_condition_once(bodies, number) -> None:
    payload = await present(bodies, number)
    await bodies.place.push(payload, SHEP)
    case = await bodies.case(number)
    assert case.awaits_verb == "draft"
    assert await taken(bodies) == 1
    kept = await bodies.place.store.database.fetch("SELECT * FROM case_document WHERE number = $1", number)
    assert [(row["kind"], row["name"]) for row in kept] == [(GUARANTEE, "кепілдік.pdf")]
    assert await bodies.place.store.blobs.get(kept[0]["sha256"]) == PDF
    row = await bodies.place.store.database.fetchrow("SELECT * FROM case_supplement")
    assert row["content_key"] == content_key(number, build_supplement(supplement(bodies, number)))
    assert build_supplement(supplement(bodies, number)) in await bodies.place.store.blobs.get(row["signed"])
    ends = [read_waiting(notice.facts) for notice in bodies.place.notices(number)]
    assert ends.count(WaitingEnd.PRESENTED) == 1
    assert refusals(bodies, number) == []


async def test_a_large_file_is_fetched_from_the_temporary_store(bodies, number) -> None:
    bodies.place.files.files["f-1"] = PDF
    await present(bodies, number, file=StoredFile("f-1", hashlib.sha256(PDF).hexdigest()))
    assert (await bodies.case(number)).awaits_verb == "draft"


async def test_a_store_that_is_silent_and_a_certificate_undecided_are_tried_again(bodies, number) -> None:
    stored = StoredFile("f-1", hashlib.sha256(PDF).hexdigest())
    bodies.place.files.silent = True
    with pytest.raises(NotYet):
        await present(bodies, number, file=stored)
    bodies.place.files.silent = False
    bodies.place.signatures.status, bodies.place.signatures.code = Status.UNDETERMINED, Code.REVOCATION_UNAVAILABLE
    with pytest.raises(NotYet):
        await present(bodies, number)
    assert (await bodies.case(number)).awaits_verb == "submit"
    assert refusals(bodies, number) == []


BROKEN = {
    "another signer": ({}, NotTakenCode.SIGNER),
    "another applicant named": ({"applicant_number": OTHER}, NotTakenCode.CONTRADICTION),
    "another application": ({"number": "72000000999999"}, NotTakenCode.CONTRADICTION),
    "another service": ({"service": "birth-registration"}, NotTakenCode.CONTRADICTION),
    "another office": ({"office": "almaty-education"}, NotTakenCode.CONTRADICTION),
    "another document": ({"document": "worker-passport"}, NotTakenCode.DOCUMENT),
    "another file": ({"content": b"%PDF-another"}, NotTakenCode.FILES),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_what_does_not_belong_to_the_case_is_not_taken_and_told(bodies, number, what) -> None:
    changes, code = BROKEN[what]
    if what == "another signer":
        bodies.place.signatures.iin = str(OTHER)
    await present(bodies, number, supplement(bodies, number, **changes))
    assert refusals(bodies, number) == [code.value]
    assert (await bodies.case(number)).awaits_verb == "submit"
    assert await taken(bodies) == 0
    (told,) = [one for one in bodies.place.notices(number) if "supplement" in one.facts]
    assert told.message is not None
    assert all((told.message.kk, told.message.ru))


async def test_a_bad_signature_a_lost_file_and_another_services_channel_are_told(bodies, number) -> None:
    bodies.place.signatures.status, bodies.place.signatures.code = Status.INVALID, Code.CERTIFICATE_REVOKED
    await present(bodies, number)
    bodies.place.signatures.status, bodies.place.signatures.code = Status.VALID, Code.OK
    await present(bodies, number, file=StoredFile("gone", hashlib.sha256(PDF).hexdigest()))
    await present(bodies, number, service_id=CATALOGUE.service("birth-registration").shep_service_id)
    assert refusals(bodies, number) == [
        NotTakenCode.SIGNATURE.value,
        NotTakenCode.FILE_GONE.value,
        NotTakenCode.CONTRADICTION.value,
    ]
    await present(bodies, number)
    assert (await bodies.case(number)).awaits_verb == "draft"


async def test_a_file_that_is_no_document_is_not_taken_and_nothing_is_kept(bodies, number) -> None:
    content = b"no document"
    await present(bodies, number, supplement(bodies, number, content=content), file=InlineFile(content))
    assert refusals(bodies, number) == [NotTakenCode.DOCUMENT.value]
    assert await taken(bodies) == 0
    assert await bodies.place.store.database.fetchval("SELECT count(*) FROM case_document") == 0


async def test_before_the_notification_nothing_is_awaited(bodies) -> None:
    number = await bodies.open(PERMIT, "portal", office=PROVIDER, kind="employer-issue")
    await present(bodies, number)
    assert refusals(bodies, number) == [NotTakenCode.NOT_AWAITED.value]
    extended = await bodies.open(PERMIT, "portal", office=PROVIDER, kind="employer-extend")
    await present(bodies, extended)
    assert refusals(bodies, extended) == [NotTakenCode.NOT_AWAITED.value]


async def test_a_supplement_to_no_case_makes_none(bodies) -> None:
    await present(bodies, "72000000888888")
    assert await bodies.place.store.database.fetchval("SELECT count(*) FROM casefile") == 0
    assert await taken(bodies) == 0


async def test_what_was_sent_in_the_term_counts_however_late_it_arrives(bodies, number) -> None:
    case = await bodies.case(number)
    at = case.due_at
    made = supplement(bodies, number)
    bodies.place.clock.set(at + timedelta(hours=14))
    await present(bodies, number, made, at=at)
    assert (await bodies.case(number)).awaits_verb == "draft"
    assert refusals(bodies, number) == []


async def test_what_was_sent_after_the_term_is_late(bodies, number) -> None:
    case = await bodies.case(number)
    bodies.place.clock.set(case.due_at + timedelta(minutes=1))
    await present(bodies, number)
    assert refusals(bodies, number) == [NotTakenCode.LATE.value]


async def test_an_application_is_no_supplement_and_comes_in_as_before(bodies) -> None:
    number = await bodies.place.submit("unemployed-certificate")
    assert (await bodies.place.case(number)).number == number


@pytest.mark.parametrize("where", ["envelope", "signed"])
async def test_no_log_says_what_stood_where_a_supplement_could_not_be_read(bodies, number, where: str) -> None:
    name, place = "ЖАППАРОВА ӘЙГҮЛ", bodies.place
    signed, at = build_supplement(supplement(bodies, number)), place.clock.now()
    if where == "signed":
        signed = signed.replace(str(APPLICANT).encode(), name.encode())
    payload = build_supplement_submission(
        SupplementSubmission(
            number=number,
            service=PERMIT,
            office=PROVIDER,
            presented_at=at,
            signed_supplement=place.signatures.sign(signed),
            attachments=(InlineFile(PDF),),
        )
    )
    if where == "envelope":
        payload = payload.replace(PROVIDER.encode(), name.encode())
    with capture_logs() as logs:
        await place.push(payload, SHEP)
    assert [one["event"] for one in logs] == [
        "supplement-unreadable" if where == "envelope" else "supplement-not-taken"
    ]
    assert "ЖАППАРОВА" not in str(logs)
    assert await taken(bodies) == 0


async def test_no_log_says_which_kind_of_document_somebody_made_up(bodies, number) -> None:
    with capture_logs() as logs:
        await present(bodies, number, supplement(bodies, number, document="zhapparova-aygul"))
    assert [one["code"] for one in logs] == [NotTakenCode.DOCUMENT]
    assert "zhapparova" not in str(logs)
