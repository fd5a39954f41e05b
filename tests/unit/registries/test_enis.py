from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from lxml import etree

from gateway.registries.certification import OwnersOfficial
from gateway.registries.enis import Enis
from gateway.registries.enis_messages import ByNumber, ByParties, build_question, read_answer
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.memory import MemoryEnis
from gateway.registries.outcome import Absent, Found
from gateway.registries.powers import PowerState
from gateway.shep.elements import Malformed
from gateway.shep.errors import ShepErrorCode, TransportError
from gateway.shep.messages import Payload, PayloadForm, Sender, SyncQuestion
from gateway.shep.participant import SyncReply
from gateway.shep.refusal import Refused
from simulators.enis.answer import NOT_FOUND, PROCESSED, build_answer
from simulators.enis.question import read_question
from simulators.enis.service import SERVICE_ID, EnisService
from simulators.faults.kinds import Fault, FaultKind, Faults
from simulators.population import Population, cast
from simulators.population.powers import CAST
from tests.unit.registries.country import CalledShep, assert_of_schema

AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
PRINCIPAL = cast.PEOPLE["applicant-karaganda"].iin
REPRESENTATIVE = cast.PEOPLE["representative"].iin
EVERYTHING = Population.generate(seed=11, size=2_000)
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
def shep(keys, population, clock, faults) -> CalledShep:
    service = EnisService(population, official=keys.official_enis, system=keys.system_enis, clock=clock, faults=faults)
    return CalledShep({SERVICE_ID: service.answer}, clock)


@pytest.fixture
def enis(shep, checker, clock) -> Enis:
    return Enis(shep, OwnersOfficial(Registry.ENIS, checker, cast.ENIS_OWNER.bin), clock=clock)


async def unavailable(asking) -> RegistryUnavailable:
    with pytest.raises(RegistryUnavailable) as caught:
        await asking
    return caught.value


def answer(powers, result=PROCESSED, at=AT):
    xml = build_answer(powers, EVERYTHING, result=result, response_id="a-1", request_id="q-1", at=at)
    return etree.fromstring(xml)


@pytest.mark.parametrize(
    "criterion",
    [
        ByNumber("SIM-000001"),
        ByNumber("№ 1-2345/«б» <&>", date(2025, 10, 6)),
        ByParties(PRINCIPAL, REPRESENTATIVE),
        ByParties(cast.ORGANISATIONS["partnership"].bin, REPRESENTATIVE),
    ],
)
def test_a_question_is_of_the_schema_and_is_understood_as_it_was_meant(criterion):
    xml = build_question(criterion, request_id="q-1", at=AT)
    assert_of_schema(etree.fromstring(xml), "enis/enis.xsd")
    read = read_question(Payload(PayloadForm.ESCAPED, xml))
    assert read.request_id == "q-1"
    match criterion:
        case ByNumber(number, attested_on):
            assert (read.number, read.attested_on, read.principal) == (number, attested_on, None)
        case ByParties(principal, representative):
            assert (read.number, read.principal, read.representative) == (None, principal, representative)


@pytest.mark.parametrize("power", EVERYTHING.powers.all, ids=lambda power: power.number)
def test_every_power_comes_out_of_an_answer_as_the_population_has_it(power):
    root = answer([power])
    assert_of_schema(root, "enis/enis.xsd")
    (read,) = read_answer(root).powers
    assert (read.number, read.attested_on) == (power.number, power.attested_on)
    assert (read.valid_from, read.valid_until) == (power.valid_from, power.valid_until)
    assert [party.number for party in read.principals] == list(power.principals)
    assert [party.number for party in read.representatives] == list(power.representatives)
    assert [scope.code for scope in read.scopes] == [scope.code for scope in power.scopes]
    assert read.notary.licence == power.notary.licence
    assert read.revoked_at == power.revoked_at
    assert read.state_at(AT) is read.stated


def test_the_cast_has_a_power_in_every_state():
    states = {name: answer([power]).findtext("powerOfAttorney/state") for name, power in CAST.items()}
    assert states["valid"] == states["partnership"] == states["of-another"] == "VALID"
    assert (states["expired"], states["revoked"]) == ("EXPIRED", "REVOKED")
    assert [name for name, power in CAST.items() if not power.known_to_enis] == ["not-notarised"]


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        ("2025-10-05T23:59:59+05:00", PowerState.NOT_YET_VALID),
        ("2025-10-06T00:00:00+05:00", PowerState.VALID),
        ("2028-10-05T23:59:59+05:00", PowerState.VALID),
        ("2028-10-06T00:00:00+05:00", PowerState.EXPIRED),
    ],
)
def test_the_days_of_validity_are_those_of_almaty_and_the_last_one_counts(moment, state):
    at = datetime.fromisoformat(moment)
    (power,) = read_answer(answer([CAST["valid"]], at=at)).powers
    assert power.stated is state
    assert power.state_at(at) is state


