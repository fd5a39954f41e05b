"""The payload of a question, judged as hostile before anything else: its form, its XML, its schema."""

from __future__ import annotations

from functools import cache

from lxml import etree

from gateway.eds.errors import XmlRefused
from gateway.eds.xml import XmlLimits, parse
from gateway.schema_folder import schema_folder
from gateway.shep.faults import FaultCode
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.refusal import Refused

LIMITS = XmlLimits(max_bytes=256 * 1024, max_depth=20, max_elements=1_000)


@cache
def registry_schema(name: str) -> etree.XMLSchema:
    """Return a schema of `schemas/registries`."""
    return etree.XMLSchema(etree.parse(str(schema_folder("registries") / name)))


def parse_payload(payload: Payload | None, *forms: PayloadForm) -> etree._Element:
    """Parse the payload of a question; raises `Refused` with SCE001 when it is missing, hostile or in another form."""
    if payload is None or payload.form not in forms:
        raise Refused(FaultCode.WRONG_FORMAT, "the payload must be " + " or ".join(forms))
    try:
        return parse(payload.xml, LIMITS)
    except XmlRefused as error:
        raise Refused(FaultCode.WRONG_FORMAT, str(error)) from error


def check_by_schema(root: etree._Element, name: str) -> None:
    """Raise `Refused` with SCE001 when the document is not of the schema."""
    try:
        registry_schema(name).assertValid(root)
    except etree.DocumentInvalid as error:
        raise Refused(FaultCode.WRONG_FORMAT, str(error)[:500]) from error
