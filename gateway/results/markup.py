"""The result document as XML: deterministic bytes for the official to sign, and back from what was signed."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime

from lxml import etree

from gateway.catalogue.terms import Body, Role
from gateway.eds.xmldsig import XmlSignature
from gateway.identity.numbers import Bin, NumberError, parse_number
from gateway.results.alphabet import unprintable
from gateway.results.document import (
    Applicant,
    Authority,
    DocumentSigner,
    Ground,
    Kind,
    Office,
    ResultDocument,
    Statement,
)
from gateway.results.errors import DocumentRefused, ResultCode
from gateway.schema_folder import schema_folder

NAMESPACE = "urn:qyzmet:result:1"
ROOT = f"{{{NAMESPACE}}}result"
_NAMES = {"q": NAMESPACE}


def build_result(document: ResultDocument) -> bytes:
    """Write the document in canonical form (C14N 1.0), one element a line; raises `DocumentRefused`."""
    root = etree.Element(ROOT, nsmap={None: NAMESPACE})  # type: ignore[dict-item] # the stubs forget the default namespace
    root.set("kind", document.kind)
    root.set("authority", document.authority)
    root.set("simulated", "true" if document.simulated else "false")
    _add(root, "number", document.number)
    _add(root, "application", document.application)
    service = _add(root, "service")
    _add(service, "id", document.service)
    _add_statement(service, "title", document.service_title)
    _add_office(root, "provider", document.provider)
    _add_office(root, "issuer", document.issuer)
    if document.signers:
        signers = _add(root, "signers")
        for signer in document.signers:
            element = _add_office(signers, "signer", signer.office)
            element.set("role", signer.role)
            element.set("body", signer.body)
    applicant = _add(root, "applicant")
    _add(applicant, "number", str(document.applicant.number))
    _add(applicant, "name", document.applicant.name)
    _add_statement(root, "title", document.title)
    body = _add(root, "body")
    for statement in document.body:
        _add_statement(body, "statement", statement)
    if document.ground is not None:
        ground = _add(root, "ground")
        _add(ground, "code", document.ground.code)
        _add_statement(ground, "text", document.ground.text)
    _add(root, "issuedAt", document.issued_at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z")
    if document.valid_until is not None:
        _add(root, "validUntil", document.valid_until.isoformat())
    _add(root, "verification", document.verification)
    etree.indent(root)
    _check(root)
    return etree.tostring(root, method="c14n")


def read_result(signature: XmlSignature) -> ResultDocument:
    """Read the document out of what a checked signature covers; raises `DocumentRefused`."""
    return read_element(signature.document)


def read_element(root: etree._Element) -> ResultDocument:
    """Read a document element that is not, or not yet, covered by a signature; raises `DocumentRefused`."""
    if root.tag != ROOT:
        raise DocumentRefused(ResultCode.NOT_RESULT, "the document element is another", where=str(root.tag)[:200])
    if next(root.iter(etree.Comment, etree.ProcessingInstruction, etree.Entity), None) is not None:
        raise DocumentRefused(ResultCode.SCHEMA, "comments and instructions could hide parts of a value")
    _check(root)
    try:
        return _read(root)
    except (NumberError, ValueError) as error:
        raise DocumentRefused(ResultCode.SCHEMA, str(error)) from error


def _read(root: etree._Element) -> ResultDocument:
    ground = root.find("q:ground", _NAMES)
    valid_until = root.find("q:validUntil", _NAMES)
    return ResultDocument(
        kind=Kind(str(root.get("kind"))),
        authority=Authority(str(root.get("authority"))),
        number=_text(root, "number"),
        application=_text(root, "application"),
        service=_text(root, "service/q:id"),
        service_title=_statement(root, "service/q:title"),
        provider=_office(root, "provider"),
        issuer=_office(root, "issuer"),
        applicant=Applicant(parse_number(_text(root, "applicant/q:number")), _text(root, "applicant/q:name")),
        title=_statement(root, "title"),
        body=tuple(
            Statement(_text(statement, "kk"), _text(statement, "ru"))
            for statement in root.findall("q:body/q:statement", _NAMES)
        ),
        issued_at=datetime.fromisoformat(_text(root, "issuedAt")).astimezone(UTC),
        verification=_text(root, "verification"),
        simulated=root.get("simulated") == "true",
        ground=None if ground is None else Ground(_text(ground, "code"), _statement(ground, "text")),
        valid_until=None if valid_until is None else date.fromisoformat(valid_until.text or ""),
        signers=tuple(_signer(signer) for signer in root.findall("q:signers/q:signer", _NAMES)),
    )


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    foreign = unprintable(text or "")
    if foreign:
        raise DocumentRefused(ResultCode.LETTERS, f"the page has no letters for {foreign!a}", where=name)
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child


def _add_statement(parent: etree._Element, name: str, statement: Statement) -> None:
    element = _add(parent, name)
    _add(element, "kk", statement.kk)
    _add(element, "ru", statement.ru)


def _add_office(parent: etree._Element, name: str, office: Office) -> etree._Element:
    element = _add(parent, name)
    _add(element, "bin", str(office.bin))
    _add_statement(element, "name", office.name)
    return element


def _text(parent: etree._Element, path: str) -> str:
    return parent.findtext(f"q:{path}", "", _NAMES)


def _statement(parent: etree._Element, path: str) -> Statement:
    return Statement(_text(parent, f"{path}/q:kk"), _text(parent, f"{path}/q:ru"))


def _office(root: etree._Element, name: str) -> Office:
    return Office(Bin(_text(root, f"{name}/q:bin")), _statement(root, f"{name}/q:name"))


def _signer(element: etree._Element) -> DocumentSigner:
    office = Office(Bin(_text(element, "bin")), _statement(element, "name"))
    return DocumentSigner(Role(str(element.get("role"))), office, Body(str(element.get("body"))))


@functools.cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(schema_folder("results") / "result.xsd")))


def _check(root: etree._Element) -> None:
    try:
        _schema().assertValid(root)
    except etree.DocumentInvalid as error:
        raise DocumentRefused(ResultCode.SCHEMA, str(error)[:300]) from error
