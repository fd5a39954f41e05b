from dataclasses import replace

import pytest
from lxml import etree

from gateway.eds.xmldsig import sign_enveloped
from gateway.identity.numbers import Iin
from gateway.registries.certification import OwnersOfficial
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.gbdfl import ByDocument, ByName, Gbdfl
from gateway.registries.gbdul import Gbdul
from gateway.registries.memory import MemoryGbdfl, MemoryGbdul
from gateway.registries.outcome import Absent, Found
from gateway.shep.errors import ShepErrorCode, TransportError, UnknownGatewayError
from gateway.shep.messages import Payload, PayloadForm, Sender, Status, SyncQuestion
from gateway.shep.participant import SyncReply
from simulators.faults.kinds import Fault, FaultKind, Faults
from simulators.gbdfl.service import GbdflService
from simulators.gbdul.service import GbdulService
from simulators.population import cast
from simulators.population.numbering import synthetic_bin, synthetic_iin
from tests.unit.registries.country import CalledShep

PERSON = cast.PEOPLE["applicant-karaganda"]
NOBODY = synthetic_iin(PERSON.born, PERSON.sex, 9_990)
FIRM = cast.ORGANISATIONS["partnership"]
NO_FIRM = synthetic_bin(FIRM.registered_on, 99_000)
FAULTS = {
    FaultKind.UNSIGNED: UnavailableCode.UNSIGNED,
    FaultKind.BAD_SIGNATURE: UnavailableCode.SIGNATURE_BROKEN,
    FaultKind.WRONG_SIGNER: UnavailableCode.SIGNER_NOT_FIT,
    FaultKind.REFUSAL: UnavailableCode.REFUSED,
}


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def shep(keys, population, checker, clock, faults) -> CalledShep:
    people = GbdflService(
        population, official=keys.official_gbdfl, system=keys.system_gbdfl, clock=clock, faults=faults
    )
    organisations = GbdulService(
        population, official=keys.official_gbdul, system=keys.system_gbdul, checker=checker, faults=faults
    )
    handlers = {"GBDFL_UniversalServiceSync": people.answer, "GbdulInfoByBin_v2": organisations.answer}
    return CalledShep(handlers, clock)


@pytest.fixture
def gbdfl(shep, checker, clock) -> Gbdfl:
    certifier = OwnersOfficial(Registry.GBDFL, checker, cast.GBDFL_OWNER.bin)
    return Gbdfl(shep, certifier, sender_code="QYZMET_DESK", clock=clock, route_id="R_CENTRE")


@pytest.fixture
def gbdul(shep, checker, keys) -> Gbdul:
    certifier = OwnersOfficial(Registry.GBDUL, checker, cast.GBDUL_OWNER.bin)
    return Gbdul(shep, certifier, requestor=cast.ORGANISATIONS["karaganda-akimat"].bin, key=keys.system_desk)


async def unavailable(asking) -> RegistryUnavailable:
    with pytest.raises(RegistryUnavailable) as caught:
        await asking
    return caught.value


async def test_a_person_is_found_with_evidence_that_can_be_checked_again(gbdfl, shep, checker):
    found = await gbdfl.person(PERSON.iin)
    assert isinstance(found, Found)
    assert found.value.full_name == "СӘРСЕНБАЕВ ЕРЖАН ҚАЙРАТҰЛЫ"
    again = await OwnersOfficial(Registry.GBDFL, checker, cast.GBDFL_OWNER.bin).certify(found.evidence.document)
    assert again.root.findtext("persons/person/iin") == PERSON.iin
    assert shep.asked[0].form is PayloadForm.TYPED


async def test_a_person_without_data_is_absent_and_an_official_vouches_for_that(gbdfl):
    for iin in (NOBODY, cast.PEOPLE["applicant-absent"].iin):
        absent = await gbdfl.person(iin)
        assert isinstance(absent, Absent)
        assert absent.evidence.verdict.valid


async def test_a_dead_person_is_found_and_dead(gbdfl):
    found = await gbdfl.person(cast.PEOPLE["applicant-dead"].iin)
    assert isinstance(found, Found)
    assert found.value.dead


