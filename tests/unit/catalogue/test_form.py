from __future__ import annotations

from datetime import date

import pytest

from gateway.catalogue import FieldType, FormProblemCode, check_document, check_form, load_catalogue
from gateway.texts import Text

SERVICE = load_catalogue().service("guardianship-certificate")
TODAY = date(2026, 3, 2)
GOOD = {
    "phone": "+7 (701) 000-00-01",
    "address": "Алматы қаласы, Абай даңғылы, 1",
    "relation": "guardian",
    "ward_name": "Серікұлы Әлихан",
    "ward_iin": "150315 500012",
    "ward_birth_date": "2015-03-15",
    "decision_number": "12/3-К",
    "decision_date": "2020-01-10",
    "consent": "true",
}


def codes(changed: dict[str, str]) -> list[tuple[str, FormProblemCode]]:
    reading = check_form(SERVICE.form, {**GOOD, **changed}, today=TODAY)
    return [(problem.field, problem.code) for problem in reading.problems]


def test_a_good_form_is_cleaned() -> None:
    reading = check_form(SERVICE.form, GOOD, today=TODAY)
    assert reading.problems == ()
    assert reading.values["phone"] == "+77010000001"
    assert reading.values["ward_iin"] == "150315500012"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("phone", "", FormProblemCode.MISSING),
        ("phone", "8 701", FormProblemCode.WRONG_FORMAT),
        ("address", "Абай", FormProblemCode.TOO_SHORT),
        ("address", "А" * 201, FormProblemCode.TOO_LONG),
        ("address", "Алматы\x00", FormProblemCode.WRONG_FORMAT),
        ("relation", "neighbour", FormProblemCode.NOT_A_CHOICE),
        ("ward_iin", "12345", FormProblemCode.WRONG_FORMAT),
        ("ward_iin", "١" * 12, FormProblemCode.WRONG_FORMAT),
        ("phone", "+7" + "١" * 10, FormProblemCode.WRONG_FORMAT),
        ("address", "Алматы\ud800", FormProblemCode.WRONG_FORMAT),
        ("ward_birth_date", "15.03.2015", FormProblemCode.WRONG_FORMAT),
        ("ward_birth_date", "20150315", FormProblemCode.WRONG_FORMAT),
        ("ward_birth_date", "2026-03-03", FormProblemCode.IN_FUTURE),
        ("decision_number", "<script>", FormProblemCode.WRONG_FORMAT),
        ("consent", "false", FormProblemCode.WRONG_FORMAT),
        ("consent", "", FormProblemCode.MISSING),
        ("admin", "1", FormProblemCode.UNKNOWN_FIELD),
    ],
)
def test_each_wrong_value_is_named(field: str, value: str, code: FormProblemCode) -> None:
    assert codes({field: value}) == [(field, code)]


def test_check_digits_can_be_added_from_outside() -> None:
    said = Text("қате терілген", "введён с ошибкой", "was mistyped")
    reading = check_form(SERVICE.form, GOOD, today=TODAY, checks={FieldType.IIN: lambda _: said})
    assert [problem.field for problem in reading.problems] == ["ward_iin"]
    text = reading.problems[0].text
    assert (text.kk.endswith(said.kk), text.ru.endswith(said.ru), text.en.endswith(said.en)) == (True, True, True)


@pytest.mark.parametrize(
    ("pattern", "spelt"),
    [
        (r"KZ\d{2}", "KZ[0-9]{2}"),
        (r"[\d/]+", "[0-9/]+"),
        (r"[\]\d]\d", r"[\]0-9][0-9]"),
        (r"\\d", r"\\d"),
        ("[а-я]+", "[а-я]+"),
    ],
)
def test_a_pattern_means_the_digits_of_ascii(pattern: str, spelt: str) -> None:
    field = SERVICE.form[0].model_copy(update={"pattern": pattern})
    assert field.own_pattern == spelt


def test_an_account_with_digits_of_another_script_is_refused() -> None:
    account = next(one for one in load_catalogue().service("guardian-allowance").form if one.id == "account")
    good, wrong = "KZ12" + "0" * 16, "KZ١٢" + "0" * 16
    assert check_form((account,), {"account": good}, today=TODAY).problems == ()
    assert check_form((account,), {"account": wrong}, today=TODAY).problems


def test_problems_speak_three_languages() -> None:
    (problem,) = check_form(SERVICE.form, {**GOOD, "phone": ""}, today=TODAY).problems
    assert problem.text.kk == "«Байланыс телефоны» жолын толтырыңыз"
    assert problem.text.ru == "Заполните поле «Контактный телефон»"


def test_a_consent_that_is_not_given_is_asked_for_as_a_consent() -> None:
    (problem,) = check_form(SERVICE.form, {**GOOD, "consent": ""}, today=TODAY).problems
    assert problem.text.kk == "Келісіміңізді растау үшін белгі қойыңыз"


@pytest.mark.parametrize(
    ("media_type", "content", "code"),
    [
        ("application/pdf", b"%PDF-1.7 ...", None),
        ("image/png", b"\x89PNG\r\n\x1a\n...", None),
        ("image/jpeg", b"\xff\xd8\xff\xe0", None),
        ("image/png", b"%PDF-1.7", FormProblemCode.WRONG_MEDIA_TYPE),
        ("text/html", b"<html>", FormProblemCode.WRONG_MEDIA_TYPE),
        ("application/pdf", b"", FormProblemCode.EMPTY),
        ("application/pdf", b"%PDF-" + b"0" * 5_000_000, FormProblemCode.TOO_LARGE),
    ],
)
def test_documents_are_what_they_say(media_type: str, content: bytes, code: FormProblemCode | None) -> None:
    kind = SERVICE.documents[0]
    problem = check_document(kind, media_type, content)
    assert (problem and problem.code) == code
