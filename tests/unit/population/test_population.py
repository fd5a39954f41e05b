import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.identity.numbers import Bin, Iin, Sex
from simulators.population import Population, cast
from simulators.population.cast import KeyState
from simulators.population.generation import ADULT, PRESENT
from simulators.population.numbering import CAST_SERIALS, synthetic_bin, synthetic_iin
from simulators.population.powers import CAST
from simulators.population.spelling import feminine, latin, patronymic_kk, patronymic_ru

KAZAKH_ONLY = set("ӘҒҚҢӨҰҮҺІ")


@pytest.fixture(scope="module")
def population() -> Population:
    return Population.generate(seed=7, size=2_000)


def test_no_number_can_belong_to_anybody_living(population):
    for person in population.people:
        assert Iin.parse(person.iin).synthetic
        assert f"{person.iin.birth_date:%y%m%d}" == f"{person.birth_date:%y%m%d}"
        assert person.iin.sex is person.sex
    for organisation in population.organisations:
        assert Bin.parse(organisation.bin).synthetic
        assert organisation.bin.registration_month[1] == organisation.registered_on.month


def test_the_same_seed_gives_the_same_people_and_another_seed_others():
    first, again, other = (Population.generate(seed, 200) for seed in (1, 1, 2))
    assert first.people == again.people
    assert first.organisations == again.organisations
    assert first.guardianships == again.guardianships
    assert first.people != other.people


def test_the_cast_never_depends_on_seed_or_size():
    small, large = Population.generate(1, 10), Population.generate(99, 700)
    for member in cast.PEOPLE.values():
        assert small.person(member.iin) == large.person(member.iin)
    for one in cast.ORGANISATIONS.values():
        assert small.organisation(one.bin) == large.organisation(one.bin)


def test_nothing_is_held_by_two(population):
    assert len(population.people) == 2_000 + len(cast.PEOPLE)
    assert len({one.bin for one in population.organisations}) == len(population.organisations)
    documents = [document.number for person in population.people for document in person.documents]
    for person in population.people:
        for document in person.documents:
            assert document.number.lstrip("N").startswith("9"), "an issued number could look so"
    assert len(set(documents)) == len(documents)
    assert all(population.person_by_document(number) for number in documents)


def test_a_person_costs_the_same_however_many_there_are():
    def cost(size: int) -> float:
        """CPU seconds, the least of three."""
        return min(_timed(lambda: Population.generate(size=size)) for _ in range(3))

    assert cost(4000) < 8 * cost(1000)


def _timed(work) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def test_kazakh_letters_survive_into_the_names(population):
    letters = set("".join(person.name.full for person in population.people).upper())
    assert letters >= KAZAKH_ONLY
    russian = set("".join(person.name_ru.full for person in population.people).upper())
    assert not russian & KAZAKH_ONLY


def test_guardians_are_living_adults_and_wards_are_children(population):
    assert population.guardianships
    for one in population.guardianships:
        guardian, ward = population.person(one.guardian), population.person(one.ward)
        assert guardian is not None
        assert ward is not None
        assert guardian.death_date is None
        assert guardian.age_on(PRESENT) >= ADULT > ward.age_on(PRESENT)
        assert ward in population.wards_of(guardian.iin)


def test_people_are_found_by_name_and_a_range_of_birth_dates():
    population = Population.generate(3, 50)
    person = population.cast_person("applicant-karaganda")
    asked = {"surname": "Сәрсенбаев", "given": "Ержан", "patronymic": None}
    born = person.birth_date
    day = timedelta(days=1)
    assert population.people_by_name(**asked, birth_date=born, until=born) == (person,)
    assert population.people_by_name(**asked, birth_date=born - day, until=born + day) == (person,)
    assert population.people_by_name(**asked, birth_date=born + day, until=born + 2 * day) == ()
    assert population.people_by_name(**asked, birth_date=born - 2 * day, until=born - day) == ()


def test_powers_of_attorney_stand_between_people_who_are_there(population):
    numbers = [power.number for power in population.powers.all]
    assert len(set(numbers)) == len(numbers) > len(CAST)
    for power in population.powers.all:
        assert power.number.startswith("SIM-"), "a real register could hold such a number"
        assert power.notary.licence.startswith("SIM-")
        assert power.valid_from <= power.valid_until
        for party in (*power.principals, *power.representatives):
            assert population.person(party) or population.organisation(party)
        assert set(power.principals).isdisjoint(power.representatives)


