"""The judgement of libxml2 on what stands in a Body, by our own schemas of both published editions.

What is judged is a copy of the channel's own elements. The payload is left out of it: the schema takes anything there,
and a judge that looked into it would be paid for with every attachment. So are the hints where schemas lie
(`xsi:schemaLocation`), which libxml2 would follow into the file system.
"""

from __future__ import annotations

import threading
from enum import StrEnum
from functools import cache
from typing import Any, Final

from lxml import etree

from gateway.schema_folder import schema_folder
from gateway.shep.elements import Malformed
from gateway.shep.expectations import reason_of
from gateway.shep.names import ASYNC, ASYNC_CLIENT, SYNC, XSI


class Edition(StrEnum):
    """A published edition of the WSDL and XSD; the value is its folder under `schemas/shep`."""

    TYPES = "types"
    """`…/v10/types`; the `data` of the synchronous channel is mandatory."""
    ITYPES = "itypes"
    """`…/v10/Types` and `…/AsyncChannel/v10/ITypes`, which most clients were made from."""

    @property
    def folder(self) -> str:
        """The name by which `schema_folder` finds the edition."""
        return f"shep/{self.value}"

    @property
    def type_namespaces(self) -> frozenset[str]:
        """The namespaces whose types only this edition has."""
        return _TYPE_NAMESPACES[self]


