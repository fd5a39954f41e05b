"""Attachments go past the tree, on the way out and on the way in: only marks pass through it (see `runs`).

On the way out the writers of a message get it with marks, which are filled in the canonical form that is digested and
in the envelope. On the way in the bytes of an envelope are parsed with marks, the digest is taken over the filled
canonical form, and the payload is filled when it is read. That is done only where the tree shows each mark once in the
text of a `data` element: there its run would have been text too, character by character. Wherever else one of them
stands (in a name, an attribute, a comment, a reference, another text) the envelope is parsed whole.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from lxml import etree

from gateway.eds.algorithms import Digest
from gateway.eds.errors import XmlRefused
from gateway.eds.xml import check_bytes, parse
from gateway.shep.messages import AsyncMessage, Payload, PayloadForm, SyncAnswer, SyncQuestion
from gateway.shep.runs import BASE64_LINES, NO_RUNS, Runs, cut_runs

_Content = TypeVar("_Content", AsyncMessage, SyncQuestion, SyncAnswer)
_WORTH_IT: Final = 4
"""How many times smaller an envelope must become; what is left is parsed a second time when marks stand wrong."""
_outermost_data = etree.XPath("//data[not(ancestor::data)]")


@dataclass(frozen=True, slots=True)
class Hollow:
    """An element with marks in the place of long runs, and the runs."""

    element: etree._Element
    runs: Runs

    def filled(self, data: bytes) -> bytes:
        """Return the bytes with each mark replaced by its run."""
        return self.runs.filled(data)

    def digest(self, data: bytes, digest: Digest) -> bytes:
        """Return the digest of the filled bytes."""
        return self.runs.digest(data, digest)


def hollow(write: Callable[[_Content], etree._Element], content: _Content) -> Hollow:
    """Let `write` write the content without its long runs."""
    payload, runs = without_long_runs(content.payload) if content.payload is not None else (None, NO_RUNS)
    return Hollow(write(dataclasses.replace(content, payload=payload) if runs else content), runs)


def without_long_runs(payload: Payload) -> tuple[Payload, Runs]:
    """Return the payload with marks, and what they stand for; a payload without long runs comes back itself."""
    cut, runs = cut_runs(payload.xml, BASE64_LINES)
    if runs and payload.form is PayloadForm.TYPED and not _all_text(cut, runs):
        # Where a run may stand in an attribute, a line end would not stand for itself.
        cut, runs = cut_runs(payload.xml)
    return (Payload(payload.form, cut), runs) if runs else (payload, runs)


def _all_text(document: bytes, runs: Runs) -> bool:
    try:
        return runs.are_text_of(parse(document))
    except XmlRefused:
        return False


def parse_hollow(data: bytes) -> tuple[etree._Element, Runs]:
    """Parse an envelope without its long runs, if they are text of payloads and most of all; raises `XmlRefused`."""
    cut, runs = cut_runs(data, BASE64_LINES)
    if not runs or _WORTH_IT * len(cut) > len(data):
        return parse(data), NO_RUNS
    # What is refused by its bytes is refused whole; what marks in the wrong place make of it says nothing.
    check_bytes(data)
    try:
        root = parse(cut)
    except XmlRefused:
        return parse(data), NO_RUNS
    payloads: Any = _outermost_data(root)
    encoding = root.getroottree().docinfo.encoding
    if (encoding is None or encoding.lower() == "utf-8") and runs.are_text_of(*payloads):
        return root, runs
    return parse(data), NO_RUNS
