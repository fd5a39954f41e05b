import pytest

from gateway.shep.persons import MOST_NUMBERS, numbers_in
from simulators.population.cast import ORGANISATIONS, PEOPLE

IIN = str(next(iter(PEOPLE.values())).iin)
BIN = str(next(iter(ORGANISATIONS.values())).bin)


@pytest.mark.parametrize(
    "around", ["<iin>{}</iin>", "&lt;iin&gt;{}&lt;/iin&gt;", '<a iin="{}"/>', "<a> {}\n</a>", "{}"]
)
@pytest.mark.parametrize("number", [IIN, BIN])
def test_a_number_is_found_where_text_may_stand(around, number):
    assert numbers_in(around.format(number).encode()) == {number}


@pytest.mark.parametrize(
    "text", [IIN[:-1] + str((int(IIN[-1]) + 1) % 10), "0" + IIN, IIN + "A", f"AAAA{IIN}BBBB", f"{IIN}==", "254750124"]
)
def test_what_is_no_number_of_its_own_is_not_found(text):
    assert numbers_in(f"<a>{text}</a>".encode()) == frozenset()


def test_the_numbers_taken_from_one_envelope_are_bounded():
    from gateway.identity.numbers import check_digit

    every = (f"7001400{n:04}" for n in range(1000))
    numbers = [first + digit for first in every if (digit := check_digit(first)) is not None]
    assert len(numbers) > MOST_NUMBERS
    assert len(numbers_in(" ".join(numbers).encode())) == MOST_NUMBERS
