"""What was signed and sent, whether an application or a supplement: judged, the signer's, with its files."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from lxml import etree

from gateway.desk.errors import NotYet
from gateway.desk.ports import FileGone, Signatures, StoreSilent, TemporaryFiles
from gateway.eds.codes import Status
from gateway.eds.roles import Role
from gateway.exchange.acceptance import OPERATOR_ROLES, Acceptance
from gateway.exchange.application import Attachment
from gateway.exchange.submission import InlineFile, StoredFile
from gateway.identity.numbers import Bin, Iin


class Fault(StrEnum):
    """In what something is not as it was signed; who takes it in has a code of the same name."""

    SIGNATURE = "signature"
    SIGNER = "signer"
    OPERATOR = "operator"
    FILES = "files"
    FILE_GONE = "file-gone"


class NotAsSigned(Exception):
    """What arrived proves nothing, or is not what was signed."""

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Signed:
    """A document under a good signature, and whose signature it is."""

    document: etree._Element
    """What the signature covers; nothing else is to be read."""
    covered: bytes
    iin: str | None
    bin: str | None
    roles: frozenset[Role]
    keep: Callable[[], Awaitable[bytes]]
    """Makes the signed document as it is kept: with the evidence that it was judged by."""

    def check_signer(self, applicant: Iin | Bin) -> None:
        """Hold the signer against the applicant; raises `NotAsSigned` SIGNER."""
        if (self.bin if isinstance(applicant, Bin) else self.iin) != str(applicant):
            raise NotAsSigned(Fault.SIGNER, "the signer's number is another")

    def check_operator(self, acceptance: Acceptance, department: Bin) -> None:
        """Hold the signer against the operator who took the application in; raises `NotAsSigned` OPERATOR.

        It is the operator's own key, as of an employee of the legal entity whose department it is.
        """
        if self.iin != str(acceptance.operator):
            raise NotAsSigned(Fault.OPERATOR, "the signer's number is another")
        if self.bin != str(department):
            raise NotAsSigned(Fault.OPERATOR, "the signer is of another organisation")
        if not self.roles & OPERATOR_ROLES:
            raise NotAsSigned(Fault.OPERATOR, "the signer's certificate names no role in the organisation")


async def judge(signatures: Signatures, signed: bytes) -> Signed:
    """Judge the signature and whether its certificate may be trusted; raises `NotAsSigned` SIGNATURE.

    Undetermined is neither taken nor refused: raises `NotYet`.
    """
    judged = await signatures.of_applicant(signed)
    if judged.status is Status.UNDETERMINED:
        raise NotYet(judged.code)
    if judged.status is not Status.VALID or judged.document is None or judged.covered is None:
        raise NotAsSigned(Fault.SIGNATURE, judged.code)
    keep = judged.keep or partial(_as_it_is, signed)
    return Signed(judged.document, judged.covered, judged.iin, judged.bin, judged.roles, keep)


def files_as_signed(
    attachments: Sequence[Attachment], sent: Sequence[InlineFile | StoredFile]
) -> list[tuple[Attachment, InlineFile | StoredFile]]:
    """Return each attachment that was signed with the file that was sent for it; raises `NotAsSigned` FILES."""
    files = {file.sha256: file for file in sent}
    if set(files) != {attachment.sha256 for attachment in attachments}:
        raise NotAsSigned(Fault.FILES, "other files than signed")
    return [(attachment, files[attachment.sha256]) for attachment in attachments]


async def content_of(store: TemporaryFiles, attachment: Attachment, file: InlineFile | StoredFile) -> bytes:
    """Return a file's content, fetched where it waits and compared with what was signed.

    Raises `NotAsSigned` FILES or FILE_GONE, and `NotYet` when the temporary store does not answer.
    """
    if isinstance(file, InlineFile):
        content = file.content
    else:
        try:
            content = await store.fetch(file.identifier, max_bytes=attachment.size)
        except StoreSilent as error:
            raise NotYet("temporary-store-silent") from error
        except FileGone as error:
            raise NotAsSigned(Fault.FILE_GONE, attachment.document) from error
    if len(content) != attachment.size or hashlib.sha256(content).hexdigest() != attachment.sha256:
        raise NotAsSigned(Fault.FILES, f"{attachment.document}: size or digest")
    return content


async def _as_it_is(signed: bytes) -> bytes:
    return signed
