"""The sender stands in a register's number, so that desks that count apart never give the same."""

import pytest

from gateway.catalogue import load_catalogue
from gateway.courier.numbering import register_number, sender_code, sender_codes
from gateway.exchange.courier_register import Direction

OFFICES = load_catalogue().offices


def test_no_two_legal_entities_of_the_catalogue_have_the_same_code():
    codes = sender_codes(OFFICES.values())
    assert len(set(codes.values())) == len({office.bin for office in OFFICES.values()})


def test_a_code_is_stable_and_stands_between_series_and_serial():
    assert sender_code("750340000510") == "8247"
    assert register_number(Direction.TO_CORPORATION, "8247", 7) == "75824700000007"
    with pytest.raises(ValueError, match="no number"):
        register_number(Direction.TO_PROVIDER, "8247", 10**8)


def test_two_legal_entities_with_one_code_are_an_error():
    first, second = list(OFFICES.values())[:2]
    clash = next(f"{n:012d}" for n in range(10**6) if sender_code(f"{n:012d}") == sender_code(first.bin))
    with pytest.raises(ValueError, match=second.id):
        sender_codes([first, second.model_copy(update={"bin": clash})])
