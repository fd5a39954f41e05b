"""The published schemas of the registries and samples of their messages, which nobody here wrote."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from gateway.eds.keys import SoftwareKey
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped
from gateway.registries import gbdfl_messages, gbdul_messages, kdp_messages, tempstorage_messages
from gateway.registries.consent import Consent
from gateway.registries.gbdfl_messages import Born, ByDocument, ByIin, ByName
from gateway.registries.tempstorage_messages import Credentials, FileIdentifier, Operation, Upload
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.payload import read_payload
from simulators.gbdfl.answer import NOT_FOUND, PROCESSED
from simulators.gbdfl.answer import build_answer as gbdfl_answer
from simulators.gbdfl.question import read_question as read_gbdfl_question
from simulators.gbdul.answer import build_answer as gbdul_answer
from simulators.kdp.question import read_question as read_kdp_question
from simulators.population import Population, cast
from simulators.tempstorage.answer import build_answer as store_answer
from simulators.tempstorage.question import read_question as read_store_question
from simulators.tempstorage.shelf import ShelfStatus, ShelvedFile
from tests.unit.eds import pki
from tests.unit.registries.country import SCHEMAS

SHARED = Path(os.environ.get("QYZMET_SHARED") or Path(__file__).resolve().parents[3] / "../shared")
FACTS = SHARED / "protocols" / "shep"
if not FACTS.is_dir():
    pytest.skip("the published schemas are not on this machine (QYZMET_SHARED)", allow_module_level=True)

AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
PERSON = cast.PEOPLE["applicant-karaganda"]
POPULATION = Population.generate(seed=21, size=150)
CREDENTIALS = Credentials("QYZMET_DESK", "secret")
DS = "{http://www.w3.org/2000/09/xmldsig#}Signature"
NO_TARGET = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="{ns}">
<xs:import namespace="{ns}" schemaLocation="{file}"/><xs:element name="{root}" type="t:{type}"/></xs:schema>"""
QUESTIONS = [
    ByIin(PERSON.iin),
    ByDocument("900000001"),
    ByName("Сәрсенбаев", "Ержан", "Қайратұлы", PERSON.born),
]
GBDFL = ["gbdfl_universal_xsd/schema2.xsd", "gbdfl_unifl_xsd/message.xsd"]


SIGNATURE = "a place for the signature, which the published schemas leave out though real answers carry it"
EDITIONS = [
    ("gbdfl/token/message.xsd", "gbdfl_universal_xsd/schema2.xsd"),
    ("gbdfl/unifl/message.xsd", "gbdfl_unifl_xsd/message.xsd"),
]


def content_of(kind) -> list:
    """Return what stands on the wire in a type, all the way down: names, order, how often, and simple types."""
    if kind.is_simple():
        return [(kind.primitive_type or kind).local_name]
    return [
        SIGNATURE
        if each.name is None or not each.local_name
        else (each.local_name, each.min_occurs, each.max_occurs, each.nillable, each.qualified, content_of(each.type))
        for each in kind.content.iter_elements()
    ]


@pytest.mark.parametrize(("ours", "published"), EDITIONS)
@pytest.mark.parametrize("kind", ["Request", "Response"])
def test_our_schemas_of_gbdfl_are_those_of_the_published_editions(ours, published, kind):
    name = f"{{{gbdfl_messages.NAMESPACE}}}{kind}"
    own = content_of(xmlschema.XMLSchema10(str(SCHEMAS / ours)).maps.types[name])
    assert own.pop() == SIGNATURE
    assert own == content_of(xmlschema.XMLSchema10(str(FACTS / published)).maps.types[name])


def test_our_schema_of_gbdfl_without_a_token_differs_in_nothing_but_the_token():
    name = f"{{{gbdfl_messages.NAMESPACE}}}Request"
    own = content_of(xmlschema.XMLSchema10(str(SCHEMAS / "gbdfl/message.xsd")).maps.types[name])
    published = content_of(xmlschema.XMLSchema10(str(FACTS / "gbdfl_universal_xsd/schema2.xsd")).maps.types[name])
    assert [each[0] for each in own[:-1]] == [each[0] for each in published]
    differing = [mine[0] for mine, theirs in zip(own, published, strict=False) if mine != theirs]
    assert differing == ["kdpToken", "publicKey"]


