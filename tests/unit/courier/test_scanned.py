"""What is scanned from a register or a package is a number, or refused in the room's own words."""

import pytest

from gateway.courier.errors import RegisterCode, RegisterError
from gateway.courier.scanned import scanned_number

NUMBER = "74000000012345"


def test_the_number_is_found_in_what_a_scanner_sends():
    assert scanned_number(f"]C1{NUMBER}\r\n") == NUMBER


@pytest.mark.parametrize("typed", ["", "7400000001234", f"{NUMBER};{NUMBER[::-1]}", "жетпіс төрт", NUMBER * 20])
def test_what_is_no_number_of_fourteen_digits_is_refused(typed):
    with pytest.raises(RegisterError) as caught:
        scanned_number(typed)
    assert caught.value.code is RegisterCode.NOT_A_NUMBER
