"""A folder of fetched lists that survives a restart and is shared by the processes of a machine.

One file a list: the list itself, its index, and when it was fetched, put in place by a rename. Nothing in it is
believed: who loads it checks the signature again and makes the index again before the file's pages are used, so that a
changed file costs a fetch and cannot make a revoked certificate good. A digest kept beside would be changed with it,
and a secret for a MAC would lie under the same rights as the folder. After that the pages are shared, which is why the
folder must belong to this user and be closed to writing by others; files are replaced, never written in place.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import os
import secrets
import stat
import struct
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import IO

_FOOT = struct.Struct("=8sQQq")
_MAGIC = b"QZCRL\x00\x00\x01"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class StoredList:
    """A file of the folder, nothing of it confirmed yet: the list is the first `size` bytes."""

    pages: mmap
    size: int
    image: memoryview
    fetched_at: datetime


class ListStore:
    """The folder; every method but `locked` blocks and belongs in a thread."""

    def __init__(self, folder: Path, *, max_bytes: int = 512 * 1024 * 1024) -> None:
        """Make the folder if need be; raises `PermissionError` for one that others may write to."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        about = folder.stat()
        if about.st_uid != os.geteuid() or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise PermissionError(f"others may write to the folder of revocation lists {folder}")
        self._folder = folder
        self._max_bytes = max_bytes

    def load(self, url: str, issuer: str) -> StoredList | None:
        """Map the list of an address and issuer (SHA-256 of its certificate); `None` when there is no whole file."""
        with contextlib.suppress(OSError, ValueError, OverflowError, struct.error):
            number = os.open(self._path(url, issuer), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
            with os.fdopen(number, "rb"):
                about = os.fstat(number)
                if not stat.S_ISREG(about.st_mode) or about.st_uid != os.geteuid() or about.st_size > self._max_bytes:
                    return None
                return _parse(mmap(number, 0, access=ACCESS_READ))
        return None

    @contextlib.contextmanager
    def writing(self, url: str, issuer: str) -> Iterator[IO[bytes]]:
        """Give a new file for a list; `seal` and the end of the block put it in place, an error throws it away."""
        path = self._path(url, issuer)
        for left in self._folder.glob(f".{path.name}.*"):
            left.unlink(missing_ok=True)
        draft = self._folder / f".{path.name}.{secrets.token_hex(8)}"
        number = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(number, "w+b") as file:
                yield file
                file.flush()
                os.fsync(number)
            draft.replace(path)
            _sync(self._folder)
        finally:
            draft.unlink(missing_ok=True)

    @contextlib.asynccontextmanager
    async def locked(self, url: str, issuer: str, *, seconds: float) -> AsyncIterator[bool]:
        """Let one process of the machine renew a list; says whether somebody else had to be waited for.

        After `seconds` (real time) the wait is over and the caller goes on alone: a stuck process stops nobody.
        """
        number = os.open(self._path(url, issuer).with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        waited = False
        try:
            end = asyncio.get_running_loop().time() + seconds
            while not _try_lock(number) and asyncio.get_running_loop().time() < end:
                waited = True
                await asyncio.sleep(_POLL_SECONDS)
            yield waited
        finally:
            os.close(number)

    def _path(self, url: str, issuer: str) -> Path:
        return self._folder / (hashlib.sha256(f"{url}\0{issuer}".encode()).hexdigest() + ".crl")


def seal(file: IO[bytes], size: int, image: bytes, fetched_at: datetime) -> StoredList | None:
    """Write after a list of `size` bytes its index and when it was fetched, and map the whole file."""
    file.seek(size)
    file.write(bytes(-size % 8))
    file.write(image)
    file.write(_FOOT.pack(_MAGIC, size, len(image), (fetched_at - _EPOCH) // timedelta(microseconds=1)))
    file.flush()
    return _parse(mmap(file.fileno(), 0, access=ACCESS_READ))


def _parse(pages: mmap) -> StoredList | None:
    magic, size, index, fetched = _FOOT.unpack_from(pages, len(pages) - _FOOT.size)
    start = size + -size % 8
    if magic != _MAGIC or start + index + _FOOT.size != len(pages):
        return None
    image = memoryview(pages)[start : start + index]
    return StoredList(pages, size, image, _EPOCH + timedelta(microseconds=fetched))


def _try_lock(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sync(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)
