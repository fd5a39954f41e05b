import pytest

from gateway.flows.numbers import CountedNumbers, SequenceNumbers
from gateway.flows.refusals import printable
from gateway.flows.signing import recheck_delay


def test_condition_2_is_tried_again_ever_more_seldom_but_at_least_four_times_an_hour():
    assert [recheck_delay(attempt).total_seconds() for attempt in (0, 1, 2, 6, 7, 1000)] == [15, 30, 60, 900, 900, 900]


@pytest.mark.parametrize("prefix", ["", "x", "1234567", "٣"])
def test_a_prefix_that_would_not_leave_room_for_numbers_is_refused(prefix):
    with pytest.raises(ValueError, match="prefix"):
        SequenceNumbers(prefix)


def test_a_name_that_no_document_can_show_does_not_stop_a_refusal():
    assert printable("Әлия 👩 O’Neil\u200b") == "Әлия ? O’Neil?"


async def test_no_application_number_is_given_twice():
    numbers = CountedNumbers()
    given = [await numbers.next(None) for _ in range(3)]
    assert given == ["00000000000001", "00000000000002", "00000000000003"]
