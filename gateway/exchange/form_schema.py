"""The schema of one service's signed application, made from the form's definition in the catalogue.

It is `application.xsd` with the form and the attachments of this service in place of any: a field is an element of its
own name with its type, lengths, pattern or choices as facets. Whatever `check_application` accepts follows it; what XSD
1.0 cannot say (a day that has not come, the check digit of an IIN, which of the documents is required) stays with the
checks.

An application that was taken in at the State Corporation has an acceptance, and its documents may all be on paper; one
that the applicant signs has none. Each has a schema of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from gateway.catalogue.form import TYPE_PATTERNS, DocumentKind, FieldType, FormField, spell_classes
from gateway.catalogue.kinds import application_documents, documents_of, fields_of
from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.exchange.application import SCHEMA
from gateway.exchange.schema import Schema
from gateway.schema_folder import schema_folder

_XS = "http://www.w3.org/2001/XMLSchema"
_NAMES = {"xs": _XS}
_UNSAYABLE = re.compile(r"\(\?|\\[bBAZ1-9]|[*+?}]\?|(?<!\\)\$|(?<![\\\[])\^")
"""What Python's regular expressions have beyond XSD's: extensions, anchors, back references, lazy repetition."""


class ApplicationSchemas:
    """The schemas of the applications of a catalogue's services, each made when it is first asked for."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._made: dict[tuple[str, str | None, bool], Schema] = {}

    def of(self, service_id: str, kind: str | None = None, *, accepted: bool = False) -> Schema:
        """Return the schema for a service, of a kind of it where it has kinds; raises `UnknownService`.

        `accepted` is for what was taken in at the State Corporation.
        """
        key = service_id, kind, accepted
        if key not in self._made:
            self._made[key] = application_schema(self._catalogue.service(service_id), kind, accepted=accepted)
        return self._made[key]


def application_schema(service: Service, kind: str | None = None, *, accepted: bool = False) -> Schema:
    """Return the schema of a service's application, ready to decide and to explain."""
    name = f"the application of {service.id}"
    source = write_schema(service, kind, accepted=accepted)
    return Schema(name, SCHEMA.namespace, "application", source=source)


def write_schema(service: Service, kind: str | None = None, *, accepted: bool = False) -> bytes:
    """Write the schema as a file; without a kind, what only some kinds ask for is optional."""
    root = etree.parse(str(schema_folder("exchange") / SCHEMA.name)).getroot()
    own = _element(root, "service")
    del own.attrib["type"]
    _restrict(own, "xs:string", [{"enumeration": [service.id]}])
    form = _element(root, "form").find(".//xs:sequence", _NAMES)
    assert form is not None
    form[:] = []
    narrowed = service.kinds is not None and kind is not None
    for field in fields_of(service, kind) if narrowed else service.form:
        chosen = kind if service.kinds is not None and field.id == service.kinds.field else None
        _add_field(form, field, chosen, required=field.required and (narrowed or not field.kinds))
    documents = documents_of(service, kind) if narrowed else application_documents(service)
    required = [one for one in documents if one.required and one.when is None and (narrowed or not one.kinds)]
    _narrow_acceptance(root, documents, accepted=accepted)
    _narrow_attachments(root, documents, 0 if accepted else len(required))
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def xsd_pattern(pattern: str) -> str | None:
    """Return a regular expression as XSD writes it; none for one that XSD cannot say.

    XSD's letters and digits leave out the underscore, which Python's have.
    """
    return None if _UNSAYABLE.search(pattern) else spell_classes(pattern, {r"\w": r"\w_"})


def _add_field(form: etree._Element, field: FormField, chosen: str | None, *, required: bool) -> None:
    element = etree.SubElement(form, f"{{{_XS}}}element", name=field.id)
    if not required:
        element.set("minOccurs", "0")
    if field.type is FieldType.CHOICE:
        _restrict(element, "xs:string", [{"enumeration": [chosen] if chosen else [one.id for one in field.choices]}])
        return
    is_date = field.type is FieldType.DATE
    lengths = {} if is_date else {"minLength": [max(field.min_length, 1)], "maxLength": [field.max_length]}
    patterns = (TYPE_PATTERNS.get(field.type), field.own_pattern)
    sayable = [said for one in patterns if one is not None and (said := xsd_pattern(one)) is not None]
    facets: list[Mapping[str, Sequence[object]]] = [{"pattern": [one]} for one in sayable]
    _restrict(element, "xs:date" if is_date else "xs:string", [lengths, *facets] if lengths or not facets else facets)


def _narrow_acceptance(root: etree._Element, documents: Sequence[DocumentKind], *, accepted: bool) -> None:
    """Ask for an acceptance, with papers of the service's kinds alone, each once; or leave no place for one."""
    acceptance = _element(root, "acceptance")
    if not accepted:
        _remove(acceptance)
        return
    del acceptance.attrib["minOccurs"]
    on_paper = _element(root, "onPaper")
    if not documents:
        _remove(on_paper)
        return
    del on_paper.attrib["type"]
    on_paper.set("maxOccurs", str(len(documents)))
    _restrict(on_paper, "xs:string", [{"enumeration": [one.id for one in documents]}])
    _add_uniqueness(acceptance, "paperOnce", "q:onPaper", ".")


def _narrow_attachments(root: etree._Element, documents: Sequence[DocumentKind], required: int) -> None:
    attachment = _element(root, "attachment")
    if not documents:
        _remove(attachment)
        return
    attachment.set("minOccurs", str(required))
    attachment.set("maxOccurs", str(len(documents)))
    facets: dict[str, Mapping[str, Sequence[object]]] = {
        "document": {"enumeration": [one.id for one in documents]},
        "mediaType": {"enumeration": sorted({kind.value for one in documents for kind in one.media_types})},
        "size": {"maxInclusive": [max(one.max_bytes for one in documents)]},
    }
    for name, group in facets.items():
        element = _element(root, name)
        general = str(element.attrib.pop("type"))
        _restrict(element, general if name == "size" else "xs:string", [group])
    _add_uniqueness(_element(root, "attachments"), "documentOnce", "q:attachment", "q:document")


def _add_uniqueness(element: etree._Element, name: str, selector: str, field: str) -> None:
    once = etree.SubElement(element, f"{{{_XS}}}unique", name=name, nsmap={"q": SCHEMA.namespace})
    etree.SubElement(once, f"{{{_XS}}}selector", xpath=selector)
    etree.SubElement(once, f"{{{_XS}}}field", xpath=field)


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


def _element(root: etree._Element, name: str) -> etree._Element:
    (found,) = root.findall(f".//xs:element[@name='{name}']", _NAMES)
    return found


def _restrict(parent: etree._Element, base: str, groups: Sequence[Mapping[str, Sequence[object]]]) -> None:
    """Add a type of its own; each group of facets restricts the one after it, since patterns side by side are "or"."""
    restriction = etree.SubElement(etree.SubElement(parent, f"{{{_XS}}}simpleType"), f"{{{_XS}}}restriction")
    if len(groups) > 1:
        _restrict(restriction, base, groups[1:])
    else:
        restriction.set("base", base)
    for facet, values in groups[0].items():
        for value in values:
            etree.SubElement(restriction, f"{{{_XS}}}{facet}", value=str(value))