def test_the_powers_of_the_cast_never_depend_on_seed_or_size_and_the_others_on_nothing_else():
    first, again, other = (Population.generate(seed, 400) for seed in (1, 1, 2))
    assert first.powers.all == again.powers.all != other.powers.all
    for power in CAST.values():
        assert first.powers.get(power.number) == other.powers.get(power.number) == power


def test_people_are_found_by_name_and_an_edited_person_by_the_new_one():
    population = Population.generate(3, 50)
    person = population.cast_person("applicant-karaganda")
    asked = {"surname": "сәрсенбаев", "given": "ЕРЖАН", "patronymic": None, "birth_date": person.birth_date}
    assert population.people_by_name(**asked) == (person,)
    assert population.people_by_name(**{**asked, "patronymic": "Басқаұлы"}) == ()
    population.replace(replace(person, name=replace(person.name, surname="Жаңаев")))
    assert population.people_by_name(**asked) == ()
    assert population.people_by_name(**{**asked, "surname": "Жаңаев"})
    assert population.person_by_document(person.documents[0].number).name.surname == "Жаңаев"


def test_the_cast_has_everybody_that_the_flows_need():
    keys = {member.key for member in cast.PEOPLE.values()}
    assert keys == set(KeyState)
    assert [member.id for member in cast.PEOPLE.values() if not member.known_to_gbdfl] == ["applicant-absent"]
    assert [member.id for member in cast.PEOPLE.values() if member.died] == ["applicant-dead"]
    for system in cast.SYSTEMS.values():
        assert system.organisation in cast.ORGANISATIONS
    serials = [member.serial for member in cast.PEOPLE.values()]
    assert max(serials) < CAST_SERIALS
    assert len(set(serials)) == len(serials)


def test_the_numbers_of_the_cast_do_not_move():
    assert cast.PEOPLE["applicant-karaganda"].iin == "870412100017"
    assert cast.PEOPLE["applicant-almaty"].iin == "831105200031"
    assert cast.ORGANISATIONS["karaganda-employment"].bin == "750340000510"
    assert cast.ORGANISATIONS["almaty-education"].bin == "740540000219"
    assert cast.GBDFL_OWNER.bin == "770140000031"
    assert cast.GBDUL_OWNER.bin == "780240000047"
    assert cast.ENIS_OWNER.bin == "780340000080"
    assert cast.PEOPLE["representative"].iin == "890704100206"


@given(st.dates(date(1930, 1, 1), date(2026, 1, 1)), st.sampled_from(Sex), st.integers(0, 9_000))
@settings(max_examples=60, deadline=None)
def test_any_birth_date_has_a_synthetic_number(born, sex, serial):
    if (born.month, born.day, born.year % 100) == (2, 29, 0):
        with pytest.raises(ValueError, match="no synthetic IIN"):
            synthetic_iin(born, sex, serial)
    else:
        assert synthetic_iin(born, sex, serial).sex is sex


@given(st.dates(date(1991, 1, 1), date(2026, 1, 1)), st.integers(0, 90_000))
@settings(max_examples=60, deadline=None)
def test_any_registration_date_has_a_synthetic_number(day, serial):
    assert synthetic_bin(day, serial).synthetic


@pytest.mark.parametrize(
    ("father", "male", "female"),
    [
        ("Сергей", "Сергеевич", "Сергеевна"),
        ("Игорь", "Игоревич", "Игоревна"),
        ("Дмитрий", "Дмитриевич", "Дмитриевна"),
        ("Куаныш", "Куанышевич", "Куанышевна"),
        ("Абай", "Абаевич", "Абаевна"),
        ("Нурлан", "Нурланович", "Нурлановна"),
    ],
)
def test_russian_patronymics_follow_the_fathers_last_letter(father, male, female):
    assert (patronymic_ru(father, Sex.MALE), patronymic_ru(father, Sex.FEMALE)) == (male, female)


def test_names_are_formed_as_documents_form_them():
    assert patronymic_kk("Қайрат", Sex.FEMALE) == "Қайратқызы"
    assert feminine("Ахметов") == "Ахметова"
    assert feminine("Мельник") == "Мельник"
    assert latin("Әбдірахманов") == "ABDIRAKHMANOV"
    with pytest.raises(ValueError, match="no rule"):
        patronymic_ru("Илья", Sex.MALE)
