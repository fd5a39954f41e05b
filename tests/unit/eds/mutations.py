"""Ways to spoil what a parser reads that know its structure: elements dropped, doubled, moved, swollen."""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import strategies as st
from lxml import etree

from gateway.eds.der import BIT_STRING, OCTET_STRING, Der, DerError, encode

CONSTRUCTED = 0x20
TAGS = st.sampled_from(
    [0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x13, 0x17, 0x18, 0x1E, 0x30, 0x31, 0x80, 0xA0, 0xA3]
)
CONTENTS = st.one_of(
    st.binary(max_size=12),
    st.sampled_from([b"", b"\x00", b"\x7f" * 9, b"\x80" * 9, b"\xff" * 40, b"\x01" * 5000, b"99991231235959Z"]),
)
LENGTHS = st.sampled_from(
    [b"\x00", b"\x80", b"\x81\x05", b"\x82\x00\x05", b"\x84\xff\xff\xff\xff", b"\x89" + b"\xff" * 9, b"\xff"]
)


@dataclass
class Node:
    """An element of DER, opened where its content is DER again."""

    tag: int
    content: bytes = b""
    children: list[Node] | None = None
    prefix: bytes = b""
    """The unused bits of a BIT STRING that holds DER."""
    length: bytes | None = field(default=None)
    """A length to be written instead of the true one."""

    def written(self) -> bytes:
        """Write the element."""
        content = self.content
        if self.children is not None:
            content = self.prefix + b"".join(child.written() for child in self.children)
        if self.length is not None:
            return bytes((self.tag,)) + self.length + content
        return encode(self.tag, content)

    def walk(self) -> Iterator[Node]:
        """Go over the element and all inside it."""
        yield self
        for child in self.children or ():
            yield from child.walk()


def opened(element: Der) -> Node:
    """Open an element as deep as there is DER in it."""
    node = Node(element.tag, element.content)
    with contextlib.suppress(DerError):
        if element.tag & CONSTRUCTED:
            node.children = [opened(child) for child in element]
        elif element.tag == OCTET_STRING and node.content[:1] in {b"\x30", b"\x04"}:
            node.children = [opened(Der.read(node.content))]
        elif element.tag == BIT_STRING and node.content[:2] == b"\x00\x30":
            node.children, node.prefix = [opened(Der.read(node.content[1:]))], b"\x00"
    return node


@st.composite
def der(draw: st.DrawFn, *samples: bytes) -> bytes:
    """Draw one of the samples, spoilt in one to three places."""
    root = copy.deepcopy(draw(st.sampled_from([opened(Der.read(sample)) for sample in samples])))
    for _ in range(draw(st.integers(1, 3))):
        _spoil(draw, root)
    data = bytearray(root.written())
    if draw(st.booleans()) and data:
        for place in draw(st.lists(st.integers(0, len(data) - 1), max_size=2)):
            data[place] = draw(st.integers(0, 255))
        data = data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 9)) == 0 else data
    return bytes(data)


def _spoil(draw: st.DrawFn, root: Node) -> None:
    nodes = list(root.walk())
    node = nodes[draw(st.integers(0, len(nodes) - 1))]
    kind = draw(st.sampled_from(["tag", "content", "length", "drop", "double", "insert", "swap", "nest", "stranger"]))
    if kind == "tag":
        node.tag = draw(TAGS)
    elif kind == "content":
        node.content, node.children = draw(CONTENTS), None
    elif kind == "length":
        node.length = draw(LENGTHS)
    elif kind == "nest":
        for _ in range(draw(st.sampled_from([1, 50]))):
            inner = Node(node.tag, node.content, node.children, node.prefix)
            node.tag, node.children, node.prefix = 0x30, [inner], b""
    elif node.children:
        _rearrange(draw, kind, node.children, nodes)


def _rearrange(draw: st.DrawFn, kind: str, children: list[Node], nodes: list[Node]) -> None:
    place = draw(st.integers(0, len(children) - 1))
    if kind == "drop":
        del children[place]
    elif kind == "double":
        children.insert(place, copy.deepcopy(children[place]))
    elif kind == "insert":
        children.insert(place, Node(draw(TAGS), draw(CONTENTS)))
    elif kind == "swap":
        children.reverse()
    else:
        children[place] = copy.deepcopy(nodes[draw(st.integers(0, len(nodes) - 1))])


TEXTS = st.one_of(
    st.text(max_size=8).filter(lambda text: not re.search("[\x00-\x1f\ud800-\udfff\ufffe\uffff]", text)),
    st.sampled_from(["", "A" * 3000, "%", "AAAA", "9" * 5000, "#", "#x", "\n" * 2000, "CN=\\", "CN=#30", "=", "-1"]),
)


@st.composite
def xml(draw: st.DrawFn, *samples: bytes) -> bytes:
    """Draw one of the samples, spoilt in one to three places of its tree, sometimes in its bytes too."""
    root = etree.fromstring(draw(st.sampled_from(samples)))
    for _ in range(draw(st.integers(1, 3))):
        _spoil_xml(draw, root)
    data = bytearray(etree.tostring(root, encoding="utf-8"))
    if draw(st.integers(0, 3)) == 0:
        for place in draw(st.lists(st.integers(0, len(data) - 1), max_size=3)):
            data[place] = draw(st.integers(0, 255))
    return bytes(data)


def _spoil_xml(draw: st.DrawFn, root: etree._Element) -> None:
    elements = [element for element in root.iter() if isinstance(element.tag, str)]
    one = elements[draw(st.integers(0, len(elements) - 1))]
    other = elements[draw(st.integers(0, len(elements) - 1))]
    kind = draw(st.sampled_from(["text", "tail", "attribute", "drop", "double", "move", "rename", "comment", "clear"]))
    if kind == "text":
        one.text = draw(TEXTS)
    elif kind == "tail":
        other.tail = draw(TEXTS)
    elif kind == "attribute":
        name = draw(st.sampled_from(["URI", "Algorithm", "Id", "ID", "EncodingType", "ValueType", "PrefixList", "x"]))
        one.set(name, draw(TEXTS))
    elif kind == "rename":
        one.tag = other.tag
    elif kind == "comment":
        one.append(draw(st.sampled_from([etree.Comment("c"), etree.ProcessingInstruction("p", "q")])))
    elif kind == "clear":
        one.clear()
    elif one is not root:
        _move(kind, one, other)


def _move(kind: str, one: etree._Element, other: etree._Element) -> None:
    parent = one.getparent()
    assert parent is not None
    if kind == "drop":
        parent.remove(one)
    elif kind == "double":
        parent.insert(parent.index(one), copy.deepcopy(one))
    elif one not in other.iterancestors() and one is not other:
        other.append(one)