@cache
def judges(file: str, namespace: str, kind: str, root: str) -> tuple[etree.XMLSchema, xmlschema.XMLSchema10]:
    """Return two judges of an element `root` of a published type."""
    source = NO_TARGET.format(ns=namespace, file=(FACTS / file).as_uri(), type=kind, root=root)
    return etree.XMLSchema(etree.fromstring(source)), xmlschema.XMLSchema10(source)


def assert_published(element: etree._Element, file: str, namespace: str, kind: str) -> None:
    alone = parse(etree.tostring(element))
    for signature in alone.findall(DS):
        alone.remove(signature)
    for name in [name for name in alone.attrib if str(name).endswith("}type")]:
        del alone.attrib[name]
    alone.tag = etree.QName(alone).localname
    deciding, explaining = judges(file, namespace, kind, alone.tag)
    deciding.assertValid(alone)
    explaining.validate(alone)


def sample(name: str) -> bytes:
    return (FACTS / "samples" / name).read_bytes()


def payload_of(xml: bytes) -> Payload:
    envelope = parse(xml)
    data = envelope.find(".//data")
    assert data is not None
    found = read_payload(data.getparent(), required=True)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def key() -> SoftwareKey:
    return pki.issuing(pki.root()).person("registry official")


@pytest.mark.parametrize("file", GBDFL)
@pytest.mark.parametrize("criterion", QUESTIONS, ids=lambda one: type(one).__name__)
def test_our_questions_to_gbdfl_are_of_the_published_schema(file, criterion):
    assert_published(question_with_consent(criterion), file, gbdfl_messages.NAMESPACE, "Request")


def test_a_range_of_birth_dates_is_of_the_newer_edition_only():
    ranged = question_with_consent(ByName("Сәрсенбаев", None, None, Born(PERSON.born, PERSON.born)))
    newer, older = GBDFL
    assert_published(ranged, newer, gbdfl_messages.NAMESPACE, "Request")
    with pytest.raises(etree.DocumentInvalid):
        assert_published(ranged, older, gbdfl_messages.NAMESPACE, "Request")


def question_with_consent(criterion) -> etree._Element:
    consent = Consent(person=PERSON.iin, token="x", public_key="x", expires_at=AT)
    return parse(
        gbdfl_messages.build_question(criterion, message_id="q-1", at=AT, sender_code="QYZMET_DESK", consent=consent)
    )


@pytest.mark.parametrize("file", GBDFL)
def test_signed_answers_of_our_gbdfl_are_of_the_published_schema(file, key):
    for people, result in ((POPULATION.people, PROCESSED), ((), NOT_FOUND)):
        answer = gbdfl_answer(people, result=result, message_id="a-1", request_id="q-1", asker="QYZMET_DESK", at=AT)
        data = parse(sign_enveloped(answer, key))
        assert data[-1].tag == DS
        if file == "gbdfl_unifl_xsd/message.xsd":
            for latin in [*data.iter("engFirstName"), *data.iter("engSurname")]:
                latin.getparent().remove(latin)
        assert_published(data, file, gbdfl_messages.NAMESPACE, "Response")


def test_our_question_to_gbdul_is_of_the_published_schema(key):
    file = "gbdul_GbdulInfoByBin_v2/GbdulInfoByBin_v2.xsd"
    signed = sign_enveloped(gbdul_messages.build_question(cast.GBDUL_OWNER.bin, requestor=cast.GBDFL_OWNER.bin), key)
    assert_published(parse(signed), file, gbdul_messages.NAMESPACE, "Request")


def test_answers_of_our_gbdul_are_of_the_published_schema():
    file = "gbdul_GbdulInfoByBin_v2/GbdulInfoByBin_v2.xsd"
    for one in POPULATION.organisations:
        answer = gbdul_answer(one, head=POPULATION.person(one.head), result=PROCESSED)
        assert_published(parse(answer), file, gbdul_messages.NAMESPACE, "Response")


