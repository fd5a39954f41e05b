"""EDS_TEMP_FILES: the exchange with the temporary store (facts: shep.md, section 5; inventions are marked there).

Written qualified as the schema has it at the root; read in the qualified and the unqualified form, since both are seen.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from lxml import etree

from gateway.eds.xml import parse
from gateway.registries.reading import items, read_flag
from gateway.shep.elements import Malformed, add, child, optional_text, read_moment, text

SERVICE_ID = "EDS_TEMP_FILES"
NAMESPACE = "http://egov.bee.kz/eds/tempstorage/v2/"
FileIdentifier = NewType("FileIdentifier", str)
_LONGEST_LIFE = timedelta(days=3_650)


class FileStatus(StrEnum):
    """Codes of `status`; our invention, since its fields are not in the facts."""

    OK = "OK"
    NOT_FOUND = "NOT_FOUND"
    EXPIRED = "EXPIRED"
    DELETED = "DELETED"
    ACCESS_DENIED = "ACCESS_DENIED"
    TOO_LARGE = "TOO_LARGE"
    NO_SPACE = "NO_SPACE"
    BAD_REQUEST = "BAD_REQUEST"


@dataclass(frozen=True, slots=True)
class Credentials:
    """The store's own name and password of a system, apart from those of ЭҮШ."""

    sender_id: str
    password: str

    def __repr__(self) -> str:
        return f"Credentials({self.sender_id!r})"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way into the store; the same `process_id` from the same system is the same upload."""

    process_id: str
    content: bytes
    name: str
    media_type: str
    life_time: timedelta
    to_be_confirmed: bool = False

    def __repr__(self) -> str:
        return f"<Upload {self.process_id} of {len(self.content)} bytes>"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileInfo:
    """What the store says about a file."""

    name: str | None
    media_type: str | None
    uploaded_at: datetime
    uploader: str
    expires_at: datetime
    size: int
    deleted: bool
    confirmed: bool


@dataclass(frozen=True, slots=True)
class FileResult:
    """One file's part of an answer."""

    status: str
    identifier: str | None
    life_time: timedelta | None = None
    content: bytes | None = None
    info: FileInfo | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`tempStorageResponse`."""

    status: str
    files: tuple[FileResult, ...]


class Operation(StrEnum):
    """What is asked: the values of `type`."""

    UPLOAD = "UPLOAD"
    DOWNLOAD = "DOWNLOAD"
    CONFIRM = "CONFIRM"
    GET_FILE_INFO = "GET_FILE_INFO"

    @property
    def question(self) -> str:
        """The element of the question."""
        return f"{_STEMS[self]}Request"

    @property
    def answer(self) -> str:
        """The element of the answer."""
        return f"{_STEMS[self]}Response"

    @property
    def results(self) -> str:
        """The elements of the answer that stand for files."""
        return _RESULTS[self]


_STEMS = {
    Operation.UPLOAD: "upload",
    Operation.DOWNLOAD: "download",
    Operation.CONFIRM: "confirm",
    Operation.GET_FILE_INFO: "getFileInfo",
}
_RESULTS = {
    Operation.UPLOAD: "uploadFileResults",
    Operation.DOWNLOAD: "fileDownloadResults",
    Operation.CONFIRM: "fileConfirmResults",
    Operation.GET_FILE_INFO: "fileInfoResults",
}


def build_upload(uploads: Iterable[Upload], credentials: Credentials) -> bytes:
    """Return `data` with an UPLOAD; takes milliseconds a megabyte."""
    data, request = _request(Operation.UPLOAD)
    part = etree.SubElement(request, Operation.UPLOAD.question)
    for upload in uploads:
        element = etree.SubElement(part, "fileUploadRequests")
        add(element, "fileProcessIdentifier", upload.process_id)
        add(element, "content", base64.b64encode(upload.content).decode("ascii"))
        add(element, "name", upload.name)
        add(element, "mime", upload.media_type)
        add(element, "lifeTime", str(upload.life_time // timedelta(milliseconds=1)))
        add(element, "needToBeConfirmed", "true" if upload.to_be_confirmed else "false")
    return _closed(data, request, credentials)


def build_about(operation: Operation, identifiers: Iterable[FileIdentifier], credentials: Credentials) -> bytes:
    """Return `data` with a DOWNLOAD, CONFIRM or GET_FILE_INFO of stored files."""
    data, request = _request(operation)
    part = etree.SubElement(request, operation.question)
    for identifier in identifiers:
        add(part, "fileIdentifiers", identifier)
    return _closed(data, request, credentials)


def read_answer(xml: bytes, operation: Operation) -> Answer:
    """Read `data` with the answer to `operation`; raises `Malformed` or `XmlRefused`; milliseconds a megabyte."""
    response = child(unqualified(parse(xml)), "tempStorageResponse")
    if text(response, "type") != operation.value:
        raise Malformed(response, f"type {operation.value} is expected")
    part = child(response, operation.answer)
    return Answer(
        status=text(child(part, "status"), "code"),
        files=tuple(_result(each) for each in items(part, operation.results)),
    )


def unqualified(data: etree._Element) -> etree._Element:
    """Take the store's namespace off every element of a freshly parsed document."""
    qualified = f"{{{NAMESPACE}}}"
    for element in data.iter(f"{qualified}*"):
        element.tag = str(element.tag)[len(qualified) :]
    return data


