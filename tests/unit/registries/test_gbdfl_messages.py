from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.registries.consent import Consent
from gateway.registries.gbdfl_messages import Born, ByDocument, ByIin, ByName, build_question, read_answer
from gateway.shep.elements import Malformed
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.refusal import Refused
from simulators.gbdfl.answer import NOT_FOUND, PROCESSED, build_answer
from simulators.gbdfl.question import read_question
from simulators.population import Population, cast
from tests.unit.registries.country import assert_of_schema

AT = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
IIN = cast.PEOPLE["applicant-karaganda"].iin
EVERYBODY = Population.generate(seed=11, size=120)
words = st.text(st.characters(categories=("L", "N", "P", "Zs"), min_codepoint=32), min_size=1, max_size=40).filter(
    lambda text: text.strip() == text
)
days = st.dates(date(1900, 1, 1))
ranges = st.tuples(days, days).map(lambda two: Born(min(two), max(two)))
criteria = st.one_of(
    st.just(ByIin(IIN)),
    st.builds(ByDocument, words),
    st.builds(ByName, words, st.none() | words, st.none() | words, days | ranges),
)
CONSENT = Consent(person=IIN, token="a.b.c", public_key="S0VZ", expires_at=AT)


def question(criterion, message_id="q-1", consent=None):
    return build_question(criterion, message_id=message_id, at=AT, sender_code="QYZMET_DESK", consent=consent)


def answer(people, result=PROCESSED):
    xml = build_answer(people, result=result, message_id="a-1", request_id="q-1", asker="QYZMET_DESK", at=AT)
    return etree.fromstring(xml)


@settings(deadline=None)
@given(criteria, words.filter(lambda text: len(text) <= 36))
def test_any_question_is_of_the_schema_and_is_understood_as_it_was_meant(criterion, message_id):
    xml = question(criterion, message_id)
    data = etree.fromstring(xml)
    assert_of_schema(data, "gbdfl/question.xsd")
    read = read_question(Payload(PayloadForm.TYPED, xml))
    assert read.message_id == message_id
    match criterion:
        case ByIin(iin):
            assert (read.iin, read.surname, read.document_number) == (iin, None, None)
        case ByDocument(number):
            assert (read.iin, read.surname, read.document_number) == (None, None, number)
        case ByName():
            born = criterion.birth_date
            first, last = (born.earliest, born.latest) if isinstance(born, Born) else (born, born)
            assert (read.surname, read.given, read.patronymic) == (
                criterion.surname,
                criterion.name,
                criterion.patronymic,
            )
            assert (read.born_from, read.born_to) == (first, last)


@settings(deadline=None)
@given(criteria)
def test_any_question_with_a_consent_is_of_the_newer_edition_and_is_understood(criterion):
    xml = question(criterion, consent=CONSENT)
    assert_of_schema(etree.fromstring(xml), "gbdfl/token/question.xsd")
    read = read_question(Payload(PayloadForm.TYPED, xml), with_token=True)
    assert (read.token, read.public_key) == ("a.b.c", "S0VZ")


@pytest.mark.parametrize("criterion", [ByIin(IIN), ByDocument("900000001"), ByName("A", None, None, date(1990, 1, 1))])
def test_a_question_with_a_consent_is_of_the_older_edition_too_unless_it_has_a_range(criterion):
    assert_of_schema(etree.fromstring(question(criterion, consent=CONSENT)), "gbdfl/unifl/question.xsd")
    ranged = ByName("A", None, None, Born(date(1990, 1, 1), date(1990, 1, 2)))
    with pytest.raises(etree.DocumentInvalid):
        assert_of_schema(etree.fromstring(question(ranged, consent=CONSENT)), "gbdfl/unifl/question.xsd")


def test_the_token_may_be_broken_into_lines_as_it_is_seen():
    xml = question(ByIin(IIN), consent=CONSENT).replace(b"a.b.c", b"a.b\n  .c")
    assert read_question(Payload(PayloadForm.TYPED, xml), with_token=True).token == "a.b.c"


@pytest.mark.parametrize("name", [b"kdpToken", b"publicKey"])
@pytest.mark.parametrize("emptied", [True, False])
def test_the_service_with_a_token_wants_token_and_key(name, emptied):
    data = etree.fromstring(question(ByIin(IIN), consent=CONSENT))
    element = data.find(name.decode())
    if emptied:
        element.text = " "
    else:
        data.remove(element)
    with pytest.raises(Refused):
        read_question(Payload(PayloadForm.TYPED, etree.tostring(data)), with_token=True)


def test_a_consent_shows_neither_its_token_nor_the_whole_number():
    assert CONSENT.token not in repr(CONSENT)
    assert IIN not in repr(CONSENT)