_FILES: Final = {SYNC: "SyncTypes.xsd", ASYNC: "AsyncTypes.xsd", ASYNC_CLIENT: "AsyncClientTypes.xsd"}
_BIP: Final = "http://bip.bee.kz"
_TYPE_NAMESPACES: Final = {
    Edition.TYPES: frozenset(
        {
            f"{_BIP}/SyncChannel/v10/types",
            f"{_BIP}/SyncChannel/v10/types/Request",
            f"{_BIP}/SyncChannel/v10/types/Response",
            f"{_BIP}/AsyncChannel/v10/types",
            f"{_BIP}/common/v10/types",
        }
    ),
    Edition.ITYPES: frozenset(
        {
            SYNC,
            f"{SYNC}/Request",
            f"{SYNC}/Response",
            f"{_BIP}/AsyncChannel/v10/ITypes",
            f"{_BIP}/common/v10/Types",
        }
    ),
}
_TYPE: Final = f"{{{XSI}}}type"
_HINTS: Final = frozenset({f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"})
_MOST_ELEMENTS: Final = 10_000
"""Beside the payloads: about six hundred messages in one answer. libxml2's time grows with the square of the errors."""
_MARKS_OF_TYPES: Final = (b"/v10/types", b"&#")
"""One of these stands in every envelope with types of both editions; a namespace may be written by references."""
_SOON_SEARCHED: Final = 128 * 1024
"""Bytes; to search more takes longer than to walk through the elements."""
_LONGEST_NAME: Final = 200
"""In Clark notation."""
_JUDGING: Final = threading.Lock()
"""A schema of lxml has one list of errors for all threads."""


def check_schema(content: etree._Element) -> None:
    """Raise `Malformed` when the element in a Body is not exactly as the schema says.

    An `xsi:type` that names a type of one edition decides the edition; without one it is `Types`/`ITypes`. On `data`
    it names a type of the provider's own schema and is left out of the judgement.
    """
    refusal = judge(content)
    if refusal is not None:
        raise refusal


def check_editions(content: etree._Element, envelope: bytes) -> None:
    """Raise `Malformed` when the types in a message are of two editions, or when too many elements would be asked.

    For those who read leniently: nothing else is judged, and what stands in `data` is not looked at. A message whose
    bytes name no type costs next to nothing.
    """
    if len(envelope) < _SOON_SEARCHED and not any(mark in envelope for mark in _MARKS_OF_TYPES):
        return
    named: Edition | None = None
    waiting, asked = [content], 0
    while waiting:
        element = waiting.pop()
        if element.tag == "data":
            continue
        asked += 1
        if asked > _MOST_ELEMENTS:
            raise _too_many(element)
        name = element.get(_TYPE)
        if name is not None:
            named = _decided(named, _type_namespace(name, element), element)
        waiting += element.iterchildren("*")


def judge(content: etree._Element) -> Malformed | None:
    """Return where the element in a Body first leaves the schema and what is expected there; None when it is right."""
    namespace = etree.QName(content).namespace
    if namespace not in _FILES:
        return Malformed(content, "no element of the channels")
    try:
        copied = _Copy(content)
    except Malformed as refusal:
        return refusal
    deciding = _deciding(copied.edition, _FILES[namespace])
    with _JUDGING:
        if deciding.validate(copied.root):
            return None
        errors: Any = deciding.error_log
        error = errors[0]
    number = error.line - 1
    culprit, place = copied.pairs[number] if 0 <= number < len(copied.pairs) else (copied.root, content)
    return Malformed(_named_shortly(place), reason_of(error, culprit, f"{copied.edition.folder}/{_FILES[namespace]}"))


@cache
def _deciding(edition: Edition, file: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(schema_folder(edition.folder) / file)))


class _Copy:
    """What is judged of a message, and by which edition.

    Raises `Malformed` for types of two editions and for too many elements. Every element has its number in `pairs` as
    its line, by which libxml2 names it.
    """

    def __init__(self, content: etree._Element) -> None:
        self.pairs: list[tuple[etree._Element, etree._Element]] = []
        self._named: Edition | None = None
        self.root = self._copy(content, None)

    @property
    def edition(self) -> Edition:
        """The edition that the message's types name."""
        return self._named or Edition.ITYPES

    def _copy(self, original: etree._Element, parent: etree._Element | None) -> etree._Element:
        is_payload = original.tag == "data"
        attributes = {str(name): str(value) for name, value in original.items() if name not in _HINTS}
        named = attributes.pop(_TYPE, None)
        namespaces: Any = {}
        if named is not None and not is_payload:
            attributes[_TYPE] = named
            prefix = _prefix(named)
            namespaces = {prefix: original.nsmap[prefix]} if prefix in original.nsmap else {}
            self._named = _decided(self._named, _type_namespace(named, original), original)
        if parent is None:
            element = etree.Element(original.tag, attributes, namespaces)
        else:
            element = etree.SubElement(parent, original.tag, attributes, namespaces)
            _keep_type(element, namespaces)
        self.pairs.append((element, original))
        if len(self.pairs) > _MOST_ELEMENTS:
            raise _too_many(original)
        numbered: Any = element
        numbered.sourceline = len(self.pairs)
        if not is_payload:
            self._copy_content(original, element)
        return element

    def _copy_content(self, original: etree._Element, element: etree._Element) -> None:
        text, last = original.text or "", None
        for child in original:
            if isinstance(child.tag, str):
                _set_text(element, last, text)
                last, text = self._copy(child, element), ""
            text += child.tail or ""
        _set_text(element, last, text)


def _decided(named: Edition | None, namespace: str | None, element: etree._Element) -> Edition | None:
    """Return the edition after a type of `namespace`; raises `Malformed` when it was another one before."""
    for edition in Edition:
        if namespace in edition.type_namespaces:
            if named not in {None, edition}:
                raise Malformed(element, "types of two editions in one message")
            return edition
    return named


def _type_namespace(name: str, element: etree._Element) -> str | None:
    return element.nsmap.get(_prefix(name))


def _prefix(name: str) -> str | None:
    return name.strip().split(":")[0] if ":" in name else None


def _too_many(element: etree._Element) -> Malformed:
    return Malformed(element, f"more than {_MOST_ELEMENTS} elements beside the payload")


def _keep_type(element: etree._Element, namespaces: dict[str | None, str]) -> None:
    """Write `xsi:type` with the prefix that lxml has for the namespace: it declares no second one."""
    for namespace in namespaces.values():
        prefix = next(prefix for prefix, each in element.nsmap.items() if each == namespace)
        name = str(element.get(_TYPE)).split(":")[-1]
        element.set(_TYPE, name if prefix is None else f"{prefix}:{name}")


def _named_shortly(element: etree._Element) -> etree._Element:
    """Return the element, or the one around it when its name is too long to be told."""
    parent = element.getparent()
    return element if parent is None or len(element.tag) <= _LONGEST_NAME else parent


def _set_text(parent: etree._Element, after: etree._Element | None, text: str) -> None:
    if after is None:
        parent.text = text
    else:
        after.tail = text
