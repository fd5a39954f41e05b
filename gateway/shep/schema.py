"""The judgement of libxml2 on what stands in a Body, by our own schemas."""

from __future__ import annotations

import copy
from functools import cache
from typing import Final

from lxml import etree

from gateway.schema_folder import schema_folder
from gateway.shep.elements import Malformed
from gateway.shep.names import ASYNC, ASYNC_CLIENT, SYNC, XSI

_FILES: Final = {SYNC: "SyncTypes.xsd", ASYNC: "AsyncTypes.xsd", ASYNC_CLIENT: "AsyncClientTypes.xsd"}


EDITION: Final = "shep/itypes"
"""The folder of the edition `Types`/`ITypes`."""


@cache
def _schema(namespace: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(schema_folder(EDITION) / _FILES[namespace])))


def check_schema(content: etree._Element) -> None:
    """Raise `Malformed` when the element in a Body is not exactly as the schema says.

    `xsi:type` on `data` names a type of the provider's own schema and is left out of the judgement.
    """
    namespace = etree.QName(content).namespace
    if namespace not in _FILES:
        raise Malformed(content, "no element of the channels")
    judged = copy.deepcopy(content)
    for data in judged.iter("data"):
        if f"{{{XSI}}}type" in data.attrib:
            del data.attrib[f"{{{XSI}}}type"]
    try:
        _schema(namespace).assertValid(judged)
    except etree.DocumentInvalid as error:
        raise Malformed(content, str(error)) from error
