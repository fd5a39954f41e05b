"""The one door for XML from outside: no DTD, no entities, no network, bounded in size, depth and namespaces.

Everything that could cost more than its size is refused before libxml2 sees it, or right after.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from lxml import etree

from gateway.eds.codes import Code
from gateway.eds.errors import XmlRefused

# Only encodings in which ASCII stands for itself, so that the prolog can be read as bytes.
_ENCODINGS = frozenset({"utf-8", "us-ascii", "ascii", "windows-1251", "cp1251"})
_DECLARATION = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PROLOG_LIMIT = 64 * 1024
_BLOCK, _STRIDE = 32 * 1024, 4 * 1024


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """How much XML is accepted."""

    max_bytes: int = 20 * 1024 * 1024
    max_depth: int = 100
    max_elements: int = 50_000
    max_attributes: int = 64
    """Attributes of one element."""
    max_all_attributes: int = 50_000
    max_references: int = 200_000
    """Character and entity references: four for every element, as a document inside a document has them."""
    max_namespace_work: int = 10_000_000
    """Elements times namespaces in scope times what is walked to find them: inclusive C14N costs that much."""


DEFAULT_LIMITS = XmlLimits()


def parse(
    data: bytes,
    limits: XmlLimits = DEFAULT_LIMITS,
    *,
    keep_comments: bool = False,
    keep_instructions: bool = False,
) -> etree._Element:
    """Parse XML from outside and return its root; raises `XmlRefused`.

    Comments and processing instructions are dropped, so that they cannot split a text node
    (`<iin>1234<!-- -->56</iin>` reads as one text); who must reproduce the bytes asks for them.
    """
    check_bytes(data, limits)
    root = _parse(data, keep_comments, keep_instructions)
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRefused(Code.XML_DOCTYPE)
    # (4) Shape: what makes later work dear.
    _check_shape(root, data, limits)
    return root


def check_bytes(data: bytes, limits: XmlLimits = DEFAULT_LIMITS) -> None:
    """Refuse what `parse` refuses without parsing; raises `XmlRefused`."""
    # (1) Size first, before anything is copied.
    if len(data) > limits.max_bytes:
        raise XmlRefused(Code.XML_TOO_LARGE, size=str(len(data)), limit=str(limits.max_bytes))
    # (2) The encoding must let the prolog be read; a DOCTYPE can stand only there.
    _check_prolog(data)
    # (3) No document has more elements than "<", more references than "&", more attributes than "=" and quotes.
    _check_marks(data, limits)


def parse_again(data: bytes, *, keep_instructions: bool = False) -> etree._Element:
    """Parse bytes that were written out of a document which `parse` has already let through."""
    return _parse(data, keep_comments=False, keep_instructions=keep_instructions)


class _Parsers(threading.local):
    """One parser a thread and kind: a parser is locked while it works, and a large document must not hold others."""

    def __init__(self) -> None:
        self._made: dict[tuple[bool, bool], etree.XMLParser] = {}

    def get(self, kind: tuple[bool, bool]) -> etree.XMLParser:
        found = self._made.get(kind)
        if found is None:
            keep_comments, keep_instructions = kind
            found = self._made[kind] = etree.XMLParser(
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=True,
                collect_ids=False,
                remove_comments=not keep_comments,
                remove_pis=not keep_instructions,
            )
        return found


_parsers = _Parsers()


def _parse(data: bytes, keep_comments: bool, keep_instructions: bool) -> etree._Element:
    try:
        root = etree.fromstring(data, _parsers.get((keep_comments, keep_instructions)))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlRefused(Code.XML_MALFORMED, reason=str(error)[:200]) from error
    if root is None:
        raise XmlRefused(Code.XML_MALFORMED, reason="no root element")
    return root


def _check_prolog(data: bytes) -> None:
    position = len(_BYTE_ORDER_MARK) if data.startswith(_BYTE_ORDER_MARK) else 0
    declared = _DECLARATION.match(data, position)
    if declared is not None and declared[1].decode("ascii").lower() not in _ENCODINGS:
        raise XmlRefused(Code.XML_ENCODING, encoding=declared[1].decode("ascii"))
    if data[position : position + 2] in {b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<", b"\x00\x00"}:
        raise XmlRefused(Code.XML_ENCODING, encoding="UTF-16 or UTF-32")
    limit = min(len(data), position + _PROLOG_LIMIT)
    while position < limit:
        if data[position : position + 1].isspace():
            position += 1
        elif data.startswith(b"<?", position):
            position = _after(data, b"?>", position)
        elif data.startswith(b"<!--", position):
            position = _after(data, b"-->", position + 4)
        elif data.startswith(b"<!", position):
            raise XmlRefused(Code.XML_DOCTYPE)
        elif data.startswith(b"<", position):
            return
        else:
            raise XmlRefused(Code.XML_MALFORMED, reason="no element at the start")
    raise XmlRefused(Code.XML_MALFORMED, reason="no element at the start")


def _after(data: bytes, mark: bytes, position: int) -> int:
    found = data.find(mark, position, position + _PROLOG_LIMIT)
    if found < 0:
        raise XmlRefused(Code.XML_MALFORMED, reason="the prolog does not end")
    return found + len(mark)


def _check_marks(data: bytes, limits: XmlLimits) -> None:
    if len(data) > 2 * _BLOCK and _has_blank_block(data):
        raise XmlRefused(Code.XML_TOO_COMPLEX, what="white space")
    if _count_up_to(2 * limits.max_elements + 1000, data, b"<") is None:
        raise XmlRefused(Code.XML_TOO_COMPLEX, what="elements")
    if _count_up_to(limits.max_references, data, b"&") is None:
        raise XmlRefused(Code.XML_TOO_COMPLEX, what="references")
    if _count_up_to(limits.max_all_attributes, data, b"=") is None:
        quotes = [_count_up_to(2 * limits.max_all_attributes, data, mark) for mark in (b'"', b"'")]
        if None in quotes or sum(filter(None, quotes)) > 2 * limits.max_all_attributes:
            raise XmlRefused(Code.XML_TOO_COMPLEX, what="attributes")


def _count_up_to(limit: int, data: bytes, mark: bytes) -> int | None:
    """Count the marks; `None` when there are more than `limit`, which is known long before the end."""
    # To go from mark to mark is ten times faster than to count where there are few, and slower where there are many.
    found, position = 0, data.find(mark)
    while position >= 0:
        found += data.count(mark, position, position + _STRIDE)
        if found > limit:
            return None
        position = data.find(mark, position + _STRIDE)
    return found


def _has_blank_block(data: bytes) -> bool:
    """Tell whether white space fills a whole block: base64 padded with megabytes of it is an attack on who decodes."""
    return any(
        data[start : start + 64].isspace() and data[start : start + _BLOCK].isspace()
        for start in range(0, len(data) - _BLOCK, _BLOCK)
    )


_count = etree.XPath("number(count(//*))")


@lru_cache(maxsize=16)
def _deeper_than(depth: int) -> etree.XPath:
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


@lru_cache(maxsize=16)
def _more_attributes_than(number: int) -> etree.XPath:
    return etree.XPath(f"boolean(//*[count(@*) > {number}])")


def _check_shape(root: etree._Element, data: bytes, limits: XmlLimits) -> None:
    tags = _count_up_to(2 * limits.max_elements + 1000, data, b"<") or 0
    elements = tags
    if tags > limits.max_elements:
        elements = int(cast("float", _count(root)))
        if elements > limits.max_elements:
            raise XmlRefused(Code.XML_TOO_COMPLEX, what="elements")
    if tags > limits.max_depth and _deeper_than(limits.max_depth)(root):
        raise XmlRefused(Code.XML_TOO_COMPLEX, what="depth")
    # (5) Attributes and namespaces are looked at one by one only where there may be many.
    if _count_up_to(limits.max_attributes, data, b"=") is None and _more_attributes_than(limits.max_attributes)(root):
        raise XmlRefused(Code.XML_TOO_COMPLEX, what="attributes")
    declarations = data.count(b"xmlns")
    most = elements * declarations * (declarations + limits.max_depth)
    if most > limits.max_namespace_work and _namespace_work(root) > limits.max_namespace_work:
        raise XmlRefused(Code.XML_TOO_COMPLEX, what="namespaces")


def _namespace_work(root: etree._Element) -> int:
    work = depth = scope = 0
    for event, _ in etree.iterwalk(root, events=("start", "end", "start-ns", "end-ns")):
        if event == "start-ns":
            scope += 1
        elif event == "end-ns":
            scope -= 1
        elif event == "start":
            depth += 1
            work += scope * (scope + depth)
        else:
            depth -= 1
    return work
