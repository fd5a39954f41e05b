"""Attachments go past the tree: an element tree, its canonical form and its text would each hold a copy of them.

The writers of a message get it with every long run of base64 replaced by a mark, and the marks are filled afterwards,
in the canonical form that is digested and in the envelope. That changes nothing on the wire: the characters of base64
stand for themselves in XML wherever they stand.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from lxml import etree

from gateway.eds.algorithms import SHA256, SHA384, SHA512, Digest
from gateway.shep.messages import AsyncMessage, Payload, SyncAnswer, SyncQuestion

LONG_RUN: Final = 64 * 1024
"""From this length on a run of base64 goes past the tree; a run of twice this length is found for sure."""
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="

_IN_PIECES: Final = {SHA256.name: hashlib.sha256, SHA384.name: hashlib.sha384, SHA512.name: hashlib.sha512}

_Content = TypeVar("_Content", AsyncMessage, SyncQuestion, SyncAnswer)


@dataclass(frozen=True, slots=True)
class Hollow:
    """An element with marks in the place of long runs, and the runs."""

    element: etree._Element
    runs: dict[bytes, memoryview]

    def filled(self, data: bytes) -> bytes:
        """Return the bytes with each mark replaced by its run."""
        return b"".join(self._pieces(data)) if self.runs else data

    def digest(self, data: bytes, digest: Digest) -> bytes:
        """Return the digest of the filled bytes; they are put together only where the hash takes them whole."""
        make = _IN_PIECES.get(digest.name)
        if make is None or not self.runs:
            return digest(self.filled(data))
        value = make()
        for piece in self._pieces(data):
            value.update(piece)
        return value.digest()

    def _pieces(self, data: bytes) -> list[bytes | memoryview]:
        parts = re.split(b"(" + b"|".join(self.runs) + b")", data)
        return [self.runs.get(part, part) for part in parts]


def hollow(write: Callable[[_Content], etree._Element], content: _Content) -> Hollow:
    """Let `write` write the content without its long runs."""
    payload, runs = without_long_runs(content.payload) if content.payload is not None else (None, {})
    return Hollow(write(dataclasses.replace(content, payload=payload) if runs else content), runs)


def without_long_runs(payload: Payload) -> tuple[Payload, dict[bytes, memoryview]]:
    """Return the payload with marks, and what they stand for; a payload without long runs comes back itself."""
    runs: dict[bytes, memoryview] = {}
    parts: list[bytes | memoryview] = []
    data, end = memoryview(payload.xml), 0
    for start, after in _long_runs(payload.xml):
        mark = secrets.token_hex(16).encode()
        runs[mark] = data[start:after]
        parts += [data[end:start], mark]
        end = after
    if not runs:
        return payload, runs
    return Payload(payload.form, b"".join([*parts, data[end:]])), runs


def _long_runs(data: bytes) -> list[tuple[int, int]]:
    """Return where runs of base64 begin and end; whole blocks are looked at, so that it costs one pass."""
    found: list[tuple[int, int]] = []
    for block in range(0, len(data) - LONG_RUN + 1, LONG_RUN):
        if (found and block < found[-1][1]) or data[block : block + LONG_RUN].translate(None, _BASE64):
            continue
        before = data[max(block - LONG_RUN, found[-1][1] if found else 0) : block]
        start = block - (len(before) - len(before.rstrip(_BASE64)))
        after = block
        while after < len(data):
            piece = data[after : after + LONG_RUN]
            rest = len(piece.lstrip(_BASE64))
            after += len(piece) - rest
            if rest:
                break
        found.append((start, after))
    return found
