"""Writing and reading a payload's XML: the same values give the same bytes, and only schema-true bytes are read."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from lxml import etree

from gateway.eds.errors import XmlRefused
from gateway.eds.xml import XmlLimits, parse
from gateway.exchange.errors import ExchangeCode, PayloadNotWritable, PayloadRefused
from gateway.exchange.schema import Schema

_T = TypeVar("_T")


class Draft:
    """A payload being written; `to_bytes` gives its canonical form (C14N 1.0), one element a line."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self.root = etree.Element(schema.root, nsmap={None: schema.namespace})  # type: ignore[dict-item] # the stubs forget the default namespace

    def add(
        self,
        parent: etree._Element,
        name: str,
        text: str | None = None,
        attributes: Mapping[str, str] | None = None,
    ) -> etree._Element:
        """Append a child; raises `PayloadNotWritable` for characters that XML 1.0 has no place for."""
        child = etree.SubElement(parent, f"{{{self._schema.namespace}}}{name}")
        try:
            child.text = text
            for key, value in (attributes or {}).items():
                child.set(key, value)
        except ValueError as error:
            raise PayloadNotWritable(f"{name}: the text holds characters that XML does not allow") from error
        return child

    def to_bytes(self) -> bytes:
        """Return the document's bytes; raises `PayloadNotWritable` when they would not follow the schema."""
        etree.indent(self.root)
        if not self._schema.accepts(self.root):
            problems = self._schema.explain(self.root)
            raise PayloadNotWritable(str(problems[0]), problems)
        return etree.tostring(self.root, method="c14n")


class Reading:
    """A payload that follows its schema, read by paths of element names."""

    def __init__(self, root: etree._Element, schema: Schema) -> None:
        if next(root.iter(etree.Comment, etree.ProcessingInstruction, etree.Entity), None) is not None:
            raise PayloadRefused(ExchangeCode.MIXED_MARKUP, "comments and instructions could hide parts of a value")
        if not schema.accepts(root):
            problems = schema.explain(root)
            raise PayloadRefused(ExchangeCode.SCHEMA, str(problems[0]), problems)
        self._root = root
        self._names = {"q": schema.namespace}

    @classmethod
    def of(cls, data: bytes, schema: Schema, *, max_bytes: int) -> Reading:
        """Parse and check `data`; raises `PayloadRefused`."""
        if len(data) > max_bytes:
            raise PayloadRefused(ExchangeCode.TOO_LARGE, f"{len(data)} bytes; at most {max_bytes} are read")
        try:
            root = parse(data, XmlLimits(max_bytes=max_bytes))
        except XmlRefused as error:
            raise PayloadRefused(ExchangeCode.NOT_XML, str(error)) from error
        return cls(root, schema)

    def all(self, *path: str) -> list[etree._Element]:
        """Return every element at `path` below the root."""
        return self._root.findall("/".join(f"q:{name}" for name in path), self._names)

    def has(self, *path: str) -> bool:
        """Say whether an optional element is there."""
        return bool(self.all(*path))

    def text(self, *path: str) -> str:
        """Return the text of the element at `path`, empty when the element is empty."""
        return self.all(*path)[0].text or ""

    def moment(self, *path: str) -> datetime:
        """Return a date and time in UTC; raises `PayloadRefused` for one that no calendar has."""
        return self.value(datetime.fromisoformat, *path).astimezone(UTC)

    def content(self, *path: str) -> bytes:
        """Return the bytes that stand in base64 at `path`."""
        return decoded(self.all(*path)[0])

    def value(self, read: Callable[[str], _T], *path: str) -> _T:
        """Return the text at `path` as `read` understands it; its `ValueError` becomes `PayloadRefused`."""
        text = self.text(*path)
        try:
            return read(text)
        except ValueError as error:
            raise PayloadRefused(ExchangeCode.VALUE, f"{'/'.join(path)}: {error}") from error


def encoded(content: bytes) -> str:
    """Return `content` in base64 on one line."""
    return base64.b64encode(content).decode("ascii")


def decoded(element: etree._Element) -> bytes:
    """Return the bytes that stand in base64 in `element`; raises `PayloadRefused`."""
    try:
        return base64.b64decode("".join((element.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise PayloadRefused(ExchangeCode.VALUE, f"{etree.QName(element).localname}: not base64") from error


def written(moment: datetime) -> str:
    """Return `moment` as xs:dateTime in UTC; raises `PayloadNotWritable` for one without a time zone."""
    if moment.tzinfo is None:
        raise PayloadNotWritable("a moment without a time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
