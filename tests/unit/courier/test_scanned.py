"""A scanner types a number on whatever layout is on; what it did not read is never guessed."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.scanned import scanned_number

NUMBER = "74000000012345"
_KAZAKH = str.maketrans("1234567890", '"әіңғ,.үұқ')


@pytest.mark.parametrize(
    "typed",
    [
        NUMBER,
        f"  {NUMBER}\r\n",
        f"\x02{NUMBER}\x03",
        f"]C1{NUMBER}",
        f"]c0{NUMBER}\t",
        f"*{NUMBER}*",
        "7400 0000 0123 45",
        NUMBER.translate(_KAZAKH),
        NUMBER.translate(_KAZAKH).upper(),
        f"R{NUMBER}",
    ],
)
def test_prefix_suffix_and_layout_do_not_hide_the_number(typed):
    assert scanned_number(typed) == NUMBER


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "7400000001234", "740000000123456", f"{NUMBER};{NUMBER[::-1]}", "жетпіс төрт", NUMBER * 20, "٧" * 14],
)
def test_what_is_no_number_of_fourteen_digits_is_refused(typed):
    with pytest.raises(RegisterError) as caught:
        scanned_number(typed)
    assert caught.value.code is RegisterCode.NOT_A_NUMBER


@given(st.text(max_size=300))
def test_any_text_is_a_number_or_refused(typed):
    with contextlib.suppress(RegisterError):
        assert len(scanned_number(typed)) == 14


@given(st.from_regex(r"[0-9]{14}", fullmatch=True))
def test_every_number_is_read_on_either_layout(number):
    assert scanned_number(number) == scanned_number(number.translate(_KAZAKH)) == number
