"""What can be wrong with a result document."""

from __future__ import annotations

from enum import StrEnum


class ResultCode(StrEnum):
    """The stable codes of this room; a verdict about a certificate or a signature has the codes of `eds`."""

    NOT_SIGNED = "not-a-signed-file"
    TOO_LARGE = "file-too-large"
    NOT_XML = "file-not-xml"
    PDF_UNREADABLE = "pdf-unreadable"
    ATTACHMENT = "pdf-attachment-wrong"
    SCHEMA = "result-not-of-its-schema"
    NOT_RESULT = "not-a-result-document"
    PAGE_DIFFERS = "page-differs"
    PAGE_UNKNOWN = "page-not-reproduced"
    CONTRADICTION = "result-contradicts-itself"
    LETTERS = "letters-not-printable"
    TEMPLATE = "template-unknown"
    FACT_MISSING = "template-fact-missing"
    FACT_WRONG = "template-fact-wrong"
    RENDERING = "page-not-rendered"
    FUTURE = "issued-in-the-future"
    NO_ANCHORS = "anchors-missing"


class ResultError(Exception):
    """A result document cannot be made or read; `code` is stable, `where` is the element, fact or template."""

    def __init__(self, code: ResultCode, text: str, *, where: str = "") -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.where = where


class DocumentRefused(ResultError):
    """The values do not make a result document, or the bytes are none."""


class TemplateError(ResultError):
    """A template, a ground or a fact that the template needs is not there."""


class PageError(ResultError):
    """The page could not be made or read."""
