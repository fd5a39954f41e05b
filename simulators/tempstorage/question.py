"""The question as the store reads it: any order of elements, qualified or not, since both are seen on the wire."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from lxml import etree

from gateway.eds.errors import XmlRefused
from gateway.eds.xml import parse
from gateway.shep.elements import Malformed, child, optional_text, text
from gateway.shep.faults import FaultCode
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.refusal import Refused

NAMESPACE = "http://egov.bee.kz/eds/tempstorage/v2/"
USUAL_LIFE_TIME = timedelta(hours=72)
SHORTEST_LIFE_TIME = timedelta(seconds=1)
LONGEST_LIFE_TIME = timedelta(days=30)
MAX_FILES = 50
_LONGEST_NAME = 255


class Operation(StrEnum):
    """The values of `type`."""

    UPLOAD = "UPLOAD"
    DOWNLOAD = "DOWNLOAD"
    CONFIRM = "CONFIRM"
    GET_FILE_INFO = "GET_FILE_INFO"


_PARTS = {
    Operation.UPLOAD: "uploadRequest",
    Operation.DOWNLOAD: "downloadRequest",
    Operation.CONFIRM: "confirmRequest",
    Operation.GET_FILE_INFO: "getFileInfoRequest",
}


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is handed in."""

    process_identifier: str
    content: bytes = field(repr=False)
    name: str | None
    media_type: str | None
    life_time: timedelta
    to_be_confirmed: bool


@dataclass(frozen=True, slots=True)
class Question:
    """`tempStorageRequest`: what to do, who asks, and with which files; `qualified` is the form it was written in."""

    operation: Operation
    sender_id: str
    password: str = field(repr=False)
    uploads: tuple[NewFile, ...] = ()
    identifiers: tuple[str, ...] = ()
    qualified: bool = True


def read_question(payload: Payload | None) -> Question:
    """Read a question; takes milliseconds a megabyte. Raises `Refused` with SCE001."""
    if payload is None or payload.form is not PayloadForm.TYPED:
        raise Refused(FaultCode.WRONG_FORMAT, "the payload must be typed")
    try:
        data = parse(payload.xml)
        qualified = data.find(f"{{{NAMESPACE}}}tempStorageRequest") is not None
        return replace(_read(_unqualified(data)), qualified=qualified)
    except (XmlRefused, Malformed) as error:
        raise Refused(FaultCode.WRONG_FORMAT, str(error)) from error


def _read(data: etree._Element) -> Question:
    request = child(data, "tempStorageRequest")
    credentials = child(request, "credentials")
    written = text(request, "type")
    if written not in set(Operation):
        raise Malformed(request, "type is none of UPLOAD, DOWNLOAD, CONFIRM, GET_FILE_INFO")
    operation = Operation(written)
    part = child(request, _PARTS[operation])
    name = "fileUploadRequests" if operation is Operation.UPLOAD else "fileIdentifiers"
    files = part.findall(name)
    if not 1 <= len(files) <= MAX_FILES:
        raise Malformed(part, f"1 to {MAX_FILES} files are expected")
    upload = operation is Operation.UPLOAD
    return Question(
        operation,
        text(credentials, "senderId"),
        text(credentials, "password"),
        uploads=tuple(_new_file(each) for each in files) if upload else (),
        identifiers=() if upload else tuple((each.text or "").strip()[:_LONGEST_NAME] for each in files),
    )


def _new_file(element: etree._Element) -> NewFile:
    return NewFile(
        process_identifier=_bounded(element, text(element, "fileProcessIdentifier")),
        content=_content(child(element, "content")),
        name=_optional(element, "name"),
        media_type=_optional(element, "mime"),
        life_time=_life_time(element),
        to_be_confirmed=optional_text(element, "needToBeConfirmed") in {"true", "1"},
    )


def _content(element: etree._Element) -> bytes:
    if len(element):
        raise Malformed(element, "text is expected, and nothing else")
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(element, "content is not base64") from error


def _life_time(element: etree._Element) -> timedelta:
    written = optional_text(element, "lifeTime")
    if written is None:
        return USUAL_LIFE_TIME
    if not (written.isascii() and written.isdigit() and len(written) <= 15):
        raise Malformed(element, "lifeTime is not a number of milliseconds")
    life_time = timedelta(milliseconds=int(written))
    if life_time < SHORTEST_LIFE_TIME:
        raise Malformed(element, "lifeTime is too short")
    return min(life_time, LONGEST_LIFE_TIME)


def _optional(element: etree._Element, name: str) -> str | None:
    value = optional_text(element, name)
    return None if value is None else _bounded(element, value)


def _bounded(element: etree._Element, value: str) -> str:
    if len(value) > _LONGEST_NAME:
        raise Malformed(element, f"at most {_LONGEST_NAME} characters")
    return value


def _unqualified(data: etree._Element) -> etree._Element:
    qualified = f"{{{NAMESPACE}}}"
    for element in data.iter(f"{qualified}*"):
        element.tag = str(element.tag)[len(qualified) :]
    return data
