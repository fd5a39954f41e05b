"""The published XSDs as a judge: libxml2 does not load them as they lie, so they are put together by namespace."""

from functools import cache

from lxml import etree

from gateway.shep.names import ASYNC, ASYNC_CLIENT, SOAP, SYNC

EDITIONS = ("bip_v10", "bip_v10_nitec_sample")
_XS = "{http://www.w3.org/2001/XMLSchema}"
_LINKS = {f"{_XS}import", f"{_XS}include"}
_QUALIFIED = ("type", "base", "ref", "itemType")
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


@cache
def published_schema(folder):
    """Return the schema of an edition's wrapper elements, of all its namespaces."""
    documents = {}
    for path in sorted(folder.rglob("*.xsd")):
        root = etree.parse(str(path)).getroot()
        documents.setdefault(root.get("targetNamespace"), []).append(root)
    numbered = {namespace: f"n{number}" for number, namespace in enumerate(sorted(documents))}
    merged = {namespace: _merge(namespace, roots, numbered) for namespace, roots in documents.items()}
    head = etree.Element(f"{_XS}schema", nsmap={"xs": _XS[1:-1]})
    for namespace in (SYNC, ASYNC, ASYNC_CLIENT):
        etree.SubElement(head, f"{_XS}import", namespace=namespace, schemaLocation=f"mem:{numbered[namespace]}")
    parser = etree.XMLParser()
    parser.resolvers.add(_Memory({f"mem:{numbered[namespace]}": text for namespace, text in merged.items()}))
    return etree.XMLSchema(etree.fromstring(etree.tostring(head), parser))


def check(envelope, folder):
    """Assert that the element in an envelope's Body is valid by the published schema, or is a fault that is."""
    content = etree.fromstring(envelope).find(f"{{{SOAP}}}Body")[0]
    if content.tag == f"{{{SOAP}}}Fault":
        content = content.find("detail")[0]
    judged = etree.fromstring(etree.tostring(content))
    for data in judged.iter("data"):
        data.attrib.pop(_TYPE, None)
    schema = published_schema(folder)
    assert schema.validate(judged), f"{schema.error_log.last_error}\n{etree.tostring(judged)[:2000]}"
    return etree.QName(judged).localname


def _merge(namespace, roots, numbered):
    nsmap = {"xs": _XS[1:-1], **{prefix: each for each, prefix in numbered.items()}}
    merged = etree.Element(f"{_XS}schema", nsmap=nsmap, targetNamespace=namespace)
    for other, prefix in numbered.items():
        if other != namespace:
            etree.SubElement(merged, f"{_XS}import", namespace=other, schemaLocation=f"mem:{prefix}")
    seen = set()
    for root in roots:
        for component in root:
            named = (component.tag, component.get("name")) if isinstance(component.tag, str) else None
            if named is None or component.tag in _LINKS or named in seen:
                continue
            seen.add(named)
            for element in component.iter(etree.Element):
                for attribute in _QUALIFIED:
                    if attribute in element.attrib:
                        element.set(attribute, _renamed(element.get(attribute), element, numbered))
            merged.append(component)
    return etree.tostring(merged)


def _renamed(name, element, numbered):
    prefix, _, local = name.rpartition(":")
    namespace = element.nsmap[prefix or None]
    return f"{'xs' if namespace == _XS[1:-1] else numbered[namespace]}:{local}"


class _Memory(etree.Resolver):
    def __init__(self, texts):
        self._texts = texts

    def resolve(self, url, _public, context):
        return self.resolve_string(self._texts[url], context) if url in self._texts else None
