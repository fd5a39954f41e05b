"""The server's half of signing: what the browser's half is told, and how its answer is read.

The browser's half is `static/signing.js` over the npm client of NCALayer. Signed XML comes back as base64, because a
browser turns the line ends of a form field into CRLF.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from gateway.web.forms import Form
from gateway.web.refusals import BadRequest

CERTIFICATE_FIELD = "certificate"
SIGNED_FIELD = "signed"
MAX_SIGNED_BYTES = 600_000
_MAX_CERTIFICATE = 20_000


@dataclass(frozen=True, slots=True)
class Ncalayer:
    """Where the person's NCALayer is; `window_url` exists for the simulated one alone."""

    url: str = "wss://127.0.0.1:13579"
    window_url: str | None = None
    any_chain: bool = False
    """Offer certificates of any issuer (`chain: []`), not only of the live НУЦ (`chain: null`)."""


def as_base64(document: bytes | str) -> str:
    """Return a document for the page's attribute."""
    return base64.b64encode(document.encode() if isinstance(document, str) else document).decode()


def signer_parameters(
    ncalayer: Ncalayer, *, usages: tuple[str, ...] = (), iin: str = "", bin_: str = "", serial: str = ""
) -> str:
    """Return the `signerParams` of kz.gov.pki.knca.basics as JSON; NCALayer offers only keys that fit them."""
    parameters: dict[str, object] = {"extKeyUsageOids": list(usages)}
    if iin:
        parameters["iin"] = iin
    if bin_:
        parameters["bin"] = bin_
    if serial:
        parameters["serialNumber"] = serial
    parameters["chain"] = [] if ncalayer.any_chain else None
    return json.dumps(parameters)


def chosen_certificate(form: Form, field: str = CERTIFICATE_FIELD) -> str | None:
    """Return the PEM that `getKeyInfo` gave, or None when nothing was chosen; raises `BadRequest` when it is no PEM."""
    pem = form.get(field)
    if not pem:
        return None
    if len(pem) > _MAX_CERTIFICATE or not pem.isascii():
        raise BadRequest
    return pem


def signed_document(form: Form, field: str = SIGNED_FIELD) -> bytes | None:
    """Return the signed XML (or CMS), or None when nothing was signed; raises `BadRequest` when it is not base64."""
    value = form.get(field)
    if not value:
        return None
    if value.startswith("<"):
        return value.encode()
    try:
        document = base64.b64decode("".join(value.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest from error
    if len(document) > MAX_SIGNED_BYTES:
        raise BadRequest
    return document
