"""Process 6: what is taken, what is not, and that nothing is half-stored."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from gateway.catalogue import load_catalogue
from gateway.desk import NotYet
from gateway.eds.codes import Code, Status
from gateway.exchange.application import build_application
from gateway.exchange.notification import read_notice
from gateway.identity.numbers import Iin, check_digit

KARAGANDA, ALMATY = "unemployed-certificate", "guardianship-certificate"
TABLES = ("casefile", "case_step", "case_document", "event", "blob", "timer")
OTHER = Iin("90051510005" + (check_digit("90051510005") or ""))


@pytest.fixture
def application(workplace, request):
    """The builder of applications that the workplace's own fixture file has."""
    return request.getfixturevalue("make_application")


async def counts(workplace) -> dict[str, int]:
    return {table: await workplace.store.database.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}


async def jobs(workplace) -> int:
    return await workplace.store.database.fetchval(f"SELECT count(*) FROM {workplace.store.database.schema}_pgqueuer")


async def broken(workplace, **how) -> str:
    """Submit what is broken and return the code that the channels are told."""
    before = await counts(workplace)
    await workplace.submit(**how)
    assert await counts(workplace) == before, "something of a broken submission was stored"
    (_, message) = list(workplace.sent.sent.values())[-1]
    notice = read_notice(message.payload.xml)
    assert (notice.kind.value, notice.outcome.value) == ("note", "failed")
    assert notice.message is not None
    return notice.facts["code"]


async def test_one_transaction_holds_case_event_message_and_job(workplace) -> None:
    await workplace.submit(KARAGANDA)
    assert await counts(workplace) == {
        "casefile": 1,
        "case_step": 1,
        "case_document": 0,
        "event": 1,
        "blob": 1,
        "timer": 1,
    }
    assert await jobs(workplace) == 1
    assert len(workplace.sent.sent) == 1


async def test_a_failure_on_the_way_stores_nothing(workplace, monkeypatch) -> None:
    async def fail(*_: object, **__: object) -> bool:
        raise OSError("the disk is full")

    before = await counts(workplace)
    monkeypatch.setattr(workplace.sent, "put", fail)
    with pytest.raises(OSError, match="disk"):
        await workplace.submit(KARAGANDA)
    assert await counts(workplace) == before


async def test_a_repeated_sending_makes_one_case(workplace, application) -> None:
    app = application(KARAGANDA, "90000000000001")
    await workplace.submit(KARAGANDA, app=app)
    once = await counts(workplace)
    await workplace.submit(KARAGANDA, app=app)
    assert await counts(workplace) == once
    assert len(workplace.sent.sent) == 1


async def test_sendings_that_arrive_at_once_make_one_case(workplace, application) -> None:
    app = application(KARAGANDA, "90000000000001")
    await asyncio.gather(*(workplace.submit(KARAGANDA, app=app) for _ in range(6)))
    assert (await counts(workplace))["casefile"] == 1
    assert workplace.steps("90000000000001") == [("process", 6, "done")]


async def test_another_content_under_a_known_number_is_refused(workplace, application) -> None:
    app = application(KARAGANDA, "90000000000001")
    await workplace.submit(KARAGANDA, app=app)
    other = replace(app, applicant_name="БАСҚА АДАМ")
    assert await broken(workplace, service=KARAGANDA, app=other) == "submission-number-taken"


async def test_the_signer_must_be_the_applicant(workplace) -> None:
    workplace.signatures.iin = str(OTHER)
    assert await broken(workplace, service=KARAGANDA) == "submission-signer-not-applicant"


async def test_a_bad_signature_is_refused(workplace) -> None:
    workplace.signatures.status, workplace.signatures.code = Status.INVALID, Code.CERTIFICATE_REVOKED
    assert await broken(workplace, service=KARAGANDA) == "submission-signature-invalid"


async def test_an_undetermined_signature_is_tried_again(workplace) -> None:
    workplace.signatures.status, workplace.signatures.code = Status.UNDETERMINED, Code.REVOCATION_UNAVAILABLE
    before = await counts(workplace)
    with pytest.raises(NotYet):
        await workplace.submit(KARAGANDA)
    assert await counts(workplace) == before
    assert workplace.sent.sent == {}


