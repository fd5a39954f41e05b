"""Where the entries of a revocation list stand: a hash table over the list's own bytes, which are not copied.

A slot holds the CRC-32 of the serial number (an INTEGER in its shortest form) and the place of its entry; all else is
read from the list when it is asked. The same bytes always make the same table. Entries of the usual layouts are taken
in C, by a regular expression; every other goes through the careful reader, which alone decides what is refused.

A large list is indexed by another process (`python -m gateway.eds.revocation.index`), because a million entries would
hold the interpreter's lock for a second. Only lists whose signature was confirmed belong here.
"""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import accumulate
from mmap import mmap
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NamedTuple, cast

from gateway.eds import extensions
from gateway.eds.der import (
    ENUMERATED,
    GENERALIZED_TIME,
    INTEGER,
    SEQUENCE,
    UTC_TIME,
    Der,
    DerError,
    encode,
    header,
    moment,
)
from gateway.eds.names import Name
from gateway.eds.revocation.evidence import Reason

CERTIFICATE_ISSUER = "2.5.29.29"
_REASON, _INVALIDITY = "2.5.29.21", "2.5.29.24"
_DIRECTORY_NAME = 0xA4
_UNDERSTOOD = frozenset({_REASON, _INVALIDITY})
_HEAD = struct.Struct("=8sQQQ")
_MAGIC = b"QZ-CRL-1" if sys.byteorder == "little" else b"1-LRC-ZQ"
_PLACE_BITS, _PLACE = 32, (1 << 32) - 1
_RUN = 512
"""Entries taken at once: the lock is held for a part of a millisecond."""
_SAMPLE, _SHORT = 1024 * 1024, 4096
_SECONDS = 120
_MAX_SERIAL = 21
_STARTS = [bytes((INTEGER, size)) for size in range(_MAX_SERIAL + 1)]
_INSTALLED = Path(__file__).resolve().parents[3]
_REFUSED = 65

Source = bytes | mmap


class Entry(NamedTuple):
    """One entry: the revocation time as it stands there, and the reason."""

    time_tag: int
    time: bytes
    reason: Reason | None

    def revoked_at(self) -> datetime:
        """Read the time; raises `DerError`."""
        time = self.time
        if self.time_tag == UTC_TIME and len(time) == 13 and time[12:] == b"Z" and time[:12].isdigit():
            text = time.decode("ascii")
            try:
                return datetime.fromisoformat(f"{'19' if text[:2] >= '50' else '20'}{text[:6]}T{text[6:]}")
            except ValueError as error:
                raise DerError("bad time") from error
        return moment(self.time_tag, time)


class Entries:
    """The entries of one list, found by serial number."""

    def __init__(self, source: Source, image: bytes | memoryview) -> None:
        view = memoryview(image)
        if len(view) < _HEAD.size:
            raise DerError("bad index")
        magic, self._count, slots, changes = _HEAD.unpack_from(view)
        size = _HEAD.size + 8 * slots + 24 * changes
        if magic != _MAGIC or len(view) != size or slots <= self._count or slots & (slots - 1):
            raise DerError("bad index")
        self.image = view
        self._source = cast("bytes", source)
        self._table = view[_HEAD.size : _HEAD.size + 8 * slots].cast("Q")
        self._mask = slots - 1
        tail = view[_HEAD.size + 8 * slots :].cast("Q").tolist() if changes else []
        self._changed_at = tail[0::3]
        self._names = list(zip(tail[1::3], tail[2::3], strict=True))

    def __len__(self) -> int:
        return int(self._count)

    @property
    def of_several_issuers(self) -> bool:
        """Whether some entry names an issuer of its own."""
        return bool(self._changed_at)

    def find(self, serial: int) -> list[tuple[int, Entry]]:
        """Return the places and entries of a serial number, in the order of the list."""
        key = _key(serial)
        code = zlib.crc32(key)
        slot, found = code & self._mask, []
        while value := self._table[slot]:
            if value >> _PLACE_BITS == code:
                place = value & _PLACE
                entry = _usual(self._source, place, key) or _careful(self._source, place, serial)
                if entry is not None:
                    found.append((place, entry))
            slot = slot + 1 & self._mask
        if len(found) > 1:
            found.sort(key=itemgetter(0))
        return found

    def issuer_at(self, place: int) -> Name | None:
        """Return the certificateIssuer in force at an entry; `None` means the issuer of the list."""
        before = bisect_right(self._changed_at, place)
        if before == 0:
            return None
        start, end = self._names[before - 1]
        return _name(self._source[start:end])


