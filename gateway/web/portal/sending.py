"""What pages of an application share with those of what is presented after it: a file, a certificate, a signature."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any, Protocol

from gateway.catalogue.form import DocumentKind, FormProblem
from gateway.eds.certificate import read_certificate
from gateway.flows.applications import ApplicationRow
from gateway.flows.errors import FlowError
from gateway.identity.numbers import Bin
from gateway.web.forms import MIB, Form, FormErrors, FormLimits
from gateway.web.translation import gettext as _
from gateway.web.translation import said, spoken

ONE_FILE = FormLimits(max_files=1, max_file_bytes=10 * MIB)
"""The catalogue's own limit of a document is smaller, and is said beside the file."""


class Attach(Protocol):
    """Keeps a file as one document of an application."""

    def __call__(self, *, name: str, media_type: str, content: bytes) -> Awaitable[FormProblem | None]:
        """Keep it; returns what is wrong with the file."""


async def attach_file(form: Form, kind: DocumentKind, errors: FormErrors, attach: Attach) -> None:
    """Attach the file that was sent for a document; what is wrong with it, or that there is none, is said beside it."""
    uploads = form.uploads(kind.id)
    if not uploads:
        errors.add(kind.id, _("Choose a file: %(title)s", title=spoken(kind.title)))
        return
    upload = uploads[0]
    if upload.too_large:
        most = kind.max_bytes // 1_000_000
        errors.add(kind.id, _("%(title)s: at most %(num)s MB", title=spoken(kind.title), num=most))
        return
    problem = await attach(name=upload.file_name, media_type=upload.media_type, content=upload.content)
    if problem is not None:
        errors.add(kind.id, problem.text)


def say_on_page(errors: FormErrors, field: str, what: FlowError | str) -> None:
    """Say what is wrong with a certificate or a signature: both come from NCALayer, and no field can be put right."""
    if isinstance(what, FlowError):
        what = said(what.text, what.advice)
    errors.add(field, what, target="main-content")


def to_sign(application: ApplicationRow, *, draft: bytes, certificate: bytes) -> dict[str, Any]:
    """Return what the page of signing shows: the document, the certificate, and whose key NCALayer is to offer."""
    number = str(application.applicant)
    return {
        "certificate": read_certificate(certificate),
        "document_text": draft.decode(),
        "signer": {"bin": number} if isinstance(application.applicant, Bin) else {"iin": number},
    }