@pytest.mark.parametrize(
    "envelope",
    [{"number": "90000000000009"}, {"service": ALMATY}, {"office": "almaty-education"}],
    ids=["number", "service", "office"],
)
async def test_the_envelope_must_say_what_was_signed(workplace, envelope: dict[str, str]) -> None:
    code = await broken(workplace, service=KARAGANDA, envelope=envelope)
    assert code == "submission-contradicts-itself"


async def test_an_office_takes_its_own_services_only(workplace, application) -> None:
    app = application(KARAGANDA, "90000000000001", office="almaty-education")
    assert await broken(workplace, service=KARAGANDA, app=app) == "submission-office-not-here"


async def test_the_form_is_checked_again(workplace, application) -> None:
    app = application(KARAGANDA, "90000000000001", fields={"phone": "1"})
    assert await broken(workplace, service=KARAGANDA, app=app) == "submission-form-wrong"


async def test_a_required_document_must_be_there(workplace, application) -> None:
    app = application(ALMATY, "90000000000001", documents={"identity-document": b"%PDF-1"})
    files = {"identity-document": b"%PDF-1"}
    assert await broken(workplace, service=ALMATY, app=app, files=files) == "submission-document-wrong"


async def test_a_file_must_be_what_it_says(workplace, application) -> None:
    kinds = [kind.id for kind in load_catalogue().service(ALMATY).documents]
    documents = {kind: b"<html>" + kind.encode() for kind in kinds}
    app = application(ALMATY, "90000000000001", documents=documents)
    assert await broken(workplace, service=ALMATY, app=app, files=documents) == "submission-document-wrong"


async def test_a_changed_attachment_is_refused(workplace) -> None:
    files = {"identity-document": b"%PDF-1.7 changed on the way"}
    assert await broken(workplace, service=ALMATY, files=files) == "submission-files-not-as-signed"


async def test_a_large_file_comes_from_the_temporary_store(workplace, application) -> None:
    large = b"%PDF-1.7" + b"0" * 2_000_000
    documents = {kind.id: b"%PDF-" + kind.id.encode() for kind in load_catalogue().service(ALMATY).documents}
    documents["guardianship-decision"] = large
    app = application(ALMATY, "90000000000001", documents=documents)
    where = {"guardianship-decision": "11111111-1111-1111-1111-111111111111"}
    workplace.files.silent = True
    with pytest.raises(NotYet):
        await workplace.submit(ALMATY, app=app, files=documents, stored=where)
    workplace.files.silent = False
    code = await broken(workplace, service=ALMATY, app=app, files=documents, stored=where)
    assert code == "submission-file-gone"
    workplace.files.files[where["guardianship-decision"]] = large[:-1] + b"1"
    code = await broken(workplace, service=ALMATY, app=app, files=documents, stored=where)
    assert code == "submission-files-not-as-signed"
    workplace.files.files[where["guardianship-decision"]] = large
    number = await workplace.submit(ALMATY, app=app, files=documents, stored=where)
    kept = await workplace.desk.cases.documents(workplace.staff["a-clerk"], number)
    assert [document.size for document in kept if document.kind == "guardianship-decision"] == [len(large)]


async def test_unreadable_payloads_are_told_of(workplace) -> None:
    before = await counts(workplace)
    for payload in (b"", b"not xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", b"<submission/>"):
        await workplace.push(payload, "QYZMET_UNEMPLOYED_CERTIFICATE")
    assert await counts(workplace) == before
    notices = [read_notice(message.payload.xml) for _, message in workplace.sent.sent.values()]
    assert [notice.facts["code"] for notice in notices] == ["submission-unreadable"] * 4
    assert {notice.number for notice in notices} == {"0" * 14}


async def test_signed_bytes_that_are_no_application_are_refused(workplace) -> None:
    signed = workplace.signatures.sign(b"<other/>")
    assert await broken(workplace, service=KARAGANDA, signed=signed) == "submission-unreadable"


async def test_an_application_under_anothers_service_id_is_refused(workplace, application) -> None:
    from gateway.exchange.submission import Submission, build_submission

    app = application(KARAGANDA, "90000000000001")
    signed = workplace.signatures.sign(build_application(app))
    payload = build_submission(Submission(app.number, app.service, app.office, signed))
    before = await counts(workplace)
    await workplace.push(payload, "QYZMET_GUARDIANSHIP_CERTIFICATE")
    assert await counts(workplace) == before