async def test_people_are_found_by_document_and_by_name(gbdfl, population):
    person = population.cast_person("applicant-almaty")
    name = person.name
    for criterion in (
        ByDocument(person.documents[0].number),
        ByName(name.surname, name.given, name.patronymic, person.birth_date),
    ):
        found = await gbdfl.find(criterion)
        assert isinstance(found, Found)
        assert [one.iin for one in found.value] == [person.iin]
    assert isinstance(await gbdfl.find(ByDocument("900000000")), Absent)


@pytest.mark.parametrize(("fault", "code"), FAULTS.items())
async def test_a_faulty_answer_is_never_absence(gbdfl, gbdul, faults, fault, code):
    faults.switch(Fault(fault))
    assert (await unavailable(gbdfl.person(PERSON.iin))).code is code
    assert (await unavailable(gbdul.organisation(FIRM.bin))).code is code


async def test_a_fault_can_be_about_one_number_only(gbdfl, faults):
    faults.switch(Fault(FaultKind.ABSENT, frozenset({PERSON.iin})))
    assert isinstance(await gbdfl.person(PERSON.iin), Absent)
    assert isinstance(await gbdfl.person(cast.PEOPLE["applicant-other"].iin), Found)


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (TransportError(ShepErrorCode.TIMED_OUT), UnavailableCode.NO_ANSWER),
        (UnknownGatewayError(ShepErrorCode.ANSWER_UNSIGNED), UnavailableCode.NOT_TRUSTED),
    ],
)
async def test_a_gateway_in_trouble_is_never_absence(gbdfl, gbdul, shep, trouble, code):
    shep.trouble = trouble
    assert (await unavailable(gbdfl.person(PERSON.iin))).code is code
    assert (await unavailable(gbdul.organisation(FIRM.bin))).code is code


async def test_a_fault_of_the_gateway_is_never_absence(gbdfl, shep):
    shep.handlers["GBDFL_UniversalServiceSync"] = shep.handlers["GbdulInfoByBin_v2"]
    error = await unavailable(gbdfl.person(PERSON.iin))
    assert (error.code, error.facts["fault"]) == (UnavailableCode.GATEWAY_REFUSED, "SCE001")


async def test_an_earlier_answer_replayed_is_not_taken(gbdfl, shep):
    await gbdfl.person(PERSON.iin)
    earlier = shep.answered[-1]

    async def replay(_question: SyncQuestion, _sender: Sender) -> SyncReply:
        return SyncReply(earlier)

    shep.handlers["GBDFL_UniversalServiceSync"] = replay
    assert (await unavailable(gbdfl.person(PERSON.iin))).code is UnavailableCode.OTHER_SUBJECT


async def test_data_of_another_subject_are_not_taken(gbdfl, gbdul, shep, population):
    people, organisations = shep.handlers.values()

    async def other(question: SyncQuestion, sender: Sender) -> SyncReply:
        assert question.payload is not None
        asked = question.payload.xml.replace(PERSON.iin.encode(), cast.PEOPLE["applicant-other"].iin.encode())
        return await people(replace(question, payload=Payload(PayloadForm.TYPED, asked)), sender)

    async def always_ours(_question: SyncQuestion, sender: Sender) -> SyncReply:
        earlier = next(payload for payload in shep.asked if payload.form is PayloadForm.ESCAPED)
        return await organisations(replace(_question, payload=earlier), sender)

    await gbdul.organisation(FIRM.bin)
    shep.handlers |= {"GBDFL_UniversalServiceSync": other, "GbdulInfoByBin_v2": always_ours}
    assert (await unavailable(gbdfl.person(PERSON.iin))).code is UnavailableCode.OTHER_SUBJECT
    assert (await unavailable(gbdul.organisation(cast.ORGANISATIONS["nit"].bin))).code is UnavailableCode.OTHER_SUBJECT


async def test_a_business_error_with_a_signed_absence_is_absence_and_without_one_is_not(gbdfl, shep):
    people = shep.handlers["GBDFL_UniversalServiceSync"]
    error = Status("SCSE001", "Не удалось найти информацию")

    async def with_payload(question: SyncQuestion, sender: Sender) -> SyncReply:
        return replace(await people(question, sender), status=error)

    async def without(_question: SyncQuestion, _sender: Sender) -> SyncReply:
        return SyncReply(None, error)

    shep.handlers["GBDFL_UniversalServiceSync"] = with_payload
    assert isinstance(await gbdfl.person(NOBODY), Absent)
    shep.handlers["GBDFL_UniversalServiceSync"] = without
    refused = await unavailable(gbdfl.person(NOBODY))
    assert (refused.code, refused.facts["status"]) == (UnavailableCode.REFUSED, "SCSE001")


