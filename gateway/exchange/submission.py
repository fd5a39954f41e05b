"""The submission (REQUEST): a signed application with its attachments, from the channels to the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

from gateway.exchange.document import Draft, Reading, decoded, encoded
from gateway.exchange.errors import ExchangeCode, PayloadNotWritable, PayloadRefused
from gateway.exchange.schema import Schema

NAMESPACE = "urn:qyzmet:submission:1"
SCHEMA = Schema("submission.xsd", NAMESPACE, "submission")

INLINE_LIMIT = 1024 * 1024
"""Bytes of one attachment that may travel in the message; a larger one goes by the temporary store."""
INLINE_TOTAL = 6 * 1024 * 1024
"""Bytes of all attachments in one message: ЭҮШ stops a message at 15 MB, and base64 and escaping add to it."""
MAX_PAYLOAD_BYTES = 14 * 1024 * 1024
"""Bytes of a payload that are still read."""


@dataclass(frozen=True, slots=True)
class InlineFile:
    """An attachment that travels inside the message."""

    content: bytes

    @property
    def sha256(self) -> str:
        """The content's digest, in hexadecimal digits."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An attachment that waits in the temporary store; whoever fetches it compares the digest."""

    identifier: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A signed application on its way; its number, service and office are to be compared with the signed ones."""

    number: str
    service: str
    office: str
    signed_application: bytes
    attachments: tuple[InlineFile | StoredFile, ...] = ()


def build_submission(submission: Submission) -> bytes:
    """Write the payload; raises `PayloadNotWritable` when the attachments are too large to travel inside."""
    check_travels_inside(submission.attachments)
    draft = Draft(SCHEMA)
    draft.add(draft.root, "number", submission.number)
    draft.add(draft.root, "service", submission.service)
    draft.add(draft.root, "office", submission.office)
    draft.add(draft.root, "signedApplication", encoded(submission.signed_application))
    add_files(draft, submission.attachments)
    return draft.to_bytes()


def read_submission(data: bytes) -> Submission:
    """Read the payload and compare the digests of what travels inside; raises `PayloadRefused`."""
    reading = Reading.of(data, SCHEMA, max_bytes=MAX_PAYLOAD_BYTES)
    return Submission(
        number=reading.text("number"),
        service=reading.text("service"),
        office=reading.text("office"),
        signed_application=reading.content("signedApplication"),
        attachments=read_files(reading),
    )


def check_travels_inside(files: Iterable[InlineFile | StoredFile]) -> None:
    """Hold the files that travel inside against what a message takes; raises `PayloadNotWritable`."""
    sizes = [len(file.content) for file in files if isinstance(file, InlineFile)]
    if any(size > INLINE_LIMIT for size in sizes) or sum(sizes) > INLINE_TOTAL:
        raise PayloadNotWritable("attachments this large travel by the temporary store")


def add_files(draft: Draft, files: Iterable[InlineFile | StoredFile]) -> None:
    """Append the files to the document element: their content, or their place in the temporary store."""
    attachments = draft.add(draft.root, "attachments")
    for file in files:
        if isinstance(file, InlineFile):
            draft.add(attachments, "inline", encoded(file.content), {"sha256": file.sha256})
        else:
            draft.add(attachments, "stored", file.identifier, {"sha256": file.sha256})


def read_files(reading: Reading) -> tuple[InlineFile | StoredFile, ...]:
    """Return the files and compare the digests of what travels inside; raises `PayloadRefused`."""
    return tuple(_file(child) for child in reading.all("attachments")[0])


def _file(element: etree._Element) -> InlineFile | StoredFile:
    named = str(element.attrib["sha256"])
    if etree.QName(element).localname == "stored":
        return StoredFile(element.text or "", named)
    file = InlineFile(decoded(element))
    if len(file.content) > INLINE_LIMIT:
        raise PayloadRefused(ExchangeCode.TOO_LARGE, "an attachment this large travels by the temporary store")
    if file.sha256 != named:
        raise PayloadRefused(ExchangeCode.VALUE, "an attachment's digest is not the one it is named by")
    return file
