"""The temporary store for files that do not fit into a message.

Nobody vouches for what the store gives back: whoever downloads compares the size and the SHA-256 that stand in the
signed application.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeVar

from gateway.eds.errors import XmlRefused
from gateway.registries.asking import Asker, ask_for_payload
from gateway.registries.errors import FileRefused, Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.tempstorage_messages import (
    SERVICE_ID,
    Answer,
    Credentials,
    FileIdentifier,
    FileInfo,
    FileResult,
    FileStatus,
    Operation,
    Upload,
    build_about,
    build_upload,
    read_answer,
)
from gateway.shep.elements import Malformed
from gateway.shep.messages import Payload, PayloadForm

__all__ = ["Credentials", "FileGone", "FileIdentifier", "FileStore", "StoredFile", "TempStorage", "Upload"]

MAX_FILE_BYTES = 10 * 1024 * 1024
"""A file in base64 with its envelope must stay under the 15 MB of a message."""
USUAL_LIFE_TIME = timedelta(hours=72)
"""259200000 ms, one of the two values that are seen."""
_IN_THREAD_FROM = 64 * 1024
_GONE = {FileStatus.NOT_FOUND, FileStatus.EXPIRED, FileStatus.DELETED}
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the store, with its content when it was downloaded."""

    identifier: FileIdentifier
    content: bytes = b""
    info: FileInfo | None = None
    life_time: timedelta | None = None

    def __repr__(self) -> str:
        return f"<StoredFile {self.identifier}, {len(self.content)} bytes>"


@dataclass(frozen=True, slots=True)
class FileGone:
    """The store has no such file any more, or never had; asking again changes nothing."""

    identifier: FileIdentifier
    status: FileStatus


class FileStore(Protocol):
    """Where large attachments lie on their way."""

    async def upload(self, upload: Upload) -> StoredFile:
        """Put a file in; doing it again with the same `process_id` is harmless. Raises `RegistryUnavailable`."""

    async def download(self, identifier: FileIdentifier) -> StoredFile | FileGone:
        """Take a file out; raises `RegistryUnavailable`."""


class TempStorage:
    """EDS_TEMP_FILES behind ЭҮШ, with credentials of its own."""

    def __init__(self, shep: Asker, *, credentials: Credentials, route_id: str | None = None) -> None:
        self._shep = shep
        self._credentials = credentials
        self._route_id = route_id

    async def upload(self, upload: Upload) -> StoredFile:
        """Put a file in; raises `FileRefused` when it is too large for a message, or `RegistryUnavailable`."""
        if len(upload.content) > MAX_FILE_BYTES:
            raise FileRefused(size=len(upload.content), limit=MAX_FILE_BYTES)
        size = len(upload.content)
        question = await _worked(size, lambda: build_upload([upload], self._credentials))
        result = await self._only_result(Operation.UPLOAD, question)
        if result.status != FileStatus.OK or result.identifier is None:
            raise self._refusal(UnavailableCode.REFUSED, status=result.status)
        return StoredFile(FileIdentifier(result.identifier), life_time=result.life_time)

    async def download(self, identifier: FileIdentifier) -> StoredFile | FileGone:
        """Take a file out with its content; raises `RegistryUnavailable`."""
        found = await self._about(Operation.DOWNLOAD, identifier)
        if isinstance(found, FileGone):
            return found
        if found.content is None:
            raise self._refusal(UnavailableCode.UNREADABLE, reason="no content")
        return StoredFile(identifier, found.content, found.info)

    async def info(self, identifier: FileIdentifier) -> StoredFile | FileGone:
        """Return what the store says about a file, without its content; raises `RegistryUnavailable`."""
        found = await self._about(Operation.GET_FILE_INFO, identifier)
        return found if isinstance(found, FileGone) else StoredFile(identifier, info=found.info)

    async def confirm(self, identifier: FileIdentifier) -> StoredFile | FileGone:
        """Say that the file was received; raises `RegistryUnavailable`."""
        found = await self._about(Operation.CONFIRM, identifier)
        return found if isinstance(found, FileGone) else StoredFile(identifier)

    async def _about(self, operation: Operation, identifier: FileIdentifier) -> FileResult | FileGone:
        result = await self._only_result(operation, build_about(operation, [identifier], self._credentials))
        if result.identifier != identifier:
            raise self._refusal(UnavailableCode.OTHER_SUBJECT)
        if result.status in _GONE:
            return FileGone(identifier, FileStatus(result.status))
        if result.status != FileStatus.OK:
            raise self._refusal(UnavailableCode.REFUSED, status=result.status)
        return result

    async def _only_result(self, operation: Operation, question: bytes) -> FileResult:
        payload = await ask_for_payload(
            self._shep,
            Registry.TEMPSTORAGE,
            SERVICE_ID,
            Payload(PayloadForm.TYPED, question),
            route_id=self._route_id,
        )
        try:
            answer: Answer = await _worked(len(payload.xml), lambda: read_answer(payload.xml, operation))
        except (Malformed, XmlRefused) as error:
            raise self._refusal(UnavailableCode.UNREADABLE, reason=type(error).__name__) from error
        if answer.status != FileStatus.OK and not answer.files:
            raise self._refusal(UnavailableCode.REFUSED, status=answer.status)
        if len(answer.files) != 1:
            raise self._refusal(UnavailableCode.UNREADABLE, files=len(answer.files))
        return answer.files[0]

    def _refusal(self, code: UnavailableCode, **facts: object) -> RegistryUnavailable:
        return RegistryUnavailable(Registry.TEMPSTORAGE, code, **facts)


async def _worked(size: int, work: Callable[[], R]) -> R:
    """Do the work here when it is small, in a thread when it would hold the event loop."""
    return await asyncio.to_thread(work) if size >= _IN_THREAD_FROM else work()
