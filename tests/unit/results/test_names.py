"""The names under which persons and organisations apply."""

from __future__ import annotations

import pytest

from gateway.results.names import LONGEST_NAME, NameOf, clean_name, name_of, name_text
from simulators.population.cast import ORGANISATIONS, PEOPLE

PERSON, ORGANISATION, ANYBODY = NameOf


def test_an_iin_is_a_persons_and_a_bin_an_organisations() -> None:
    numbers = (PEOPLE["ward-almaty"].iin, ORGANISATIONS["partnership"].bin, None)
    assert [name_of(number) for number in numbers] == [PERSON, ORGANISATION, ANYBODY]


@pytest.mark.parametrize("name", ["x1", "Серс 5", "Ахметов Серік ²", "5", "Ким III 3-й"])
def test_a_person_with_digits_in_the_name_is_refused_and_an_organisation_is_not(name: str) -> None:
    assert clean_name(name, PERSON) is None
    assert (clean_name(name, ORGANISATION) is None) == (name == "5")


@pytest.mark.parametrize("name", ["О'Коннор-Ким А. Б.", "Қ. Сәрсенұлы", "Louis XIV", "Özil M."])
def test_letters_and_punctuation_are_a_persons_name(name: str) -> None:
    assert clean_name(f"  {name.replace(' ', '   ')} ", PERSON) == name


@pytest.mark.parametrize("whose", NameOf)
@pytest.mark.parametrize("name", ["", " ", "12", "--", "А" * (LONGEST_NAME + 1), "Абай\u202eқ", "Абай \u4e2d"])
def test_nobodys_name_is_without_letters_too_long_or_unprintable(whose: NameOf, name: str) -> None:
    assert clean_name(name, whose) is None


def test_a_name_whose_number_is_not_known_yet_is_not_judged_by_its_digits() -> None:
    assert clean_name("№ 5 мектеп") == "№ 5 мектеп"


def test_only_a_person_is_told_of_letters_alone() -> None:
    assert "тек әріптер" in name_text(PERSON).kk
    assert "только буквы" in name_text(PERSON).ru
    for whose in (ORGANISATION, ANYBODY):
        said = name_text(whose)
        assert not {"тек", "только", "only"} & {word.strip(",.:") for word in f"{said.kk} {said.ru} {said.en}".split()}
        assert str(LONGEST_NAME) in said.kk
