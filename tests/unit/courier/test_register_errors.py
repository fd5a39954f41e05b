"""Every refusal of a register says in three languages what happened and what to do."""

import re

import pytest

from gateway.courier.errors import RegisterCode, RegisterError
from gateway.texts import Language, Text

FACTS = {
    "number": "74000000000001",
    "register": "74000000000002",
    "limit": 200,
    "count": 3,
    "name": Text("Мекеме", "Учреждение", "Office"),
}


@pytest.mark.full
@pytest.mark.parametrize("code", RegisterCode)
def test_a_refusal_speaks_three_languages_and_advises(code):
    error = RegisterError(code, **FACTS)
    for text in (error.text, error.advice):
        assert len({text.to(language) for language in Language}) == 3
        assert "{" not in text.kk + text.ru + text.en
        assert re.search("[а-яәғқңөұүһі]", text.kk.lower())


def test_the_name_of_an_office_is_told_in_the_readers_language():
    error = RegisterError(RegisterCode.ELSEWHERE, **FACTS)
    assert (error.text.kk.split()[-1], error.text.ru.split()[-1], error.text.en.split()[-1]) == (
        "Мекеме.",
        "Учреждение.",
        "Office.",
    )
