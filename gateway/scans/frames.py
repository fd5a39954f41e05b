"""What passes between the gateway and a process that reads scans: a head in JSON, then byte strings.

The reading process may be in the hands of whoever made the scan, so nothing that it says is more than data, and all of
it is bounded.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

_LENGTH = struct.Struct(">I")
_MAX_HEAD = 64 * 1024
_MAX_PARTS = 512

Frame = tuple[Mapping[str, Any], list[bytes]]


class BrokenFrame(Exception):
    """The other side ended, or says what is no frame."""


def write(stream: BinaryIO, head: Mapping[str, Any], parts: Sequence[bytes] = ()) -> None:
    """Write one frame; raises `OSError` when nobody reads."""
    encoded = json.dumps({"head": dict(head), "sizes": [len(part) for part in parts]}).encode()
    stream.write(_LENGTH.pack(len(encoded)) + encoded)
    stream.writelines(parts)
    stream.flush()


def read(stream: BinaryIO, most: int) -> Frame | None:
    """Return the next frame, or None at the end; raises `BrokenFrame`, also when its parts exceed `most` bytes."""
    started = stream.read(_LENGTH.size)
    if not started:
        return None
    if len(started) < _LENGTH.size or (length := _LENGTH.unpack(started)[0]) > _MAX_HEAD:
        raise BrokenFrame("the head's length")
    try:
        told = json.loads(_exactly(stream, length))
        head, sizes = told["head"], told["sizes"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BrokenFrame("the head") from error
    if not isinstance(head, dict) or not isinstance(sizes, list) or len(sizes) > _MAX_PARTS:
        raise BrokenFrame("the head's form")
    if not all(type(size) is int and size >= 0 for size in sizes) or sum(sizes) > most:
        raise BrokenFrame("the sizes")
    return head, [_exactly(stream, size) for size in sizes]


def _exactly(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise BrokenFrame("the end before its time")
    return content