async def test_an_answer_without_payload_or_of_another_schema_is_unreadable(gbdfl, shep, keys):
    async def nothing(_question: SyncQuestion, _sender: Sender) -> SyncReply:
        return SyncReply(None)

    async def odd(_question: SyncQuestion, _sender: Sender) -> SyncReply:
        return SyncReply(Payload(PayloadForm.TYPED, sign_enveloped(b"<data><x/></data>", keys.official_gbdfl)))

    for handler in (nothing, odd):
        shep.handlers["GBDFL_UniversalServiceSync"] = handler
        assert (await unavailable(gbdfl.person(PERSON.iin))).code is UnavailableCode.UNREADABLE


async def test_an_organisation_is_found_or_absent(gbdul, shep):
    found = await gbdul.organisation(FIRM.bin)
    assert isinstance(found, Found)
    assert found.value.name_kk == FIRM.name_kk
    assert found.value.leader is not None
    assert found.value.leader.iin == cast.PEOPLE["director-partnership"].iin
    assert isinstance(await gbdul.organisation(NO_FIRM), Absent)
    assert {payload.form for payload in shep.asked} == {PayloadForm.ESCAPED}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda xml: xml, None),
        (lambda xml: xml.replace(FIRM.bin.encode(), NO_FIRM.encode()), "SCE016"),
        (lambda xml: etree.tostring(_without_signature(xml)), "SCE017"),
        (lambda _: b"<x/>", "SCE001"),
    ],
)
async def test_gbdul_takes_only_questions_signed_by_who_asks(gbdul, shep, change, fault):
    original = shep.handlers["GbdulInfoByBin_v2"]

    async def changed(question: SyncQuestion, sender: Sender) -> SyncReply:
        assert question.payload is not None
        payload = Payload(question.payload.form, change(question.payload.xml))
        return await original(replace(question, payload=payload), sender)

    shep.handlers["GbdulInfoByBin_v2"] = changed
    if fault is None:
        assert isinstance(await gbdul.organisation(FIRM.bin), Found)
    else:
        assert (await unavailable(gbdul.organisation(FIRM.bin))).facts["fault"] == fault


async def test_gbdul_refuses_who_asks_in_anothers_name(gbdul, shep, checker, keys):
    certifier = OwnersOfficial(Registry.GBDUL, checker, cast.GBDUL_OWNER.bin)
    liar = Gbdul(shep, certifier, requestor=cast.ORGANISATIONS["nit"].bin, key=keys.system_desk)
    assert (await unavailable(liar.organisation(FIRM.bin))).facts["fault"] == "SCE016"


async def test_the_memory_registries_answer_as_the_real_ones_do(gbdfl, gbdul):
    person, firm = await gbdfl.person(PERSON.iin), await gbdul.organisation(FIRM.bin)
    assert isinstance(person, Found)
    assert isinstance(firm, Found)
    people, firms = MemoryGbdfl([person.value], person.evidence), MemoryGbdul([firm.value], firm.evidence)
    assert await people.person(PERSON.iin) == person
    assert await firms.organisation(FIRM.bin) == firm
    assert isinstance(await people.person(NOBODY), Absent)
    assert isinstance(await firms.organisation(NO_FIRM), Absent)
    assert people.asked == [Iin(PERSON.iin), NOBODY]
    people.trouble = firms.trouble = RegistryUnavailable(Registry.GBDFL, UnavailableCode.NO_ANSWER)
    assert (await unavailable(people.person(PERSON.iin))).code is UnavailableCode.NO_ANSWER
    assert (await unavailable(firms.organisation(FIRM.bin))).code is UnavailableCode.NO_ANSWER


def _without_signature(xml: bytes) -> etree._Element:
    root = etree.fromstring(xml)
    signature = root.find("{*}Signature")
    assert signature is not None
    root.remove(signature)
    return root
