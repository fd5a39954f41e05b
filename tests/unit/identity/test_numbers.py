import pickle
from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.identity.numbers import (
    Bin,
    EntityKind,
    Iin,
    NumberError,
    NumberErrorCode,
    Sex,
    check_digit,
    parse_number,
)


def completed(first_eleven: str) -> str | None:
    last = check_digit(first_eleven)
    return None if last is None else first_eleven + last


births = st.dates(date(1800, 1, 1), date(1899, 12, 31))
synthetic_iins = st.builds(
    lambda born, sex, serial: completed(f"{born:%y%m%d}{sex}{serial:04d}"),
    births,
    st.sampled_from("12"),
    st.integers(0, 9999),
).filter(bool)
synthetic_bins = st.builds(
    lambda year, month, kind, sign, serial: completed(f"{year}{month:02d}{kind}{sign}{serial:05d}"),
    st.integers(70, 79),
    st.integers(1, 12),
    st.sampled_from("456"),
    st.integers(0, 3),
    st.integers(0, 99999),
).filter(bool)


@given(synthetic_iins)
def test_an_iin_gives_back_the_date_and_sex_it_was_made_of(text):
    iin = Iin.parse(text)
    assert f"{iin.birth_date:%y%m%d}" == text[:6]
    assert iin.birth_date.year // 100 == 18
    assert iin.sex is (Sex.MALE if text[6] == "1" else Sex.FEMALE)
    assert iin.synthetic
    assert parse_number(text) == iin


@given(synthetic_bins)
def test_a_bin_is_never_read_as_an_iin(text):
    number = parse_number(text)
    assert isinstance(number, Bin)
    assert number.synthetic
    assert number.kind is EntityKind(text[4])
    assert number.registration_month == (int(text[:2]), int(text[2:4]))
    with pytest.raises(NumberError):
        Iin.parse(text)


def first_round(text: str) -> int:
    return sum(int(digit) * weight for digit, weight in zip(text[:11], range(1, 12), strict=True)) % 11


@given(st.one_of(synthetic_iins, synthetic_bins), st.sampled_from([*range(10), 11]), st.integers(1, 9))
def test_one_mistyped_digit_is_noticed_where_the_first_round_weighs_it(text, place, shift):
    wrong = text[:place] + str((int(text[place]) + shift) % 10) + text[place + 1 :]
    assume(first_round(text) != 10)
    assume(first_round(wrong) != 10)
    with pytest.raises(NumberError):
        parse_number(wrong)


@given(st.text(max_size=80), st.sampled_from([Iin.parse, Bin.parse, parse_number]))
def test_any_text_is_a_number_or_a_number_error(text, read):
    refused: NumberError | None = None
    try:
        assert len(read(text)) == 12
    except NumberError as error:
        refused = error
    if refused is not None:
        assert refused.code in NumberErrorCode
        assert "{" not in refused.text.kk + refused.text.ru + refused.text.en


def test_a_number_for_which_both_rounds_give_ten_is_not_issued():
    found = [f"000101100{n:02d}" for n in range(100) if check_digit(f"000101100{n:02d}") is None]
    found += [f"00010110{n:03d}" for n in range(1000) if check_digit(f"00010110{n:03d}") is None]
    assert found
    for first_eleven in found:
        for last in "0123456789":
            with pytest.raises(NumberError) as caught:
                Iin.parse(first_eleven + last)
            assert caught.value.code is NumberErrorCode.CHECK_DIGIT


def test_the_second_round_of_weights_decides_when_the_first_gives_ten():
    first_eleven = next(
        text
        for text in (f"0001011{n:04d}" for n in range(10000))
        if sum(int(d) * w for d, w in zip(text, range(1, 12), strict=True)) % 11 == 10 and check_digit(text)
    )
    weights = [3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]
    expected = sum(int(d) * w for d, w in zip(first_eleven, weights, strict=True)) % 11
    assert check_digit(first_eleven) == str(expected)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", NumberErrorCode.LENGTH),
        ("12345678901", NumberErrorCode.LENGTH),
        ("1234567890123", NumberErrorCode.LENGTH),
        ("1" * 5000, NumberErrorCode.LENGTH),
        ("85010110000a", NumberErrorCode.DIGITS),
        ("٨٥٠١٠١١٠٠٠٠٠", NumberErrorCode.DIGITS),
        ("851301100000", NumberErrorCode.DATE),
        ("850230100000", NumberErrorCode.DATE),
        ("000229100000", NumberErrorCode.DATE),
        ("850101000000", NumberErrorCode.DATE),
        ("850101900000", NumberErrorCode.DATE),
    ],
)
def test_each_defect_of_an_iin_has_its_own_code(text, code):
    with pytest.raises(NumberError) as caught:
        Iin.parse(text)
    assert caught.value.code is code


def test_a_bin_with_a_wrong_kind_or_month_says_so():
    with pytest.raises(NumberError) as caught:
        Bin.parse("750101100000")
    assert caught.value.code is NumberErrorCode.KIND
    with pytest.raises(NumberError) as caught:
        Bin.parse("751340000000")
    assert caught.value.code is NumberErrorCode.DATE


def test_what_a_person_types_with_spaces_and_hyphens_is_read():
    plain = completed("85010110000")
    assert plain
    typed = f" {plain[:6]} {plain[6:9]}-{plain[9:]}\u00a0"
    assert Iin.parse(typed) == plain


def test_a_number_does_not_show_itself_in_logs_and_survives_pickling():
    plain = completed("85010110000")
    assert plain
    iin = Iin.parse(plain)
    assert plain[:8] not in repr(iin)
    assert iin.masked == "********" + plain[-4:]
    assert pickle.loads(pickle.dumps(iin)) == iin


def test_the_texts_name_the_number_that_was_asked_for():
    with pytest.raises(NumberError) as caught:
        Bin.parse("1")
    assert caught.value.text.kk.startswith("БСН")
    assert caught.value.text.ru.startswith("БИН")
    assert caught.value.text.en == "A BIN has 12 digits."