def test_what_passes_to_and_from_our_store_is_of_the_reconstructed_schema():
    file, namespace = "tempstorage_v2/tempstorage_v2_reconstructed.xsd", tempstorage_messages.NAMESPACE
    upload = Upload("p-1", b"%PDF-", "a.pdf", "application/pdf", timedelta(hours=8))
    questions = {Operation.UPLOAD: tempstorage_messages.build_upload([upload], CREDENTIALS)}
    for operation in (Operation.DOWNLOAD, Operation.CONFIRM, Operation.GET_FILE_INFO):
        questions[operation] = tempstorage_messages.build_about(operation, [FileIdentifier("x")], CREDENTIALS)
    facts = {"name": "a.pdf", "media_type": "application/pdf", "uploaded_at": AT, "uploader": "X", "expires_at": AT}
    facts |= {"to_be_confirmed": True, "size": 5, "confirmed_at": AT, "confirmed_by": "Y", "deleted_at": None}
    for operation, question in questions.items():
        assert_published(parse(question)[0], file, namespace, "TempStorageRequest")
        file_facts = {"life_time": timedelta(hours=8)} if operation is Operation.UPLOAD else facts
        asked = read_store_question(Payload(PayloadForm.TYPED, question)).operation
        shelved = ShelvedFile(ShelfStatus.OK, "x", file_facts, b"%PDF-" if operation is Operation.DOWNLOAD else None)
        answer = store_answer(asked, [("x", shelved)], overall=ShelfStatus.OK)
        assert_published(parse(answer)[0], file, namespace, "TempStorageResponse")


def test_the_sample_answer_of_gbdfl_is_read():
    xml = sample("gbdfl_03_response_found.xml").replace(b"<iin>000000000000", f"<iin>{PERSON.iin}".encode())
    answer = gbdfl_messages.read_answer(parse(payload_of(xml).xml))
    assert (answer.request_id, answer.result.code) == ("1", gbdfl_messages.SUCCESS)
    (person,) = answer.people
    assert person.full_name == "ТЕСТОВ ТЕСТ ТЕСТОВИЧ"
    assert not person.dead
    assert [document.kind.code for document in person.documents] == ["002", "001"]
    assert person.address is not None
    assert person.address.district.code == "1926"


def test_the_sample_questions_to_gbdfl_are_understood_by_our_registry():
    for name in ("gbdfl_01_UniversalServiceSync_request.xml", "gbdfl_02_Universal_token_request.xml"):
        assert read_gbdfl_question(payload_of(sample(name))).iin == "000000000000"
    asked = read_gbdfl_question(payload_of(sample("gbdfl_02_Universal_token_request.xml")), with_token=True)
    assert (asked.token, asked.public_key) == ("KDP-TOKEN", "KDP-PUBLIC-KEY")


def test_the_sample_question_to_kdp_is_understood_and_ours_has_its_form():
    theirs = payload_of(sample("kdp_service_request.xml"))
    asked = read_kdp_question(theirs)
    assert (asked.uin, asked.access_name, asked.omit_sms) == ("000000000000", "MCDB_SERVICE", True)
    assert asked.life_time == timedelta(milliseconds=132_000_000)
    question = kdp_messages.ConsentQuestion(
        person=PERSON.iin,
        responsible="Ministry",
        employee="Test",
        life_time=asked.life_time,
        checked=kdp_messages.Checked.BIOMETRY,
    )
    ours = kdp_messages.build_question(question, kdp_messages.Company(cast.GBDUL_OWNER.bin, "Тест"), "JWT")
    assert [each.tag for each in parse(ours)] == [each.tag for each in parse(theirs.xml)]


def test_the_sample_answer_of_gbdul_is_read():
    payload = payload_of(sample("gbdul_02_response_found.xml"))
    assert payload.form is PayloadForm.ESCAPED
    xml = re.sub(rb"(<Organization><BIN>)\d{12}", rb"\g<1>" + cast.GBDUL_OWNER.bin.encode(), payload.xml)
    organisation = gbdul_messages.read_answer(parse(xml)).organisation
    assert organisation is not None
    assert organisation.registered_on.isoformat() == "2020-01-15"
    assert organisation.leader is not None
    assert organisation.leader.surname == "ТЕСТОВ"


def test_the_sample_questions_to_the_store_are_understood_by_ours():
    upload = read_store_question(payload_of(sample("tempstorage_01_upload_request.xml")))
    assert (upload.uploads[0].content, upload.uploads[0].life_time) == (b"%PDF-", timedelta(hours=8))
    download = read_store_question(payload_of(sample("tempstorage_02_download_request.xml")))
    assert download.identifiers == ("00000000-0001-2d63-bfa9-000000000001",)
