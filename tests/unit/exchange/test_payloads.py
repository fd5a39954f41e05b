"""What is written is read back unchanged, by the same bytes for the same values."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.exchange.acceptance import Acceptance, Power, PowerKind, Representative, SentBy
from gateway.exchange.application import (
    Application,
    Attachment,
    build_application,
    content_key,
    read_application,
)
from gateway.exchange.errors import ExchangeCode, PayloadNotWritable
from gateway.exchange.notification import StepKind, StepNotice, StepOutcome, build_notice, read_notice
from gateway.exchange.response import Response, ResponseOutcome, build_response, read_response
from gateway.exchange.submission import (
    INLINE_LIMIT,
    InlineFile,
    StoredFile,
    Submission,
    build_submission,
    read_submission,
)
from gateway.exchange.wording import PickUp, Wording
from gateway.identity.numbers import Bin, Iin, check_digit


def _identity_number(first_eleven: str) -> Iin | Bin | None:
    last = check_digit(first_eleven)
    if last is None:
        return None
    return Bin(first_eleven + last) if first_eleven[4] in "456" else Iin(first_eleven + last)


xml_text = st.text(
    st.one_of(
        st.sampled_from("<>&'\"\t\n\r ]әіңғүұқөһ№«»"),
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"),
    ),
    max_size=40,
)
words = xml_text.filter(bool)
identifiers = st.from_regex(r"[A-Za-z][A-Za-z0-9_.\-]{0,20}", fullmatch=True)
digests = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
numbers = st.from_regex(r"[0-9]{14}", fullmatch=True)
moments = st.datetimes(datetime(1900, 1, 1), datetime(2900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants naive bounds
identity_numbers = (
    st.from_regex(r"7[0-9](0[1-9]|1[0-2])4[0-9]{6}|[0-9]{2}0[1-9]1[0-9]1[0-9]{4}", fullmatch=True)
    .map(_identity_number)
    .filter(lambda number: number is not None)
)
attachments = st.builds(
    Attachment,
    document=identifiers,
    name=words,
    media_type=st.sampled_from(["application/pdf", "image/jpeg", "image/svg+xml"]),
    size=st.integers(0, 10**11),
    sha256=digests,
)
iins = identity_numbers.filter(lambda number: isinstance(number, Iin))
powers = st.builds(
    Power,
    kind=st.sampled_from(PowerKind),
    number=words,
    issued_on=st.none() | st.dates(date(1900, 1, 1), date(2900, 1, 1)),
) | st.builds(Power, kind=st.sampled_from(PowerKind))
acceptances = st.builds(
    Acceptance,
    department=identifiers,
    operator=iins,
    operator_name=words,
    accepted_at=moments,
    medium=st.sampled_from(SentBy),
    consent_at=st.none() | moments,
    on_paper=st.lists(identifiers, max_size=3).map(tuple),
    representative=st.none() | st.builds(Representative, iin=iins, name=words, power=powers),
)
applications = st.builds(
    Application,
    number=numbers,
    service=identifiers,
    office=identifiers,
    applicant_number=identity_numbers,
    applicant_name=words,
    fields=st.dictionaries(identifiers, xml_text, max_size=5),
    attachments=st.lists(attachments, max_size=3).map(tuple),
    created_at=moments,
    acceptance=st.none() | acceptances,
)
wordings = st.builds(Wording, kk=words, ru=words)
pick_ups = st.builds(
    PickUp,
    day=st.dates(date(1900, 1, 1), date(2900, 1, 1)),
    time=st.times().map(lambda moment: time(moment.hour, moment.minute)),
    place=wordings,
)
notices = st.builds(
    StepNotice,
    number=numbers,
    flow=identifiers,
    kind=st.sampled_from(StepKind),
    step_number=st.integers(0, 99),
    outcome=st.sampled_from(StepOutcome),
    at=moments,
    sequence=st.integers(0, 999_999),
    facts=st.dictionaries(identifiers, xml_text, max_size=4),
    message=st.none() | wordings,
    result_due=st.none() | moments,
    pick_up=st.none() | pick_ups,
)
responses = st.builds(
    Response,
    number=numbers,
    outcome=st.sampled_from(ResponseOutcome),
    at=moments,
    signed_document=st.binary(min_size=1, max_size=300),
    pick_up=st.none() | pick_ups,
)
submissions = st.builds(
    Submission,
    number=numbers,
    service=identifiers,
    office=identifiers,
    signed_application=st.binary(min_size=1, max_size=300),
    attachments=st.lists(
        st.builds(InlineFile, st.binary(max_size=200)) | st.builds(StoredFile, st.uuids().map(str), digests), max_size=4
    ).map(tuple),
)


@settings(max_examples=60)
@given(applications)
def test_application_read_back_is_the_one_written(application: Application) -> None:
    built = build_application(application)
    assert read_application(etree.fromstring(built)) == application
    assert build_application(application) == built


@settings(max_examples=60)
@given(acceptances)
def test_acceptance_is_kept_with_a_case_as_it_was_signed(acceptance: Acceptance) -> None:
    assert Acceptance.from_json(json.loads(json.dumps(acceptance.to_json()))) == acceptance


@settings(max_examples=60)
@given(applications)
def test_draft_is_its_own_canonical_form_so_that_signed_bytes_can_be_compared(application: Application) -> None:
    built = build_application(application)
    root = etree.fromstring(built)
    assert etree.tostring(root, method="c14n") == built
    assert etree.tostring(root, method="c14n", exclusive=True) == built


@settings(max_examples=60)
@given(notices)
def test_notice_read_back_is_the_one_written(notice: StepNotice) -> None:
    assert read_notice(build_notice(notice)) == notice


@settings(max_examples=40)
@given(responses)
def test_response_read_back_is_the_one_written(response: Response) -> None:
    assert read_response(build_response(response)) == response


@settings(max_examples=40)
@given(submissions)
def test_submission_read_back_is_the_one_written(submission: Submission) -> None:
    assert read_submission(build_submission(submission)) == submission


def test_every_field_and_attachment_stands_in_what_the_person_signs() -> None:
    built = build_application(sample()).decode()
    for shown in ("20260302000017", "Жұмабаева Әсел", "г. Караганда", "паспорт.pdf", "2048", "0" * 64, "address"):
        assert shown in built


def test_content_key_differs_by_number_and_by_content() -> None:
    keys = {content_key("1", b"a"), content_key("2", b"a"), content_key("1", b"b")}
    assert len(keys) == 3
    assert content_key("1", b"a") in keys


def test_control_character_in_a_field_is_refused_and_not_dropped() -> None:
    with pytest.raises(PayloadNotWritable) as refused:
        build_application(sample(fields={"address": "a\x00b"}))
    assert refused.value.code is ExchangeCode.NOT_WRITABLE


def test_value_too_long_for_the_schema_is_not_written() -> None:
    with pytest.raises(PayloadNotWritable) as refused:
        build_application(sample(fields={"address": "x" * 10_001}))
    assert "/application/form/address" in refused.value.problems[0].path


def test_moment_without_time_zone_is_not_written() -> None:
    with pytest.raises(PayloadNotWritable):
        build_application(sample(created_at=datetime(2026, 3, 2)))  # noqa: DTZ001 - the mistake under test


def test_attachment_over_the_limit_is_not_put_inside_the_message() -> None:
    submission = Submission("20260302000017", "s", "o", b"<a/>", (InlineFile(b"x" * (INLINE_LIMIT + 1)),))
    with pytest.raises(PayloadNotWritable):
        build_submission(submission)


def test_attachments_that_are_too_large_together_are_not_put_inside_the_message() -> None:
    submission = Submission("20260302000017", "s", "o", b"<a/>", (InlineFile(b"x" * INLINE_LIMIT),) * 7)
    with pytest.raises(PayloadNotWritable):
        build_submission(submission)


def test_the_largest_submission_is_still_read() -> None:
    submission = Submission("20260302000017", "s", "o", b"x" * 100_000, (InlineFile(b"x" * INLINE_LIMIT),) * 6)
    assert read_submission(build_submission(submission)) == submission


def sample(**changes: object) -> Application:
    values: dict[str, object] = {
        "number": "20260302000017",
        "service": "unemployed-certificate",
        "office": "karaganda-employment",
        "applicant_number": _identity_number("85010110012"),
        "applicant_name": "Жұмабаева Әсел Қанатқызы",
        "fields": {"address": "г. Караганда, ул. Ермекова, 12", "purpose": ""},
        "attachments": (Attachment("identity-card", "паспорт.pdf", "application/pdf", 2048, "0" * 64),),
        "created_at": datetime(2026, 3, 2, 5, tzinfo=UTC),
    }
    return Application(**(values | changes))  # type: ignore[arg-type]
