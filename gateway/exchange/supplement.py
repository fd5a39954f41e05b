"""The supplement: what the applicant presents after the application, because the provider waits for it.

An employer who was told of the decision presents the documents that guarantee the departure of the foreign labour
(Karaganda act, lines 3642-3644). What is signed names the application and each file by its digest; it travels as a
REQUEST of the same service, beside the submissions.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from gateway.exchange.application import Attachment, add_attachments, read_attachments
from gateway.exchange.document import Draft, Reading, encoded, written
from gateway.exchange.schema import Schema
from gateway.exchange.submission import (
    MAX_PAYLOAD_BYTES,
    InlineFile,
    StoredFile,
    add_files,
    check_travels_inside,
    read_files,
)
from gateway.identity.numbers import Bin, Iin, parse_number

NAMESPACE = "urn:qyzmet:supplement:1"
SCHEMA = Schema("supplement.xsd", NAMESPACE, "supplement")
"""What the applicant signs."""
SUBMISSION_SCHEMA = Schema("supplement-submission.xsd", "urn:qyzmet:supplement-submission:1", "supplementSubmission")
"""What travels."""


@dataclass(frozen=True, slots=True)
class Supplement:
    """What the applicant signs: to which application which documents are presented."""

    number: str
    """The application's."""
    service: str
    office: str
    applicant_number: Iin | Bin
    applicant_name: str
    attachments: tuple[Attachment, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class SupplementSubmission:
    """A signed supplement on its way; number, service and office are to be compared with the signed ones.

    `presented_at` is when the portal took the signed supplement: the provider's term is kept by it, however long the
    way takes.
    """

    number: str
    service: str
    office: str
    presented_at: datetime
    signed_supplement: bytes
    attachments: tuple[InlineFile | StoredFile, ...]


def build_supplement(supplement: Supplement) -> bytes:
    """Write what is shown and signed, always the same bytes for the same values; raises `PayloadNotWritable`."""
    draft = Draft(SCHEMA)
    root = draft.root
    draft.add(root, "number", supplement.number)
    draft.add(root, "service", supplement.service)
    draft.add(root, "office", supplement.office)
    applicant = draft.add(root, "applicant")
    draft.add(applicant, "number", str(supplement.applicant_number))
    draft.add(applicant, "name", supplement.applicant_name)
    draft.add(root, "createdAt", written(supplement.created_at))
    add_attachments(draft, supplement.attachments)
    return draft.to_bytes()


def read_supplement(element: etree._Element) -> Supplement:
    """Read a supplement out of what a signature covered (`XmlSignature.document`); raises `PayloadRefused`."""
    reading = Reading(element, SCHEMA)
    return Supplement(
        number=reading.text("number"),
        service=reading.text("service"),
        office=reading.text("office"),
        applicant_number=reading.value(parse_number, "applicant", "number"),
        applicant_name=reading.text("applicant", "name"),
        attachments=read_attachments(reading),
        created_at=reading.moment("createdAt"),
    )


def build_supplement_submission(submission: SupplementSubmission) -> bytes:
    """Write the payload; raises `PayloadNotWritable` when the files are too large to travel inside."""
    check_travels_inside(submission.attachments)
    draft = Draft(SUBMISSION_SCHEMA)
    draft.add(draft.root, "number", submission.number)
    draft.add(draft.root, "service", submission.service)
    draft.add(draft.root, "office", submission.office)
    draft.add(draft.root, "presentedAt", written(submission.presented_at))
    draft.add(draft.root, "signedSupplement", encoded(submission.signed_supplement))
    add_files(draft, submission.attachments)
    return draft.to_bytes()


def read_supplement_submission(data: bytes) -> SupplementSubmission:
    """Read the payload and compare the digests of what travels inside; raises `PayloadRefused`."""
    reading = Reading.of(data, SUBMISSION_SCHEMA, max_bytes=MAX_PAYLOAD_BYTES)
    return SupplementSubmission(
        number=reading.text("number"),
        service=reading.text("service"),
        office=reading.text("office"),
        presented_at=reading.moment("presentedAt"),
        signed_supplement=reading.content("signedSupplement"),
        attachments=read_files(reading),
    )


def is_supplement(data: bytes) -> bool:
    """Tell whether the payload of a REQUEST is a supplement, by its document element alone."""
    events = etree.iterparse(io.BytesIO(data), ("start",), resolve_entities=False, no_network=True)
    try:
        _event, root = next(iter(events))
    except (etree.XMLSyntaxError, StopIteration):
        return False
    return bool(root.tag == SUBMISSION_SCHEMA.root)