def decode_content(element: etree._Element) -> bytes | None:
    """Return the child `content` decoded, or None; raises `Malformed`. White space in base64 is passed over."""
    found = child(element, "content", required=False)
    if found is None:
        return None
    if len(found):
        raise Malformed(found, "text is expected, and nothing else")
    try:
        return base64.b64decode("".join((found.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(found, "content is not base64") from error


def read_life_time(element: etree._Element) -> timedelta | None:
    """Return `lifeTime`, which is in milliseconds, or None; raises `Malformed`."""
    value = optional_text(element, "lifeTime")
    if value is None:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 15):
        raise Malformed(element, "lifeTime is not a number of milliseconds")
    life_time = timedelta(milliseconds=int(value))
    if not timedelta(0) < life_time <= _LONGEST_LIFE:
        raise Malformed(element, "lifeTime is out of bounds")
    return life_time


def _request(operation: Operation) -> tuple[etree._Element, etree._Element]:
    data = etree.Element("data")
    request = etree.SubElement(data, f"{{{NAMESPACE}}}tempStorageRequest", nsmap={"ts": NAMESPACE})
    add(request, "type", operation.value)
    return data, request


def _closed(data: etree._Element, request: etree._Element, credentials: Credentials) -> bytes:
    element = etree.SubElement(request, "credentials")
    add(element, "senderId", credentials.sender_id)
    add(element, "password", credentials.password)
    return etree.tostring(data, encoding="UTF-8")


def _result(element: etree._Element) -> FileResult:
    meta = child(element, "meta", required=False)
    return FileResult(
        status=text(child(element, "status"), "code"),
        identifier=optional_text(element, "fileIdentifier"),
        life_time=read_life_time(element),
        content=decode_content(element),
        info=None if meta is None else _info(meta),
    )


def _info(element: etree._Element) -> FileInfo:
    size = text(element, "size")
    if not (size.isascii() and size.isdigit() and len(size) <= 15):
        raise Malformed(element, "size is not a number")
    return FileInfo(
        name=optional_text(element, "name"),
        media_type=optional_text(element, "mime"),
        uploaded_at=read_moment(element, "uploadDate"),
        uploader=optional_text(child(element, "uploaderSystem"), "senderId") or "",
        expires_at=read_moment(element, "expirationTime"),
        size=int(size),
        deleted=read_flag(element, "deleted"),
        confirmed=read_flag(element, "confirmed"),
    )