def test_a_power_is_good_until_the_moment_of_its_revocation_and_never_after():
    (power,) = read_answer(answer([CAST["revoked"]])).powers
    assert power.revoked_at is not None
    assert power.state_at(power.revoked_at - timedelta(seconds=1)) is PowerState.VALID
    assert power.state_at(power.revoked_at) is PowerState.REVOKED
    assert power.state_at(datetime(2030, 1, 1, tzinfo=UTC)) is PowerState.REVOKED


def test_a_power_covers_its_own_people_in_its_own_scope_only():
    (power,) = read_answer(answer([CAST["valid"]])).powers
    assert power.covers(PRINCIPAL, REPRESENTATIVE)
    assert not power.covers(cast.PEOPLE["applicant-other"].iin, REPRESENTATIVE)
    assert not power.covers(PRINCIPAL, cast.PEOPLE["applicant-other"].iin)
    assert not power.covers(PRINCIPAL, REPRESENTATIVE, "02")
    (narrow,) = read_answer(answer([CAST["other-scope"]])).powers
    assert not narrow.covers(cast.PEOPLE["applicant-revoked"].iin, REPRESENTATIVE)
    (firm,) = read_answer(answer([CAST["partnership"]])).powers
    assert firm.covers(cast.ORGANISATIONS["partnership"].bin, REPRESENTATIVE)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("powerOfAttorney/state", "GOOD"),
        ("powerOfAttorney/state", "REVOKED"),
        ("powerOfAttorney/validUntil", "whenever"),
        ("powerOfAttorney/principal/iin", "870412100018"),
        ("powerOfAttorney/representative/iin", ""),
        ("requestId", ""),
    ],
)
def test_a_value_that_means_nothing_is_refused(path, value):
    root = answer([CAST["valid"]])
    root.find(path).text = value
    with pytest.raises(Malformed):
        read_answer(root)


def test_a_party_with_two_numbers_is_refused():
    root = answer([CAST["valid"]])
    etree.SubElement(root.find("powerOfAttorney/principal"), "bin").text = cast.ENIS_OWNER.bin
    with pytest.raises(Malformed):
        read_answer(root)


@pytest.mark.parametrize(
    "xml",
    [
        b"<x/>",
        b"no xml",
        etree.tostring(answer([], NOT_FOUND)),
        build_question(ByNumber("SIM-1"), request_id="q", at=AT).replace(b"byNumber", b"byWish"),
        build_question(ByParties(PRINCIPAL, REPRESENTATIVE), request_id="q", at=AT).replace(
            PRINCIPAL.encode(), b"everybody"
        ),
        build_question(ByNumber("SIM-1", date(2025, 1, 1)), request_id="q", at=AT).replace(b"2025-", b"12025-"),
    ],
)
def test_the_notary_system_refuses_a_question_that_it_cannot_understand(xml):
    with pytest.raises(Refused):
        read_question(Payload(PayloadForm.ESCAPED, xml))


@pytest.mark.parametrize("number", ["", "x" * 41, "a\nb"])
def test_a_number_that_no_register_has_is_not_sent(number):
    with pytest.raises(ValueError, match="register number"):
        ByNumber(number)


async def test_a_power_is_found_by_its_number_with_evidence_that_can_be_checked_again(enis, checker):
    found = await enis.power(CAST["valid"].number, attested_on=CAST["valid"].attested_on)
    assert isinstance(found, Found)
    assert found.value.covers(PRINCIPAL, REPRESENTATIVE)
    certifier = OwnersOfficial(Registry.ENIS, checker, cast.ENIS_OWNER.bin)
    again = await certifier.certify(found.evidence.document)
    assert again.root.findtext("powerOfAttorney/number") == CAST["valid"].number


async def test_powers_are_found_by_their_parties(enis):
    found = await enis.powers_between(PRINCIPAL, REPRESENTATIVE)
    assert isinstance(found, Found)
    assert [power.number for power in found.value] == [CAST["valid"].number]
    firm = await enis.powers_between(cast.ORGANISATIONS["partnership"].bin, REPRESENTATIVE)
    assert isinstance(firm, Found)


