"""The index of a list says exactly what a plain reading of the list says, also of damaged lists."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from tempfile import TemporaryFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.eds import extensions
from gateway.eds.der import ENUMERATED, INTEGER, SEQUENCE, Der, DerError, encode, header, moment
from gateway.eds.names import Name
from gateway.eds.revocation import index
from gateway.eds.revocation.evidence import Reason
from gateway.eds.revocation.index import Entries, build
from tests.unit.eds import pki
from tests.unit.eds import revocationlists as lists

Read = dict[int, list[tuple[int, int, bytes, Reason | None, bytes | None]]]
HEAD = b"before the entries"


def plainly(source: bytes, position: int, end: int, *, indirect: bool) -> Read:
    """The entries one after another, without any of the index's code."""
    found: Read = {}
    issuer: bytes | None = None
    while position < end:
        place = position
        tag, body, position = header(source, position, end)
        number_tag, number_body, number_end = header(source, body, position)
        if tag != SEQUENCE or number_tag != INTEGER:
            raise DerError("bad entry")
        time_tag, time_body, time_end = header(source, number_end, position)
        reason = None
        if time_end < position:
            read = extensions.read_extensions(Der(source, time_end, time_end, position, SEQUENCE).inner())
            for name, extension in read.items():
                if extension.critical and name not in {"2.5.29.21", "2.5.29.24"} | (
                    {"2.5.29.29"} if indirect else set()
                ):
                    raise DerError("not understood")
            if "2.5.29.21" in read:
                reason = Reason(int.from_bytes(Der.read(read["2.5.29.21"].value).expect(ENUMERATED).content, "big"))
            if indirect and "2.5.29.29" in read:
                names = [one.inner() for one in Der.read(read["2.5.29.29"].value).children() if one.tag == 0xA4]
                (name,) = names
                Name.read(name)
                issuer = name.raw
        serial = int.from_bytes(source[number_body:number_end], "big", signed=True)
        found.setdefault(serial, []).append((place, time_tag, source[time_body:time_end], reason, issuer))
    return found


def by_index(source: bytes, start: int, end: int, serials: set[int], *, indirect: bool, short: int) -> Read:
    entries = Entries(source, build(source, start, end, indirect=indirect, short=short))
    found: Read = {}
    for serial in serials:
        for place, entry in entries.find(serial):
            issuer = entries.issuer_at(place)
            found.setdefault(serial, []).append((place, *entry, issuer.der if issuer else None))
    assert len(entries) == sum(map(len, found.values()))
    return found


def agree(content: bytes, *, indirect: bool = False, absent: tuple[int, ...] = ()) -> None:
    source, start = HEAD + content + b"after", len(HEAD)
    end = start + len(content)
    try:
        expected = plainly(source, start, end, indirect=indirect)
    except (ValueError, LookupError):
        for short in (0, len(source)):
            with pytest.raises((ValueError, LookupError)):
                build(source, start, end, indirect=indirect, short=short)
        return
    for short in (0, len(source)):
        found = by_index(source, start, end, {*expected, *absent}, indirect=indirect, short=short)
        assert found == expected


NAMES = [lists.parts(encode(SEQUENCE, pki.name(cn=text).public_bytes()))[0].raw for text in ("A", "Б")]
serial_bytes = st.one_of(
    st.binary(min_size=1, max_size=22),
    st.binary(min_size=20, max_size=20),
    st.sampled_from(
        [b"", b"\x00", b"\x00\x00\x01", b"\x01", b"\xff", b"\xff\xff", b"\x80", b"\x00\x80", b"\x7f" * 130]
    ),
)
times = st.one_of(
    st.just(encode(0x17, b"260301050000Z")),
    st.just(encode(0x18, b"20260301050000Z")),
    st.builds(encode, st.sampled_from([0x17, 0x18, 0x04]), st.binary(max_size=16)),
)
known = st.one_of(
    st.integers(0, 11).map(lists.reason),
    st.just(lists.invalidity()),
    st.sampled_from([lists.issued_by(name) for name in NAMES]),
    st.just(lists.extension("1.2.3", b"x")),
    st.just(lists.extension("1.2.3", b"x", critical=True)),
    st.just(lists.extension("2.5.29.21", b"\x0a\x01\x01", critical=True)),
)
entry = st.builds(
    lambda serial, time, more: lists.entry(serial, *more, time=time), serial_bytes, times, st.lists(known, max_size=3)
)
usual = st.builds(
    lambda serial, more: lists.entry(b"\x11" + serial, *more),
    st.binary(min_size=19, max_size=19),
    st.sampled_from([(), (lists.reason(1),), (lists.reason(6), lists.invalidity()), (lists.invalidity(),)]),
)


