"""What the window shows of a document: its text, laid out for reading, with nothing hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

SHOWN_CHARACTERS = 200_000
# Letters that turn the direction of writing, are not seen, or stand for nothing: shown by their numbers.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document for the window: `text` is exact, `layout` is XML with its elements on lines of their own."""

    text: str
    layout: str | None
    size: int
    cut: bool


def view_of(content: bytes) -> DocumentView:
    """Return what the window shows; bytes that are no text are shown in hexadecimal."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content[: SHOWN_CHARACTERS // 2].hex()
    layout = _laid_out(content) if text.lstrip().startswith("<") else None
    return DocumentView(
        text=_shown(text),
        layout=_shown(layout) if layout is not None else None,
        size=len(content),
        cut=len(text) > SHOWN_CHARACTERS,
    )


def _laid_out(content: bytes) -> str | None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    if len(content) > SHOWN_CHARACTERS:
        return None
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None
    etree.indent(root, space="  ")
    return etree.tostring(root.getroottree(), encoding="unicode")


def _shown(text: str) -> str:
    return _HIDDEN.sub(lambda found: f"⟦U+{ord(found[0]):04X}⟧", text[:SHOWN_CHARACTERS])
