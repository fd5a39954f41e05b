"""КДП and the service of ГБД ФЛ that wants its tokens: asked, answered by the person, shown, expired, taken back."""

import asyncio
import base64
import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gateway.eds.jws import write_token
from gateway.registries.certification import OwnersOfficial
from gateway.registries.consent import Consent, NoConsent
from gateway.registries.errors import ConsentNotAccepted, Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.gbdfl import Born, ByDocument, ByName, Gbdfl
from gateway.registries.kdp import Checked, Company, ConsentQuestion, Kdp
from gateway.registries.memory import MemoryKdp
from gateway.registries.outcome import Absent, Found
from simulators import kdp
from simulators.faults.kinds import Fault, FaultKind, Faults
from simulators.gbdfl.service import GbdflService
from simulators.kdp.consents import CONFIRMATION_TIME, ConsentUnknown
from simulators.kdp.service import KdpService
from simulators.population import cast
from simulators.population.numbering import synthetic_iin
from tests.unit.registries.country import CalledShep

PERSON = cast.PEOPLE["applicant-karaganda"]
OTHER = cast.PEOPLE["applicant-other"]
AKIMAT = cast.ORGANISATIONS["karaganda-akimat"]
NIT = cast.ORGANISATIONS["nit"]
WANTED = ConsentQuestion(
    person=PERSON.iin,
    responsible="Қарағанды облысы",
    employee="Есенова Ж. Т.",
    life_time=timedelta(hours=2),
    checked=Checked.BIOMETRY,
)
AT_ONCE = replace(WANTED, omit_sms=True)


@pytest.fixture
def tokens(keys):
    return kdp.Tokens(keys.system_kdp)


@pytest.fixture
def consents(kdp_database, tokens, clock):
    return kdp.Consents(kdp_database, tokens, clock)


@pytest.fixture
def companies(keys):
    return {
        "QYZMET_DESK": kdp.Company(AKIMAT.bin, keys.system_desk.certificate),
        "QYZMET_PORTAL": kdp.Company(NIT.bin, keys.system_kdp.certificate),
    }


@pytest.fixture
def faults():
    return Faults()


@pytest.fixture
def service(consents, tokens, companies, population, faults):
    return KdpService(
        consents,
        tokens,
        population,
        companies=companies,
        may_omit_sms=frozenset({"QYZMET_DESK"}),
        clock=consents._clock,
        faults=faults,
    )


@pytest.fixture
def people(consents, tokens, companies, population, keys):
    judge = kdp.TokenJudge(
        tokens, consents, companies=companies, accepted=frozenset({"GBDFLUniversal_token"}), clock=consents._clock
    )
    return GbdflService(
        population,
        official=keys.official_gbdfl,
        system=keys.system_gbdfl,
        clock=consents._clock,
        faults=Faults(),
        consents=judge,
    )


@pytest.fixture
def shep(service, people, clock):
    return CalledShep({"KDP_SERVICE": service.answer, **people.services}, clock)


@pytest.fixture
def source(shep, keys, clock):
    return Kdp(shep, company=Company(AKIMAT.bin, AKIMAT.name_ru), key=keys.system_desk, clock=clock)


@pytest.fixture
def gbdfl(shep, checker, clock):
    certifier = OwnersOfficial(Registry.GBDFL, checker, cast.GBDFL_OWNER.bin)
    return Gbdfl(shep, certifier, sender_code="QYZMET_DESK", clock=clock)


async def only_consent(consents) -> uuid.UUID:
    (one,) = await consents.listed()
    return one["id"]


async def refused(asking) -> str:
    with pytest.raises(ConsentNotAccepted) as caught:
        await asking
    return caught.value.status


async def unavailable(asking) -> RegistryUnavailable:
    with pytest.raises(RegistryUnavailable) as caught:
        await asking
    return caught.value


