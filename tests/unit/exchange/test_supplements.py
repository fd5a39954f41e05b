"""What is presented after the application: its two documents, and the desk's words about waiting for it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.eds.canonical import canonical_document
from gateway.exchange.application import build_application
from gateway.exchange.errors import ExchangeCode, PayloadNotWritable, PayloadRefused
from gateway.exchange.submission import INLINE_LIMIT, InlineFile, StoredFile, Submission, build_submission
from gateway.exchange.supplement import (
    Supplement,
    SupplementSubmission,
    build_supplement,
    build_supplement_submission,
    is_supplement,
    read_supplement,
    read_supplement_submission,
)
from gateway.exchange.waiting import Waiting, WaitingEnd, read_waiting, waited_facts, waiting_facts
from tests.unit.exchange.test_payloads import (
    attachments,
    identifiers,
    identity_numbers,
    moments,
    numbers,
    sample,
    words,
)

supplements = st.builds(
    Supplement,
    number=numbers,
    service=identifiers,
    office=identifiers,
    applicant_number=identity_numbers,
    applicant_name=words,
    attachments=st.lists(attachments, min_size=1, max_size=3, unique_by=lambda one: one.document).map(tuple),
    created_at=moments,
)
submissions = st.builds(
    SupplementSubmission,
    number=numbers,
    service=identifiers,
    office=identifiers,
    presented_at=moments,
    signed_supplement=st.binary(min_size=1, max_size=300),
    attachments=st.lists(
        st.builds(InlineFile, st.binary(max_size=200))
        | st.builds(StoredFile, st.uuids().map(str), st.from_regex(r"[0-9a-f]{64}", fullmatch=True)),
        min_size=1,
        max_size=4,
    ).map(tuple),
)
AT = datetime(2026, 3, 2, 5, tzinfo=UTC)


def submission(*files: InlineFile | StoredFile) -> SupplementSubmission:
    return SupplementSubmission("20260302000017", "s", "o", AT, b"<a/>", files or (InlineFile(b"a"),))


@settings(max_examples=40)
@given(supplements)
def test_a_supplement_read_back_is_the_one_written_and_its_own_canonical_form(supplement: Supplement) -> None:
    built = build_supplement(supplement)
    assert read_supplement(etree.fromstring(built)) == supplement
    assert canonical_document(built) == built


@settings(max_examples=40)
@given(submissions)
def test_a_submission_read_back_is_the_one_written(made: SupplementSubmission) -> None:
    assert read_supplement_submission(build_supplement_submission(made)) == made


def test_a_supplement_without_documents_or_with_two_of_a_kind_is_not_written() -> None:
    application = sample()
    values = {
        "number": application.number,
        "service": application.service,
        "office": application.office,
        "applicant_number": application.applicant_number,
        "applicant_name": application.applicant_name,
        "created_at": AT,
    }
    for attached in ((), application.attachments * 2):
        with pytest.raises(PayloadNotWritable):
            build_supplement(Supplement(**values, attachments=attached))


def test_files_too_large_for_a_message_are_not_put_inside() -> None:
    with pytest.raises(PayloadNotWritable):
        build_supplement_submission(submission(InlineFile(b"x" * (INLINE_LIMIT + 1))))


def test_a_file_that_is_not_what_its_digest_says_is_refused() -> None:
    payload = build_supplement_submission(submission())
    with pytest.raises(PayloadRefused) as refused:
        read_supplement_submission(payload.replace(b">YQ==<", b">Yg==<"))
    assert refused.value.code is ExchangeCode.VALUE


@pytest.mark.parametrize("hostile", [b"", b"no xml", b"<!DOCTYPE a><a/>", b"<supplementSubmission/>"])
def test_what_is_no_supplement_is_neither_taken_for_one_nor_read(hostile: bytes) -> None:
    assert not is_supplement(hostile)
    with pytest.raises(PayloadRefused):
        read_supplement_submission(hostile)


def test_the_document_element_alone_tells_a_supplement_from_a_submission() -> None:
    assert is_supplement(build_supplement_submission(submission()))
    signed = build_application(sample())
    assert not is_supplement(build_submission(Submission("20260302000017", "s", "o", signed)))
    assert not is_supplement(b"\xff\xfe" + b"x" * 1000)


@given(moments, st.lists(identifiers, max_size=3))
def test_words_about_waiting_read_back_are_those_written(until: datetime, documents: list[str]) -> None:
    assert read_waiting(waiting_facts(until=until, documents=documents)) == Waiting(until, tuple(documents))


@pytest.mark.parametrize("end", WaitingEnd)
def test_the_end_of_waiting_is_read_back(end: WaitingEnd) -> None:
    assert read_waiting(waited_facts(end)) is end
    assert read_waiting(waited_facts(end.value)) is end


def test_most_facts_say_nothing_of_waiting() -> None:
    assert read_waiting({}) is None
    assert read_waiting({"code": "ok", "until": "2026-03-02T05:00:00Z"}) is None


@pytest.mark.parametrize(
    "facts",
    [
        {"awaits": "documents"},
        {"awaits": "documents", "until": "tomorrow"},
        {"awaits": "documents", "until": "2026-03-02T05:00:00"},
        {"awaits": "something"},
    ],
)
def test_words_about_waiting_that_mean_nothing_are_refused(facts: dict[str, str]) -> None:
    with pytest.raises(PayloadRefused) as refused:
        read_waiting(facts)
    assert refused.value.code is ExchangeCode.VALUE


def test_a_moment_without_time_zone_is_not_told() -> None:
    with pytest.raises(PayloadNotWritable):
        waiting_facts(until=datetime(2026, 3, 2), documents=())  # noqa: DTZ001 - the mistake under test