def build(source: bytes, start: int, end: int, *, indirect: bool = False, short: int = _SHORT) -> bytes:
    """Index the entries between two places of a list; raises `DerError` for one that must not be passed over.

    `indirect` lists may name another issuer from an entry on (certificateIssuer, RFC 5280 section 5.3.3). Up to `short`
    bytes are read without the expressions, which cost milliseconds to make.
    """
    if end > _PLACE:
        raise DerError("list too large")
    table = _Table(_estimate(source, start, end))
    changes = array("Q")
    position, usual = start, end - start > short
    while position < end:
        shape = _shape(source[position + 3]) if usual and position + 3 < end else None
        run = shape.run.match(source, position, end) if shape is not None else None
        if shape is None or run is None:
            place = position
            position, serial, issuer = _read(source, position, end, indirect=indirect)
            if issuer is not None:
                changes.extend((place, *issuer))
            table.add(((zlib.crc32(_key(serial)), place),))
            continue
        found = shape.entry.findall(source, position, run.end())
        codes = map(zlib.crc32, map(shape.serial, found))
        table.add(zip(codes, accumulate(map(len, found), initial=position), strict=False))
        position = run.end()
    head = _HEAD.pack(_MAGIC, table.count, len(table.slots), len(changes) // 3)
    return b"".join((head, memoryview(table.slots).cast("B"), changes.tobytes()))


def build_elsewhere(file: IO[bytes], start: int, end: int, *, indirect: bool = False) -> bytes:
    """Index a list at the beginning of a file in a process of its own; raises `DerError`."""
    command = [sys.executable, "-m", "gateway.eds.revocation.index", str(start), str(end), str(int(indirect))]
    with TemporaryFile() as image, TemporaryFile() as said:
        file.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - our own module, and numbers
                command, stdin=file, stdout=image, stderr=said, timeout=_SECONDS, check=False, cwd=_INSTALLED
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise DerError(f"the list could not be indexed: {type(error).__name__}") from error
        if done.returncode != 0:
            said.seek(0)
            reason = said.read(200).decode("utf-8", "replace") if done.returncode == _REFUSED else "the indexer failed"
            raise DerError(reason)
        image.seek(0)
        return image.read()


def _estimate(source: bytes, start: int, end: int) -> int:
    """Guess how many entries there are by the times among the first of them; the table grows when it was too few."""
    sample = min(end, start + _SAMPLE)
    if sample <= start:
        return 0
    times = source.count(b"\x17\x0d", start, sample) + source.count(b"\x18\x0f", start, sample)
    return times * (end - start) // (sample - start)


class _Table:
    """Open addressing, at most half full."""

    def __init__(self, expected: int) -> None:
        self.count = 0
        self.slots = array("Q", bytes(8 << max(1, (2 * expected).bit_length())))

    def add(self, found: Iterable[tuple[int, int]]) -> None:
        """Put in the codes and places of at most `_RUN` entries."""
        while 2 * (self.count + _RUN) > len(self.slots):
            self._grow()
        slots, mask, count = self.slots, len(self.slots) - 1, 0
        for code, place in found:
            slot = code & mask
            while slots[slot]:
                slot = slot + 1 & mask
            slots[slot] = code << 32 | place
            count += 1
        self.count += count

    def _grow(self) -> None:
        old = self.slots
        self.slots = array("Q", bytes(16 * len(old)))
        mask = len(self.slots) - 1
        for value in old:
            if value:
                slot = value >> 32 & mask
                while self.slots[slot]:
                    slot = slot + 1 & mask
                self.slots[slot] = value


@dataclass(frozen=True, slots=True)
class _Shape:
    """The usual entries of one length of the serial number."""

    run: re.Pattern[bytes]
    entry: re.Pattern[bytes]
    serial: Callable[[bytes], bytes]


_TIMES = ((15, rb"\x17\x0d.{13}"), (17, rb"\x18\x0f.{15}"))
_REASON_FORM = rb"\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01[\x00-\x06\x08-\x0a]"
_INVALIDITY_FORM = rb"\x30\x18\x06\x03\x55\x1d\x18\x04\x11\x18\x0f.{15}"
_TAILS = (
    (0, b""),
    (14, rb"\x30\x0c" + _REASON_FORM),
    (28, rb"\x30\x1a" + _INVALIDITY_FORM),
    (40, rb"\x30\x26" + _REASON_FORM + _INVALIDITY_FORM),
)
_USUAL = re.compile(
    rb"(?:\x17\x0d(.{13})|\x18\x0f(.{15}))(?:\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01(.))?", re.DOTALL
)


@lru_cache(maxsize=32)
def _shape(size: int) -> _Shape | None:
    if not 1 <= size <= _MAX_SERIAL:
        return None
    shortest = b"" if size == 1 else rb"(?!\x00[\x00-\x7f]|\xff[\x80-\xff])"
    forms = (
        b"%s\\x02%s%s.{%d}%s%s" % (_byte(2 + size + time_size + tail_size), _byte(size), shortest, size, time, tail)
        for tail_size, tail in _TAILS
        for time_size, time in _TIMES
    )
    entry = rb"\x30(?:" + b"|".join(forms) + b")"
    run = b"(?:%s){1,%d}+" % (entry, _RUN)
    return _Shape(
        re.compile(run, re.DOTALL),
        re.compile(entry, re.DOTALL),
        cast("Callable[..., bytes]", itemgetter(slice(2, 4 + size))),
    )


def _byte(value: int) -> bytes:
    return b"\\x%02x" % value


def _key(serial: int) -> bytes:
    """Write a serial number as the shortest INTEGER."""
    size = (serial if serial >= 0 else ~serial).bit_length() // 8 + 1
    content = serial.to_bytes(size, "big", signed=True)
    return _STARTS[size] + content if size <= _MAX_SERIAL else encode(INTEGER, content)


def _usual(source: bytes, place: int, key: bytes) -> Entry | None:
    """Read an entry of a usual layout that has exactly this serial number."""
    body, size = place + 2, source[place + 1]
    time = body + len(key)
    if size >= 0x80 or source[body:time] != key:
        return None
    found = _USUAL.fullmatch(source, time, body + size)
    if found is None:
        return None
    short, long, reason = found.groups()
    kind = _REASONS[reason[0]] if reason else None
    return Entry(UTC_TIME, short, kind) if short else Entry(GENERALIZED_TIME, long, kind)


def _careful(source: bytes, place: int, serial: int) -> Entry | None:
    _, body, end = header(source, place, len(source))
    _, number_body, number_end = header(source, body, end)
    if int.from_bytes(source[number_body:number_end], "big", signed=True) != serial:
        return None
    time_tag, time_body, time_end = header(source, number_end, end)
    reason = None
    if time_end < end:
        reason = _reason(_extensions(source, time_end, end))
    return Entry(time_tag, source[time_body:time_end], reason)


def _read(source: bytes, position: int, limit: int, *, indirect: bool) -> tuple[int, int, tuple[int, int] | None]:
    """Read one entry: its end, its serial number and the issuer that it names."""
    tag, body, end = header(source, position, limit)
    number_tag, number_body, number_end = header(source, body, end)
    if tag != SEQUENCE or number_tag != INTEGER:
        raise DerError("bad entry")
    _, _, time_end = header(source, number_end, end)
    issuer = None
    if time_end < end:
        found = _extensions(source, time_end, end)
        understood = _UNDERSTOOD | {CERTIFICATE_ISSUER} if indirect else _UNDERSTOOD
        for name, extension in found.items():
            if extension.critical and name not in understood:
                raise DerError(f"critical extension {name} of an entry is not understood")
        _reason(found)
        if indirect and CERTIFICATE_ISSUER in found:
            value = found[CERTIFICATE_ISSUER].value
            issuer = _issuer(value, source.index(value, time_end, end))
    return end, int.from_bytes(source[number_body:number_end], "big", signed=True), issuer


def _extensions(source: bytes, start: int, end: int) -> dict[str, extensions.Extension]:
    return extensions.read_extensions(Der(source, start, start, end, SEQUENCE).inner())


def _reason(found: dict[str, extensions.Extension]) -> Reason | None:
    if _REASON not in found:
        return None
    return Reason(int.from_bytes(Der.read(found[_REASON].value).expect(ENUMERATED).content, "big"))


def _issuer(value: bytes, place: int) -> tuple[int, int]:
    """Return where the one directoryName of a certificateIssuer starts and ends; `place` is the value's own."""
    names = [name.inner() for name in Der.read(value).children() if name.tag == _DIRECTORY_NAME]
    if len(names) != 1:
        raise DerError("an entry names no single issuer")
    Name.read(names[0])
    return place + names[0].start, place + names[0].end


@lru_cache(maxsize=256)
def _name(der: bytes) -> Name:
    return Name.read(Der.read(der))


_REASONS = {reason.value: reason for reason in Reason}


def _main(arguments: list[str]) -> int:
    start, end, indirect = (int(argument) for argument in arguments)
    try:
        image = build(sys.stdin.buffer.read(), start, end, indirect=bool(indirect))
    except (ValueError, LookupError) as error:
        sys.stderr.write(str(error)[:200])
        return _REFUSED
    sys.stdout.buffer.write(image)
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