@pytest.mark.parametrize("person", EVERYBODY.people, ids=lambda person: person.iin.masked)
def test_everybody_comes_out_of_an_answer_as_the_population_has_them(person):
    data = answer([person])
    assert_of_schema(data, "gbdfl/answer.xsd")
    read = read_answer(data)
    assert (read.request_id, read.result.code) == ("q-1", "00000")
    (found,) = read.people
    assert found.iin == person.iin
    assert found.full_name == person.name.full.upper()
    assert found.birth_date == person.birth_date
    assert found.death_date == person.death_date
    assert found.dead == (person.death_date is not None)
    assert found.sex.code == person.sex.value
    assert found.address is not None
    assert found.address.code == person.address.code
    assert found.address.district.name_kk == person.address.locality.district.name_kk
    assert [document.number for document in found.documents] == [document.number for document in person.documents]
    assert [document.valid_until for document in found.documents] == [each.valid_until for each in person.documents]


def test_an_answer_about_nobody_is_of_the_schema_and_empty():
    data = answer([], NOT_FOUND)
    assert_of_schema(data, "gbdfl/answer.xsd")
    assert read_answer(data).people == ()


def test_an_answer_about_several_keeps_them_all():
    people = EVERYBODY.people[:3]
    assert [person.iin for person in read_answer(answer(people)).people] == [person.iin for person in people]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("persons/person/iin", "870412100018"),
        ("persons/person/birthDate", "1987-13-01"),
        ("persons/person/birthDate", "вчера"),
        ("persons/person/gender/code", ""),
        ("requestId", ""),
    ],
)
def test_a_value_that_means_nothing_is_refused_with_its_place(path, value):
    data = answer([EVERYBODY.people[0]])
    data.find(path).text = value
    with pytest.raises(Malformed) as caught:
        read_answer(data)
    assert caught.value.path.startswith("/data")


def test_two_iins_of_one_person_are_refused():
    data = answer([EVERYBODY.people[0]])
    person = data.find("persons/person")
    etree.SubElement(person, "iin").text = EVERYBODY.people[1].iin
    with pytest.raises(Malformed):
        read_answer(data)


def test_dates_with_a_zone_are_the_days_that_are_written():
    data = answer([EVERYBODY.people[0]])
    data.find("persons/person/birthDate").text = "1987-04-12+06:00"
    assert read_answer(data).people[0].birth_date == date(1987, 4, 12)


def test_a_message_id_that_the_registry_would_refuse_is_not_sent():
    with pytest.raises(ValueError, match="36"):
        question(ByIin(IIN), "x" * 37)
    with pytest.raises(ValueError, match="surname or a name"):
        ByName(None, None, "Қайратұлы", date(1987, 4, 12))
    with pytest.raises(ValueError, match="begins before"):
        Born(date(1987, 4, 13), date(1987, 4, 12))


@pytest.mark.parametrize(
    "xml",
    [
        b"<data/>",
        b"<data><messageId>1</messageId></data>",
        b"not xml",
        b"<!DOCTYPE data [<!ENTITY x 'y'>]><data>&x;</data>",
        question(ByIin(IIN)).replace(b"<iin>", b"<documentNumber>1</documentNumber><iin>"),
        question(ByIin(IIN)).replace(b"</data>", b"<documentNumber>1</documentNumber></data>"),
        question(ByIin(IIN)).replace(f"<iin>{IIN}</iin>".encode(), b""),
        question(ByIin(IIN)).replace(f"<iin>{IIN}</iin>".encode(), b"<surname>A</surname>"),
        question(ByIin(IIN)).replace(
            f"<iin>{IIN}</iin>".encode(), b"<surname>A</surname><birthDate>12345-01-01</birthDate>"
        ),
        question(ByIin(IIN)).replace(
            f"<iin>{IIN}</iin>".encode(), b"<surname>A</surname><birthDateFrom>1990-01-01</birthDateFrom>"
        ),
        question(ByIin(IIN)).replace(
            f"<iin>{IIN}</iin>".encode(),
            b"<surname>A</surname><birthDateFrom>1990-01-02</birthDateFrom><birthDateTo>1990-01-01</birthDateTo>",
        ),
        question(ByIin(IIN)).replace(
            f"<iin>{IIN}</iin>".encode(),
            b"<surname>A</surname><birthDate>1990-01-02</birthDate><birthDateTo>1990-01-03</birthDateTo>",
        ),
    ],
)
def test_the_registry_refuses_a_question_that_it_cannot_understand(xml):
    with pytest.raises(Refused):
        read_question(Payload(PayloadForm.TYPED, xml))