async def test_a_person_is_found_by_a_consent_that_is_given_at_once(source, gbdfl, clock):
    consent = await source.consent(AT_ONCE)
    assert isinstance(consent, Consent)
    assert consent.expires_at == clock.now() + timedelta(hours=2)
    found = await gbdfl.person(PERSON.iin, consent=consent)
    assert isinstance(found, Found)
    assert found.value.full_name == "СӘРСЕНБАЕВ ЕРЖАН ҚАЙРАТҰЛЫ"


async def test_all_three_criteria_work_with_a_consent(source, gbdfl, population):
    consent = await source.consent(AT_ONCE)
    person = population.person(PERSON.iin)
    day = timedelta(days=1)
    for criterion in (
        ByDocument(person.documents[0].number),
        ByName(person.name.surname, person.name.given, None, person.birth_date),
        ByName(
            person.name.surname,
            person.name.given,
            person.name.patronymic,
            Born(person.birth_date - day, person.birth_date + day),
        ),
    ):
        found = await gbdfl.find(criterion, consent=consent)
        assert isinstance(found, Found)
        assert [one.iin for one in found.value] == [PERSON.iin]
    out = ByName(person.name.surname, person.name.given, None, Born(person.birth_date + day, date(2020, 1, 1)))
    assert isinstance(await gbdfl.find(out, consent=consent), Absent)


async def test_an_absent_person_with_a_consent_is_absent(source, gbdfl):
    absent = cast.PEOPLE["applicant-absent"].iin
    consent = await source.consent(replace(AT_ONCE, person=absent))
    assert isinstance(await gbdfl.person(absent, consent=consent), Absent)


async def test_who_is_asked_by_1414_says_yes(source, consents):
    assert await source.consent(WANTED) is NoConsent.PENDING
    assert await source.consent(WANTED) is NoConsent.PENDING
    await consents.confirm(await only_consent(consents))
    given = await source.consent(WANTED)
    assert isinstance(given, Consent)
    assert await source.consent(WANTED) == given


async def test_who_is_asked_by_1414_says_no(source, consents, clock):
    await source.consent(WANTED)
    asked = await only_consent(consents)
    await consents.refuse(asked)
    assert await source.consent(WANTED) is NoConsent.REFUSED
    with pytest.raises(ConsentUnknown):
        await consents.confirm(asked)
    clock.advance(CONFIRMATION_TIME)
    assert await source.consent(WANTED) is NoConsent.PENDING, "after a while the person may be asked anew"


async def test_who_passes_1414_over_in_silence_can_no_longer_answer_the_old_message(source, consents, clock):
    await source.consent(WANTED)
    asked = await only_consent(consents)
    clock.advance(CONFIRMATION_TIME)
    for late in (consents.confirm, consents.refuse):
        with pytest.raises(ConsentUnknown):
            await late(asked)
    assert await source.consent(WANTED) is NoConsent.PENDING
    assert len(await consents.listed()) == 2


async def test_only_systems_that_may_do_so_can_spare_the_person_the_message(shep, keys, clock):
    shep.sender_id = "QYZMET_PORTAL"
    portal = Kdp(shep, company=Company(NIT.bin, NIT.name_ru), key=keys.system_kdp, clock=clock)
    assert await portal.consent(AT_ONCE) is NoConsent.PENDING


async def test_two_that_ask_at_the_same_time_get_one_consent(source, consents):
    one, two = await asyncio.gather(source.consent(AT_ONCE), source.consent(AT_ONCE))
    assert one == two
    assert len(await consents.listed()) == 1


async def test_a_consent_expires_at_its_very_second_and_the_next_one_is_another(source, gbdfl, clock):
    consent = await source.consent(AT_ONCE)
    clock.advance(timedelta(hours=2) - timedelta(seconds=1))
    assert isinstance(await gbdfl.person(PERSON.iin, consent=consent), Found)
    assert not consent.expired_at(clock.now())
    clock.advance(timedelta(seconds=1))
    assert consent.expired_at(clock.now())
    assert await refused(gbdfl.person(PERSON.iin, consent=consent)) == "00011"
    again = await source.consent(AT_ONCE)
    assert again.token != consent.token
    assert isinstance(await gbdfl.person(PERSON.iin, consent=again), Found)


