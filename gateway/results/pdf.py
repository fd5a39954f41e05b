"""The page of a result document as PDF/A-3, with the signed XML attached; the same signed file gives the same bytes."""

from __future__ import annotations

import asyncio
import functools
from importlib import resources

import typst

from gateway.eds.xmldsig import XmlSignature, verify_enveloped
from gateway.results.document import ResultDocument
from gateway.results.errors import PageError, ResultCode
from gateway.results.markup import read_result
from gateway.results.page import Page, page_of

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
    page = page_of(document, signatures, signed_xml)
    try:
        return _compile(page, attached, int(document.issued_at.timestamp()))
    except typst.TypstError as error:
        raise PageError(ResultCode.RENDERING, error.message) from error


def _compile(page: Page, attached: str, timestamp: int) -> bytes:
    # PDF/A-3 with tags (ISO 19005-3, level A) and PDF/UA-1 (ISO 14289-1).
    return typst.compile(
        _template(),
        format="pdf",
        font_paths=_fonts(),
        sys_inputs={"page": page.to_json(), "qr": page.qr(), "signed": attached},
        pdf_standards=["a-3a", "ua-1"],
        timestamp=timestamp,
    )


@functools.cache
def _template() -> bytes:
    return resources.files(__package__).joinpath("typst/result.typ").read_bytes()


@functools.cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)