@given(content=st.lists(st.one_of(usual, usual, usual, entry), max_size=12).map(b"".join), indirect=st.booleans())
def test_index_and_plain_reading_find_the_same(content: bytes, *, indirect: bool) -> None:
    agree(content, indirect=indirect, absent=(0, 1, -1, 255, 2**159))


@settings(max_examples=300)
@given(data=st.data())
def test_index_and_plain_reading_agree_about_damaged_entries(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.lists(st.one_of(usual, usual, entry), min_size=1, max_size=6).map(b"".join)))
    for place in data.draw(st.lists(st.integers(0, len(content) - 1), max_size=3)):
        content[place] = data.draw(st.sampled_from([*range(64), 0x7F, 0x80, 0x81, 0xA4, 0xFF]))
    cut = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
    agree(bytes(content[:cut]), indirect=data.draw(st.booleans()))


@given(content=st.binary(max_size=60))
def test_index_and_plain_reading_agree_about_noise(content: bytes) -> None:
    agree(content)


@pytest.mark.parametrize("size", [1, 2, 3, 19, 20, 21])
def test_long_runs_of_every_length_are_indexed_whole(size: int) -> None:
    numbers = range(200) if size == 1 else range(1300)
    content = b"".join(
        lists.entry(number.to_bytes(size, "big"), *((lists.reason(4),) if number % 2 else ())) for number in numbers
    )
    agree(content, absent=(5000, -5))


def test_run_broken_by_unusual_entries_is_indexed_whole() -> None:
    plain = [lists.entry(serial, lists.reason(1)) for serial in lists.serials(3000)]
    odd = [
        lists.entry(b"\x21" * 30),
        lists.entry(b"\x00\x05"),
        lists.entry(b"\x22" * 20, lists.extension("1.2.3", b"x")),
    ]
    mixed = itertools.chain.from_iterable(
        (*plain[place : place + 700], odd[place // 1000]) for place in range(0, 3000, 1000)
    )
    agree(b"".join(mixed))


def test_same_serial_number_twice_is_found_twice_in_order() -> None:
    content = lists.entry(b"\x05", lists.reason(6)) + lists.entry(b"\x07") + lists.entry(b"\x05", lists.reason(8))
    entries = Entries(content, build(content, 0, len(content)))
    assert [entry.reason for _, entry in entries.find(5)] == [Reason.CERTIFICATE_HOLD, Reason.REMOVE_FROM_CRL]


def test_time_is_read_when_it_is_asked() -> None:
    content = lists.entry(b"\x05") + lists.entry(b"\x06", time=encode(0x17, b"261301050000Z"))
    entries = Entries(content, build(content, 0, len(content)))
    assert entries.find(5)[0][1].revoked_at() == datetime(2026, 3, 1, 5, tzinfo=UTC) == moment(0x17, b"260301050000Z")
    with pytest.raises(DerError):
        entries.find(6)[0][1].revoked_at()


def test_issuer_of_an_entry_holds_until_the_next_one_is_named() -> None:
    content = b"".join(
        (
            lists.entry(b"\x01"),
            lists.entry(b"\x02", lists.issued_by(NAMES[0])),
            lists.entry(b"\x03"),
            lists.entry(b"\x04", lists.issued_by(NAMES[1])),
        )
    )
    entries = Entries(content, build(content, 0, len(content), indirect=True))
    issuers = [entries.issuer_at(entries.find(serial)[0][0]) for serial in (1, 2, 3, 4)]
    assert [one.der if one else None for one in issuers] == [None, NAMES[0], NAMES[0], NAMES[1]]
    with pytest.raises(DerError):
        build(content, 0, len(content))


@pytest.mark.parametrize("damage", [b"", b"x" * 31, b"x" * 40, b"\x00" * 64])
def test_what_is_no_index_is_refused(damage: bytes) -> None:
    with pytest.raises(DerError):
        Entries(b"", damage)


def test_indexer_that_cannot_start_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.sys, "executable", "/nonexistent")
    with TemporaryFile() as file, pytest.raises(DerError, match="could not be indexed"):
        index.build_elsewhere(file, 0, 0)