async def test_a_consent_that_was_taken_back_opens_nothing(source, gbdfl, consents):
    consent = await source.consent(AT_ONCE)
    await consents.revoke(await only_consent(consents))
    assert await refused(gbdfl.person(PERSON.iin, consent=consent)) == "00015"
    again = await source.consent(AT_ONCE)
    assert isinstance(await gbdfl.person(PERSON.iin, consent=again), Found)


async def test_a_consent_of_one_person_opens_no_other(source, gbdfl, population):
    consent = await source.consent(AT_ONCE)
    other = population.person(OTHER.iin)
    assert await refused(gbdfl.person(OTHER.iin, consent=consent)) == "00014"
    assert await refused(gbdfl.find(ByDocument(other.documents[0].number), consent=consent)) == "00014"


async def test_a_consent_given_to_one_organisation_is_of_no_use_to_another(source, gbdfl, shep):
    consent = await source.consent(AT_ONCE)
    for stranger in ("QYZMET_PORTAL", "NOBODY"):
        shep.sender_id = stranger
        assert await refused(gbdfl.person(PERSON.iin, consent=consent)) == "00013"


async def test_a_consent_for_another_service_is_of_no_use_here(source, gbdfl):
    consent = await source.consent(replace(AT_ONCE, access="GbdulAffilFace_KDP"))
    assert await refused(gbdfl.person(PERSON.iin, consent=consent)) == "00012"


async def test_a_forged_pair_of_token_and_key_is_refused(source, gbdfl, keys, clock):
    """A token that verifies by the key that comes with it proves nothing: anybody can make such a pair."""
    genuine = await source.consent(AT_ONCE)
    now = int(clock.now().timestamp())
    claims = {"jti": str(uuid.uuid4()), "uin": PERSON.iin, "cbin": AKIMAT.bin, "access": "GBDFLUniversal_token"}
    forged = write_token({**claims, "iat": now, "exp": now + 3600}, keys.system_desk)
    own_key = base64.b64encode(keys.system_desk.certificate.key_info).decode()
    for token, public_key in (
        (forged, own_key),
        (forged, genuine.public_key),
        (genuine.token, own_key),
        (genuine.token[:-4] + "AAAA", genuine.public_key),
        ("KDP-TOKEN", "KDP-PUBLIC-KEY"),
    ):
        pair = replace(genuine, token=token, public_key=public_key)
        assert await refused(gbdfl.person(PERSON.iin, consent=pair)) == "00010"


async def test_a_token_signed_by_kdp_for_a_consent_that_never_was_is_refused(source, gbdfl, tokens, clock):
    genuine = await source.consent(AT_ONCE)
    token = tokens.write(
        uuid.uuid4(),
        uin=PERSON.iin,
        company_bin=AKIMAT.bin,
        access="GBDFLUniversal_token",
        at=clock.now(),
        until=clock.now() + timedelta(days=1),
    )
    assert await refused(gbdfl.person(PERSON.iin, consent=replace(genuine, token=token))) == "00015"


async def test_consents_are_found_again_after_a_restart(source, kdp_database, tokens, clock, gbdfl):
    consent = await source.consent(AT_ONCE)
    restarted = kdp.Consents(kdp_database, tokens, clock)
    assert await restarted.stands(await only_consent(restarted))
    assert await source.consent(AT_ONCE) == consent
    assert isinstance(await gbdfl.person(PERSON.iin, consent=consent), Found)


