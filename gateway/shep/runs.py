"""Long runs of base64 in XML, cut out and put back: a tree, its canonical form and its text would each copy them.

Where a run stood, a mark stands: a random name that is nowhere in the input, of the same characters as base64. These
characters stand for themselves in XML text and in its canonical form, so that the filled bytes are those which the
whole document would have given.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from gateway.eds.algorithms import SHA256, SHA384, SHA512, Digest

LONG_RUN: Final = 64 * 1024
"""From this length on a run goes past the tree; a run of twice this length is found for sure."""
BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
BASE64_LINES: Final = BASE64 + b"\n"
"""With line ends, which stand for themselves in text, and not in attributes."""

_IN_PIECES: Final = {SHA256.name: hashlib.sha256, SHA384.name: hashlib.sha384, SHA512.name: hashlib.sha512}
_string = etree.XPath("string()")


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs by the marks that stand for them."""

    by_mark: Mapping[bytes, memoryview]

    def __len__(self) -> int:
        return len(self.by_mark)

    def filled(self, data: bytes) -> bytes:
        """Return the bytes with each mark replaced by its run."""
        return b"".join(self._pieces(data)) if self else data

    def digest(self, data: bytes, digest: Digest) -> bytes:
        """Return the digest of the filled bytes; they are put together only where the hash takes them whole."""
        make = _IN_PIECES.get(digest.name)
        if make is None or not self:
            return digest(self.filled(data))
        value = make()
        for piece in self._pieces(data):
            value.update(piece)
        return value.digest()

    def are_text_of(self, *elements: etree._Element) -> bool:
        """Whether every mark stands in the text of these elements, which are none inside another."""
        marks = re.compile("|".join(mark.decode() for mark in self.by_mark))
        found = [mark for element in elements for mark in marks.findall(str(_string(element)))]
        return sorted(found) == sorted(mark.decode() for mark in self.by_mark)

    def _pieces(self, data: bytes) -> list[bytes | memoryview]:
        parts = re.split(b"(" + b"|".join(self.by_mark) + b")", data)
        return [self.by_mark.get(part, part) for part in parts]


NO_RUNS: Final = Runs({})


def cut_runs(data: bytes, alphabet: bytes = BASE64) -> tuple[bytes, Runs]:
    """Return the bytes with marks, and what they stand for; bytes without long runs come back themselves."""
    places = _long_runs(data, alphabet)
    if not places:
        return data, NO_RUNS
    name = _name_not_in(data)
    runs: dict[bytes, memoryview] = {}
    parts: list[bytes | memoryview] = []
    end, view = 0, memoryview(data)
    for number, (start, after) in enumerate(places):
        mark = b"%s%04x" % (name, number)
        runs[mark] = view[start:after]
        parts += [view[end:start], mark]
        end = after
    return b"".join([*parts, view[end:]]), Runs(runs)


def _name_not_in(data: bytes) -> bytes:
    while True:
        name = secrets.token_hex(16).encode()
        if name not in data:
            return name


def _long_runs(data: bytes, alphabet: bytes) -> list[tuple[int, int]]:
    """Return where runs begin and end; whole blocks are looked at, so that it costs one pass."""
    found: list[tuple[int, int]] = []
    for block in range(0, len(data) - LONG_RUN + 1, LONG_RUN):
        if (found and block < found[-1][1]) or data[block : block + LONG_RUN].translate(None, alphabet):
            continue
        before = data[max(block - LONG_RUN, found[-1][1] if found else 0) : block]
        start = block - (len(before) - len(before.rstrip(alphabet)))
        after = block
        while after < len(data):
            piece = data[after : after + LONG_RUN]
            rest = len(piece.lstrip(alphabet))
            after += len(piece) - rest
            if rest:
                break
        found.append((start, after))
    return found
