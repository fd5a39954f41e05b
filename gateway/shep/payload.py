"""The payload in `data`: as elements, as an escaped string, or in a CDATA section (shep.md, fact 6)."""

from __future__ import annotations

import copy
from typing import Any

from lxml import etree

from gateway.eds.errors import XmlRefused
from gateway.eds.xml import parse
from gateway.shep.elements import Malformed, child
from gateway.shep.hollow import without_long_runs
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.names import MAX_MESSAGE_BYTES, XS, XSI
from gateway.shep.runs import NO_RUNS, Runs

_TYPE = f"{{{XSI}}}type"


def write_payload(parent: etree._Element, payload: Payload | None) -> None:
    """Append `data` to `parent`; raises `ValueError` for what is not XML, or cannot stand in XML as a string.

    Without a payload it is empty: the edition `types` demands the element, the other allows it.
    """
    if payload is None:
        etree.SubElement(parent, "data")
        return
    if payload.form is PayloadForm.TYPED:
        try:
            root = parse(payload.xml)
        except XmlRefused as error:
            raise ValueError(f"the payload is not XML: {error}") from error
        if root.tag == "data":
            parent.append(root)
        else:
            etree.SubElement(parent, "data").append(root)
        return
    string = payload.xml.decode("utf-8")
    if payload.form is PayloadForm.ESCAPED:
        data = etree.SubElement(parent, "data", nsmap={"xs": XS, "xsi": XSI})
        data.set(_TYPE, "xs:string")
        data.text = string
    else:
        # A parser makes one line end of each; what it does not see, it must not find in the digest.
        lines = string.replace("\r\n", "\n").replace("\r", "\n")
        etree.SubElement(parent, "data").text = etree.CDATA(lines)


def check_payload(payload: Payload) -> None:
    """Raise `ValueError` for a payload that can never go over the wire."""
    if len(payload.xml) > MAX_MESSAGE_BYTES:
        raise ValueError(f"{len(payload.xml)} bytes, a message carries at most {MAX_MESSAGE_BYTES}")
    write_payload(etree.Element("messageData"), without_long_runs(payload)[0])


def read_payload(parent: etree._Element, *, required: bool, runs: Runs = NO_RUNS) -> Payload | None:
    """Read `data` under `parent` and fill its marks; an absent or empty one is None unless `required`.

    Raises `Malformed`, also for more than a message may carry.
    """
    data = child(parent, "data", required=False)
    if data is None:
        if required:
            raise Malformed(parent, "data is missing")
        return None
    if len(data):
        form, written = PayloadForm.TYPED, document_of(data)
    elif data.text:
        form = PayloadForm.CDATA if data.get(_TYPE) is None else PayloadForm.ESCAPED
        written = data.text.encode("utf-8")
    elif required:
        raise Malformed(data, "data is empty")
    else:
        return None
    xml = runs.filled(written)
    if len(xml) > MAX_MESSAGE_BYTES:
        raise Malformed(data, f"{len(xml)} bytes, a message carries at most {MAX_MESSAGE_BYTES}")
    return Payload(form, xml)


def document_of(data: etree._Element) -> bytes:
    """Cut `data` out as a document of its own, as its enveloped signature saw it.

    It keeps the namespaces that it declares itself and those of its ancestors that it uses; the envelope's others
    would change the inclusive canonical form.
    """
    cut = copy.deepcopy(data)
    cut.tail = None
    named = data.get(_TYPE, "")
    prefix = named.split(":", 1)[0] if ":" in named else None
    if prefix is not None and prefix not in cut.nsmap and prefix in data.nsmap:
        cut = _declaring(cut, prefix, data.nsmap[prefix])
    return etree.tostring(cut, encoding="UTF-8")


def _declaring(element: etree._Element, prefix: str, namespace: str) -> etree._Element:
    namespaces: Any = element.nsmap | {prefix: namespace}
    again = etree.Element(element.tag, nsmap=namespaces)
    again.attrib.update(element.attrib)
    again.text = element.text
    again.extend(list(element))
    return again
