"""The page of a result document as PDF/A-3, with the signed XML attached; the same signed file gives the same bytes."""

from __future__ import annotations

import asyncio
from datetime import datetime

from gateway.eds.xmldsig import XmlSignature, verify_enveloped
from gateway.results.document import ResultDocument
from gateway.results.errors import PageError, ResultCode
from gateway.results.markup import read_result
from gateway.results.page import Page, page_of
from gateway.results.typesetting import typeset

ATTACHMENT = "result.xml"
"""The attached file's name."""
FONT = "Libertinus Serif"


async def render_pdf(signed_xml: bytes) -> bytes:
    """Return the PDF of a signed result; raises what `verify_enveloped` and `read_result` raise, and `PageError`.

    The signature is checked here as arithmetic only: whether the signer may be trusted was asked before.
    """
    return await asyncio.to_thread(compile_pdf, signed_xml)


def compile_pdf(signed_xml: bytes) -> bytes:
    """Do the work of `render_pdf`, ten milliseconds and more, in the calling thread."""
    signatures = verify_enveloped(signed_xml)
    return page_pdf(read_result(signatures[0]), signatures, signed_xml)


def page_pdf(document: ResultDocument, signatures: tuple[XmlSignature, ...], signed_xml: bytes) -> bytes:
    """Print the page of a document that was read from these signatures."""
    try:
        attached = signed_xml.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PageError(ResultCode.RENDERING, "a signed result is in UTF-8") from error
    return _compile(page_of(document, signatures, signed_xml), attached, document.issued_at)


def _compile(page: Page, attached: str, at: datetime) -> bytes:
    inputs = {"page": page.to_json(), "qr": page.qr(), "signed": attached}
    return typeset("result", inputs=inputs, at=at)
