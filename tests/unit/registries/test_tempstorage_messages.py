from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.registries.tempstorage_messages import (
    NAMESPACE,
    Credentials,
    FileIdentifier,
    Operation,
    Upload,
    build_about,
    build_upload,
    read_answer,
)
from gateway.shep.elements import Malformed
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.refusal import Refused
from simulators.tempstorage.answer import build_answer
from simulators.tempstorage.question import LONGEST_LIFE_TIME, read_question
from simulators.tempstorage.shelf import ShelfStatus, ShelvedFile
from tests.unit.registries.country import assert_of_schema, moment

CREDENTIALS = Credentials("QYZMET_PORTAL", "құпия & <сөз>")
FACTS = {
    "name": "анықтама.pdf",
    "media_type": "application/pdf",
    "uploaded_at": moment("2026-03-02T10:00:00+05:00"),
    "uploader": "QYZMET_PORTAL",
    "expires_at": moment("2026-03-05T10:00:00+05:00"),
    "to_be_confirmed": False,
    "size": 5,
    "confirmed_at": None,
    "confirmed_by": None,
    "deleted_at": None,
}
words = st.text(st.characters(categories=("L", "N", "P")), min_size=1, max_size=40)


def typed(xml: bytes) -> Payload:
    return Payload(PayloadForm.TYPED, xml)


@settings(deadline=None)
@given(st.binary(max_size=2000), words, words, st.integers(1_000, 30 * 86_400_000), st.booleans())
def test_any_file_comes_into_the_store_as_it_was(content, process_id, name, life_time, to_be_confirmed):
    upload = Upload(process_id, content, name, "application/pdf", timedelta(milliseconds=life_time), to_be_confirmed)
    xml = build_upload([upload], CREDENTIALS)
    assert_of_schema(etree.fromstring(xml)[0], "tempstorage/tempstorage.xsd")
    question = read_question(typed(xml))
    assert (question.sender_id, question.password) == (CREDENTIALS.sender_id, CREDENTIALS.password)
    (file,) = question.uploads
    assert (file.process_identifier, file.content, file.name) == (process_id, content, name)
    assert (file.life_time, file.to_be_confirmed) == (timedelta(milliseconds=life_time), to_be_confirmed)


@pytest.mark.parametrize("operation", [Operation.DOWNLOAD, Operation.CONFIRM, Operation.GET_FILE_INFO])
def test_a_question_about_files_names_them(operation):
    xml = build_about(operation, [FileIdentifier("a"), FileIdentifier("b")], CREDENTIALS)
    assert_of_schema(etree.fromstring(xml)[0], "tempstorage/tempstorage.xsd")
    question = read_question(typed(xml))
    assert (question.operation.value, question.identifiers) == (operation.value, ("a", "b"))


@pytest.mark.parametrize("operation", list(Operation))
@pytest.mark.parametrize("status", list(ShelfStatus))
def test_every_answer_of_the_store_is_of_the_schema_and_is_read(operation, status):
    known = status in {ShelfStatus.OK, ShelfStatus.EXPIRED, ShelfStatus.DELETED}
    facts = {"life_time": timedelta(hours=8)} if operation is Operation.UPLOAD else FACTS
    content = b"%PDF-" if status is ShelfStatus.OK and operation is Operation.DOWNLOAD else None
    file = ShelvedFile(status, "00000000-0001-2d63-bfa9-000000000001", facts if known else {}, content)
    xml = build_answer(read_question(_any(operation)).operation, [("p-1", file)], overall=status)
    assert_of_schema(etree.fromstring(xml)[0], "tempstorage/tempstorage.xsd")
    answer = read_answer(xml, operation)
    assert answer.status == status.value
    (result,) = answer.files
    assert (result.status, result.content) == (status.value, content)
    if known and operation in {Operation.DOWNLOAD, Operation.GET_FILE_INFO}:
        assert result.info is not None
        assert (result.info.name, result.info.size) == ("анықтама.pdf", 5)
        assert result.info.deleted == (status is not ShelfStatus.OK)


def _any(operation: Operation) -> Payload:
    if operation is Operation.UPLOAD:
        upload = Upload("p-1", b"x", "x", "text/plain", timedelta(hours=8))
        return typed(build_upload([upload], CREDENTIALS))
    return typed(build_about(operation, [FileIdentifier("p-1")], CREDENTIALS))


def test_both_forms_seen_on_the_wire_are_read():
    qualified = _any(Operation.DOWNLOAD).xml
    everything = qualified.replace(b"<ts:tempStorageRequest", b"<tempStorageRequest").replace(
        b"</ts:tempStorageRequest", b"</tempStorageRequest"
    )
    everything = everything.replace(b'xmlns:ts="' + NAMESPACE.encode() + b'"', b"")
    inherited = qualified.replace(b"xmlns:ts=", b"xmlns=").replace(b"ts:", b"")
    assert read_question(typed(inherited)) == read_question(typed(qualified))
    assert read_question(typed(everything)) == replace(read_question(typed(qualified)), qualified=False)


@pytest.mark.parametrize("qualified", [True, False])
def test_an_answer_has_the_form_of_its_question_and_both_are_read(qualified):
    file = ShelvedFile(ShelfStatus.OK, "x", FACTS)
    xml = build_answer(Operation.GET_FILE_INFO, [("x", file)], overall=ShelfStatus.OK, qualified=qualified)
    assert (NAMESPACE.encode() in xml) is qualified
    assert read_answer(xml, Operation.GET_FILE_INFO).files[0].info.name == "анықтама.pdf"


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b"UPLOAD", b"DELETE"),
        lambda xml: xml.replace(b"<content>eA==", b"<content>***"),
        lambda xml: xml.replace(b"28800000", b"-1"),
        lambda xml: xml.replace(b"28800000", b"1"),
        lambda xml: xml.replace(b"28800000", b"9" * 40),
        lambda xml: xml.replace(b"<name>x", b"<name>" + b"x" * 300),
        lambda xml: xml.replace(b"fileUploadRequests", b"fileUploadRequest"),
        lambda xml: xml.replace(b"credentials", b"credential"),
        lambda xml: xml[:-10],
        lambda xml: b"<!DOCTYPE x>" + xml,
    ],
)
def test_the_store_refuses_a_question_that_it_cannot_understand(change):
    xml = _any(Operation.UPLOAD).xml
    assert change(xml) != xml
    with pytest.raises(Refused):
        read_question(typed(change(xml)))


def test_nobody_keeps_a_file_for_longer_than_the_store_allows():
    xml = _any(Operation.UPLOAD).xml.replace(b"28800000", b"999999999999")
    assert read_question(typed(xml)).uploads[0].life_time == LONGEST_LIFE_TIME


def test_an_answer_to_another_operation_is_refused():
    file = ShelvedFile(ShelfStatus.OK, "x", {"life_time": timedelta(hours=8)})
    xml = build_answer(read_question(_any(Operation.UPLOAD)).operation, [("p-1", file)], overall=ShelfStatus.OK)
    with pytest.raises(Malformed):
        read_answer(xml, Operation.DOWNLOAD)


def test_credentials_do_not_show_the_password():
    assert CREDENTIALS.password not in repr(CREDENTIALS)
    assert CREDENTIALS.password not in repr(read_question(_any(Operation.UPLOAD)))
