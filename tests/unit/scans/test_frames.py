"""What a reading process answers is bounded and believed in nothing but its form."""

import io
import json
import struct

import pytest

from gateway.scans import ScanCode, ScanRefused
from gateway.scans.frames import BrokenFrame, read, write
from gateway.scans.reading import _code, _one, _pages


def _framed(head: bytes, rest: bytes = b"") -> io.BytesIO:
    return io.BytesIO(struct.pack(">I", len(head)) + head + rest)


def test_a_frame_comes_through() -> None:
    stream = io.BytesIO()
    write(stream, {"do": "read", "n": 1}, [b"one", b"", b"three"])
    write(stream, {})
    stream.seek(0)
    assert read(stream, 100) == ({"do": "read", "n": 1}, [b"one", b"", b"three"])
    assert read(stream, 100) == ({}, [])
    assert read(stream, 100) is None


@pytest.mark.parametrize(
    "stream",
    [
        io.BytesIO(b"\0"),
        io.BytesIO(b"\xff\xff\xff\xff" + bytes(100)),
        _framed(b"{}"),
        _framed(b"[]"),
        _framed(b"\xff"),
        _framed(b"[" * 60_000),
        _framed(b'{"head": 1, "sizes": []}'),
        _framed(b'{"head": {}, "sizes": {}}'),
        _framed(b'{"head": {}, "sizes": [-1]}'),
        _framed(b'{"head": {}, "sizes": [true]}', b"x"),
        _framed(b'{"head": {}, "sizes": [1.0]}', b"x"),
        _framed(b'{"head": {}, "sizes": [101]}', bytes(101)),
        _framed(b'{"head": {}, "sizes": [60, 60]}', bytes(120)),
        _framed(b'{"head": {}, "sizes": [5]}', b"four"),
        _framed(json.dumps({"head": {}, "sizes": [0] * 513}).encode()),
    ],
)
def test_what_is_no_frame_is_refused(stream: io.BytesIO) -> None:
    with pytest.raises(BrokenFrame):
        read(stream, 100)


_PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.parametrize(
    ("head", "parts"),
    [
        ({}, []),
        ({"pages": []}, []),
        ({"pages": "x"}, [b"x"]),
        ({"pages": [{"type": "image/png", "width": 1, "height": 1}]}, []),
        ({"pages": [{"type": "image/png", "width": 1, "height": 1}]}, [b"<html>"]),
        ({"pages": [{"type": "text/html", "width": 1, "height": 1}]}, [b"<html>"]),
        ({"pages": [{"type": "image/png", "width": 0, "height": 1}]}, [_PNG]),
        ({"pages": [{"type": "image/png", "width": "1", "height": 1}]}, [_PNG]),
        ({"pages": [{"type": "image/png"}]}, [_PNG]),
        ({"pages": [None]}, [_PNG]),
        ({"pages": [{"type": "image/png", "width": 1, "height": 1}] * 101}, [_PNG] * 101),
    ],
)
def test_an_answer_that_is_no_list_of_pages_is_no_answer(head: dict[str, object], parts: list[bytes]) -> None:
    with pytest.raises(ScanRefused) as refused:
        _pages(head, parts)
    assert refused.value.code is ScanCode.UNREADABLE


@pytest.mark.parametrize("parts", [[], [b""], [b"1", b"2"]])
def test_one_part_is_one_part(parts: list[bytes]) -> None:
    with pytest.raises(ScanRefused):
        _one(parts)


@pytest.mark.parametrize(
    ("said", "meant"), [("scan-empty", "scan-empty"), ("x", "scan-unreadable"), (7, "scan-unreadable")]
)
def test_a_code_that_is_none_means_unreadable(said: object, meant: str) -> None:
    assert _code(said) == meant
