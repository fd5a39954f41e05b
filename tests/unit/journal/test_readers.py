import pytest

from gateway.journal.readers import (
    LONGEST_REASON,
    SHORTEST_REASON,
    Act,
    LogCode,
    LogRefused,
    Reader,
    ReaderRole,
    checked_reason,
)

MAY = {("support", "search"), ("auditor", "search"), ("auditor", "open"), ("auditor", "review"), ("custodian", "erase")}


@pytest.mark.parametrize("role", list(ReaderRole))
@pytest.mark.parametrize("act", list(Act))
def test_a_role_may_do_what_it_is_for_and_nothing_else(role, act):
    assert Reader("a", role).may(act) is ((role.value, act.value) in MAY)


@pytest.mark.parametrize(
    "reason",
    ["", "short", " " * 40, "x" * 40, "a" * (LONGEST_REASON + 1), "ab" * 20, "a reason with \0 in it"],
)
def test_a_reason_that_says_nothing_is_refused(reason):
    with pytest.raises(LogRefused) as caught:
        checked_reason(reason)
    assert caught.value.code is LogCode.REASON


@pytest.mark.parametrize("length", [SHORTEST_REASON, LONGEST_REASON])
def test_a_reason_at_the_limits_is_taken_without_the_space_around_it(length):
    reason = ("өтініш 17 " * 60)[:length].strip().ljust(length, "!")
    assert checked_reason(f"  {reason}\n") == reason