async def test_what_no_notary_attested_is_absent_and_an_official_vouches_for_that(enis):
    for asking in (
        enis.power(CAST["not-notarised"].number),
        enis.power("SIM-999999"),
        enis.power(CAST["valid"].number, attested_on=date(2025, 10, 7)),
        enis.powers_between(REPRESENTATIVE, PRINCIPAL),
    ):
        absent = await asking
        assert isinstance(absent, Absent)
        assert absent.evidence.verdict.valid


async def test_a_revocation_is_seen_by_the_next_question_and_time_by_itself(enis, population, clock):
    power = population.powers.get(CAST["valid"].number)
    population.powers.put(replace(power, revoked_at=clock.now() + timedelta(hours=1)))
    assert (await enis.power(power.number)).value.stated is PowerState.VALID
    clock.advance(timedelta(hours=1))
    assert (await enis.power(power.number)).value.stated is PowerState.REVOKED
    short = replace(power, valid_until=date(2026, 3, 2))
    population.powers.put(short)
    assert (await enis.power(power.number)).value.stated is PowerState.VALID
    clock.set(datetime(2026, 3, 2, 19, 0, tzinfo=UTC))
    assert (await enis.power(power.number)).value.stated is PowerState.EXPIRED


@pytest.mark.parametrize(("fault", "code"), FAULTS.items())
async def test_a_faulty_answer_is_never_absence(enis, faults, fault, code):
    faults.switch(Fault(fault))
    assert (await unavailable(enis.power(CAST["valid"].number))).code is code
    assert (await unavailable(enis.powers_between(PRINCIPAL, REPRESENTATIVE))).code is code


async def test_a_fault_can_be_about_one_principal_only(enis, faults):
    faults.switch(Fault(FaultKind.ABSENT, frozenset({PRINCIPAL})))
    assert isinstance(await enis.power(CAST["valid"].number), Absent)
    assert isinstance(await enis.power(CAST["partnership"].number), Found)


async def test_a_gateway_in_trouble_is_never_absence(enis, shep):
    shep.trouble = TransportError(ShepErrorCode.TIMED_OUT)
    assert (await unavailable(enis.power("SIM-000001"))).code is UnavailableCode.NO_ANSWER


async def test_an_answer_to_another_question_is_not_used_though_it_is_certified(enis, shep):
    original = shep.handlers[SERVICE_ID]
    kept: list[SyncReply] = []

    async def replayed(question: SyncQuestion, sender: Sender) -> SyncReply:
        kept.append(await original(question, sender))
        return kept[0]

    shep.handlers[SERVICE_ID] = replayed
    assert isinstance(await enis.power(CAST["valid"].number), Found)
    assert (await unavailable(enis.power(CAST["valid"].number))).code is UnavailableCode.OTHER_SUBJECT


async def test_a_power_of_others_is_not_used_though_it_is_certified(shep, checker, clock, population, enis):
    power = population.powers.get(CAST["of-another"].number)

    def somebody_elses(_number):
        return power

    population.powers.get = somebody_elses
    population.powers.between = lambda *_: (power,)
    assert (await unavailable(enis.power(CAST["valid"].number))).code is UnavailableCode.OTHER_SUBJECT
    asking = enis.powers_between(PRINCIPAL, REPRESENTATIVE)
    assert (await unavailable(asking)).code is UnavailableCode.OTHER_SUBJECT


async def test_the_official_of_another_registry_does_not_vouch_for_powers(shep, checker, clock):
    enis = Enis(shep, OwnersOfficial(Registry.ENIS, checker, cast.GBDUL_OWNER.bin), clock=clock)
    assert (await unavailable(enis.power(CAST["valid"].number))).code is UnavailableCode.SIGNER_NOT_FIT


async def test_the_memory_registry_answers_as_the_real_one_does(enis):
    found = await enis.power(CAST["valid"].number)
    memory = MemoryEnis([found.value], found.evidence)
    assert await memory.power(CAST["valid"].number) == found
    assert isinstance(await memory.power("SIM-999999"), Absent)
    assert isinstance(await memory.powers_between(PRINCIPAL, REPRESENTATIVE), Found)
    assert isinstance(await memory.powers_between(REPRESENTATIVE, PRINCIPAL), Absent)
    memory.trouble = RegistryUnavailable(Registry.ENIS, UnavailableCode.NO_ANSWER)
    assert (await unavailable(memory.power("SIM-000001"))).code is UnavailableCode.NO_ANSWER