async def test_the_dead_and_the_unknown_are_out_of_reach_and_cost_nothing(source, consents, faults):
    for iin in (cast.PEOPLE["applicant-dead"].iin, synthetic_iin(PERSON.born, PERSON.sex, 9_990)):
        assert await source.consent(replace(AT_ONCE, person=iin)) is NoConsent.OUT_OF_REACH
    faults.switch(Fault(FaultKind.ABSENT, frozenset({PERSON.iin})))
    assert await source.consent(AT_ONCE) is NoConsent.OUT_OF_REACH
    assert await consents.listed() == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda xml, _: xml[: xml.index(b"<ovt>")] + b"</data>", "SCE017"),
        (lambda xml, ovt: xml.replace(ovt, b"JWT"), "SCE016"),
        (lambda xml, ovt: xml.replace(ovt, ovt[:-4] + b"AAAA"), "SCE016"),
        (lambda xml, _: xml.replace(AKIMAT.bin.encode(), NIT.bin.encode()), "SCE016"),
        (lambda xml, _: xml.replace(b"<uin>", b"<uin>0"), "SCE001"),
        (lambda xml, _: xml.replace(b"7200000", b"0"), "SCE001"),
        (lambda xml, _: xml.replace(b"7200000", b"9" * 18), "SCE001"),
        (lambda xml, _: b"<data>" + b"<x>" * 100 + b"</x>" * 100 + b"</data>", "SCE001"),
    ],
)
async def test_kdp_refuses_what_the_organisation_has_not_said(source, shep, change, fault):
    original = shep.handlers["KDP_SERVICE"]

    async def changed(question, sender):
        xml = question.payload.xml
        ovt = xml[xml.index(b"<ovt>") + 5 : xml.index(b"</ovt>")]
        return await original(replace(question, payload=replace(question.payload, xml=change(xml, ovt))), sender)

    shep.handlers["KDP_SERVICE"] = changed
    assert (await unavailable(source.consent(AT_ONCE))).facts["fault"] == fault


@pytest.mark.parametrize(
    ("claims", "fault"),
    [
        ({"cbin": NIT.bin}, "SCE016"),
        ({"mcheck": None}, "SCE016"),
        ({"exp": "soon"}, "SCE016"),
        ({"exp": 0}, "SCE015"),
        ({"iat": 4_000_000_000}, "SCE015"),
    ],
)
async def test_kdp_refuses_an_ovt_of_another_organisation_or_time(source, consents, claims, fault):
    own = source._claims
    source._claims = lambda question, at: own(question, at) | claims
    assert (await unavailable(source.consent(AT_ONCE))).facts["fault"] == fault
    assert await consents.listed() == []


async def test_kdp_refuses_an_ovt_that_another_system_has_signed(shep, keys, clock, consents):
    thief = Kdp(shep, company=Company(AKIMAT.bin, AKIMAT.name_ru), key=keys.system_kdp, clock=clock)
    assert (await unavailable(thief.consent(AT_ONCE))).facts["fault"] == "SCE016"
    assert await consents.listed() == []


async def test_an_answer_that_cannot_be_understood_is_no_consent_and_no_refusal(source, shep):
    original = shep.handlers["KDP_SERVICE"]
    for before, after, code in (
        (b"VALID", b"MAYBE", UnavailableCode.REFUSED),
        (b"status>", b"state>", UnavailableCode.UNREADABLE),
        (b"code>", b"token>", UnavailableCode.UNREADABLE),
    ):

        async def changed(question, sender, before=before, after=after):
            reply = await original(question, sender)
            return replace(reply, payload=replace(reply.payload, xml=reply.payload.xml.replace(before, after)))

        shep.handlers["KDP_SERVICE"] = changed
        assert (await unavailable(source.consent(AT_ONCE))).code is code


async def test_the_memory_source_gives_what_it_is_told_to(clock):
    memory = MemoryKdp(clock)
    assert isinstance(await memory.consent(WANTED), Consent)
    memory.reason = NoConsent.PENDING
    assert await memory.consent(WANTED) is NoConsent.PENDING
    memory.trouble = RegistryUnavailable(Registry.KDP, UnavailableCode.NO_ANSWER)
    assert (await unavailable(memory.consent(WANTED))).code is UnavailableCode.NO_ANSWER
    assert len(memory.asked) == 3
