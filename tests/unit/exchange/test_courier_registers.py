"""The courier's register and its marks as payloads: read as they were written, refused when they contradict."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.exchange.courier_register import (
    MOST_PACKAGES,
    CourierRegister,
    Direction,
    ListedPackage,
    RegisterMarks,
    build_marks,
    build_register,
    read_marks,
    read_register,
)
from gateway.exchange.errors import ExchangeCode, PayloadNotWritable, PayloadRefused

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
FIRST, SECOND, THIRD = "73000000000001", "73000000000002", "73000000000003"
REGISTER = CourierRegister(
    number="74000000000001",
    direction=Direction.TO_PROVIDER,
    department="almaty-corporation",
    office="almaty-education",
    made_at=NOW,
    made_by="ӘЛІМБЕКОВА ГҮЛЖАН",
    courier="Қасымов Ерлан",
    entries=(ListedPackage(FIRST, 5, 12), ListedPackage(SECOND, 0, 1)),
)
MARKS = RegisterMarks(REGISTER.number, NOW, "ОМАРОВА ӘСЕЛ", frozenset({SECOND}), frozenset({FIRST}), frozenset({THIRD}))
numbers = st.from_regex(r"[0-9]{14}", fullmatch=True)


def test_a_register_is_read_as_it_was_written():
    assert read_register(build_register(REGISTER)) == REGISTER


def test_the_same_register_gives_the_same_bytes():
    assert build_register(REGISTER) == build_register(replace(REGISTER))


def test_marks_are_read_as_they_were_written_in_the_order_of_numbers():
    payload = build_marks(MARKS)
    assert read_marks(payload) == MARKS
    assert payload.index(FIRST.encode()) < payload.index(SECOND.encode())
    assert MARKS.by_package() == {FIRST: "missing", SECOND: "received", THIRD: "unlisted"}


@settings(deadline=None)
@given(st.lists(numbers, min_size=1, max_size=12, unique=True), st.data())
def test_whatever_is_marked_is_told(chosen, data):
    states = [data.draw(st.sampled_from(["received", "missing", "unlisted"])) for _ in chosen]
    of = {state: frozenset(n for n, s in zip(chosen, states, strict=True) if s == state) for state in set(states)}
    received, missing = of.get("received", frozenset()), of.get("missing", frozenset())
    marks = RegisterMarks("74000000000001", NOW, "Қ", received, missing, of.get("unlisted", frozenset()))
    if received or missing:
        assert read_marks(build_marks(marks)) == marks
    else:
        with pytest.raises(PayloadNotWritable):
            build_marks(marks)


WRONG = {
    "no number of fourteen digits": {"number": "7400000000000"},
    "no packages": {"entries": ()},
    "a package twice": {"entries": (ListedPackage(FIRST, 1, 1), ListedPackage(FIRST, 2, 2))},
    "too many packages": {"entries": tuple(ListedPackage(f"{i:014d}", 1, 1) for i in range(MOST_PACKAGES + 1))},
    "less than no documents": {"entries": (ListedPackage(FIRST, -1, 1),)},
    "a courier without a name": {"courier": ""},
    "no id of an office": {"office": "Алматы"},
    "a control character": {"courier": "Қасымов\x00"},
}


@pytest.mark.full
@pytest.mark.parametrize("changes", WRONG.values(), ids=WRONG.keys())
def test_a_register_that_no_receiver_could_read_is_not_written(changes):
    with pytest.raises(PayloadNotWritable):
        build_register(replace(REGISTER, **changes))


def test_a_package_marked_twice_is_refused():
    """A schema of version 1.0 sees each list alone or by the attribute's place; the reader looks at both together."""
    payload = build_marks(MARKS).replace(
        f'<package application="{THIRD}"'.encode(), f'<package application="{FIRST}"'.encode()
    )
    with pytest.raises(PayloadRefused):
        read_marks(payload)


@pytest.mark.parametrize("payload", [b"", b"<a/>", b"\xff", build_marks(MARKS), b"<" * 200_000])
def test_what_is_no_register_is_refused_with_a_code(payload):
    with pytest.raises(PayloadRefused) as caught:
        read_register(payload)
    assert caught.value.code in ExchangeCode


def test_a_direction_nobody_knows_is_refused():
    with pytest.raises(PayloadRefused):
        read_register(build_register(REGISTER).replace(b"to-provider", b"to-nowhere"))
