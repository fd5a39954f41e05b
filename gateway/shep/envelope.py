"""The SOAP 1.1 shell around a message: one Header, one Body, one element in it."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from gateway.eds.errors import XmlRefused
from gateway.eds.xml import parse
from gateway.shep.elements import Malformed, child
from gateway.shep.hollow import parse_hollow
from gateway.shep.names import SOAP, WSSE, Operation
from gateway.shep.runs import NO_RUNS, Runs

_ENVELOPE, _HEADER, _BODY, _FAULT = (f"{{{SOAP}}}{name}" for name in ("Envelope", "Header", "Body", "Fault"))


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope of the right form, not yet verified: what stands in its Body is anybody's word.

    `runs` is what the marks in its payloads stand for, when it was opened past the tree.
    """

    envelope: etree._Element
    body: etree._Element
    runs: Runs = NO_RUNS

    @property
    def is_sealed(self) -> bool:
        """Whether there is a WS-Security header at all."""
        return self.envelope.find(f"{_HEADER}/{{{WSSE}}}Security") is not None

    @property
    def content(self) -> etree._Element:
        """The one element in the Body; raises `Malformed`."""
        return content_of(self.body)


def wrap(content: etree._Element) -> etree._Element:
    """Return an unsigned envelope with `content` in its Body."""
    envelope = etree.Element(_ENVELOPE, nsmap={"soap": SOAP})
    etree.SubElement(envelope, _HEADER)
    etree.SubElement(envelope, _BODY).append(content)
    return envelope


def open_envelope(data: bytes, *, past_tree: bool = False) -> Opened:
    """Read the shell of a message; raises `Malformed` for what is no SOAP 1.1 envelope of one Header and one Body.

    The Header stands first (SOAP 1.1, section 4.2). With `past_tree` long runs of base64 in payloads may be marks,
    and whoever reads the payloads needs the `runs`.
    """
    try:
        envelope, runs = parse_hollow(data) if past_tree else (parse(data), NO_RUNS)
    except XmlRefused as error:
        raise Malformed(None, str(error)) from error
    if envelope.tag != _ENVELOPE:
        raise Malformed(envelope, "not a SOAP 1.1 Envelope")
    parts = [part for part in envelope if isinstance(part.tag, str)]
    bodies = [part for part in parts if part.tag == _BODY]
    headers = [part for part in parts if part.tag == _HEADER]
    if len(bodies) != 1:
        raise Malformed(envelope, f"{len(bodies)} Bodies")
    if len(headers) > 1 or len(parts) != len(bodies) + len(headers):
        raise Malformed(envelope, "one Header and one Body are expected, and nothing else")
    if headers and parts[0] is not headers[0]:
        raise Malformed(envelope, "the Header stands after the Body")
    if headers and len(headers[0].findall(f"{{{WSSE}}}Security")) > 1:
        raise Malformed(headers[0], "more than one Security header")
    return Opened(envelope, bodies[0], runs)


def content_of(body: etree._Element) -> etree._Element:
    """Return the one element in the Body; raises `Malformed`."""
    found = [each for each in body if isinstance(each.tag, str)]
    if len(found) != 1:
        raise Malformed(body, f"one element is expected in the Body, not {len(found)}")
    return found[0]


def operation_of(content: etree._Element) -> Operation:
    """Return the operation that the element in the Body asks for; raises `Malformed`."""
    try:
        return Operation(content.tag)
    except ValueError:
        raise Malformed(content, "no operation of the channels") from None


def is_fault(content: etree._Element) -> bool:
    """Whether the element in the Body is a SOAP fault."""
    return content.tag == _FAULT


def response_of(wrapper: etree._Element, operation: Operation) -> etree._Element:
    """Return `response` under the wrapper that answers `operation`; raises `Malformed` for any other wrapper."""
    if wrapper.tag != operation.response:
        raise Malformed(wrapper, f"{operation.local_name}Response is expected")
    return child(wrapper, "response")
