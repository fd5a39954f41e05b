"""The address of the verification page and its QR code (ISO/IEC 18004)."""

from __future__ import annotations

import hashlib
import io

import segno

from gateway.results.document import ResultDocument

DIGEST_PREFIX = 16
"""Hexadecimal digits of the signed file's SHA-256 that the address carries."""


def digest_prefix(signed_xml: bytes) -> str:
    """Return the digits by which the verification page knows this very file."""
    return hashlib.sha256(signed_xml).hexdigest()[:DIGEST_PREFIX]


def verification_address(document: ResultDocument, signed_xml: bytes) -> str:
    """Return the address that answers for the signed document."""
    return f"{document.verification}/verify/{document.number}?d={digest_prefix(signed_xml)}"


def qr_svg(text: str) -> str:
    """Return the QR code of `text` as SVG, error correction level M, with its quiet zone."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=4)
    return out.getvalue().decode("ascii")
