"""What the applicant brings for the procedure's condition, recorded at the counter by the executor."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from aiohttp import web

from gateway.catalogue import Verb
from gateway.catalogue.form import DocumentKind, FormProblem, FormProblemCode, check_document, problem
from gateway.desk.condition import SubmittedFile, asked_for
from gateway.web.csrf import form_of
from gateway.web.desk.acting import do
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.forms import MIB, Form, FormErrors, FormLimits, Upload, accepts
from gateway.web.once import once
from gateway.web.translation import gettext as _
from gateway.web.translation import spoken

FIELD = "document_{}"
_LIMITS = FormLimits(max_files=5, max_file_bytes=10 * MIB)
"""The catalogue's own limit of a document is smaller, and is said beside the file."""


@accepts(_LIMITS)
@once
async def submit(request: web.Request) -> web.Response:
    """The applicant has brought the documents; they are stored with the case."""
    desk, errors = desk_of(request), FormErrors()
    found = await desk.cases.get(member_of(request), request.match_info["number"])
    kinds = asked_for(desk.catalogue.service(found.service), found)
    files = files_of(form_of(request), kinds, errors)
    field = FIELD.format(kinds[0].id) if kinds else ""
    return await do(request, partial(desk.condition.submit, files=files), field=field, errors=errors, verb=Verb.SUBMIT)


def files_of(form: Form, kinds: Sequence[DocumentKind], errors: FormErrors) -> list[SubmittedFile]:
    """Return what was attached for each document that is asked for; what is missing or unfit is said beside it."""
    files = []
    for kind in kinds:
        field = FIELD.format(kind.id)
        uploads = form.uploads(field)
        if not uploads and kind.required:
            errors.add(field, _("Attach: %(document)s", document=spoken(kind.title)))
        for upload in uploads:
            if fault := _fault(kind, upload):
                errors.add(field, fault.text)
            else:
                files.append(SubmittedFile(kind.id, upload.file_name, upload.media_type, upload.content))
    return files


def _fault(kind: DocumentKind, upload: Upload) -> FormProblem | None:
    if upload.too_large:
        return problem(kind.id, kind.title, FormProblemCode.TOO_LARGE, kind.max_bytes // 1_000_000)
    return check_document(kind, upload.media_type, upload.content)
