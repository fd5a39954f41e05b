"""XML compared by what it says: names, attributes, text; not by prefixes, declarations or comments."""

from lxml import etree


def infoset(element, *, leaving_out=()):
    """Return an element as nested tuples; `leaving_out` names elements whose text does not count."""
    name = etree.QName(element)
    children = tuple(infoset(each, leaving_out=leaving_out) for each in element if isinstance(each.tag, str))
    text = (element.text or "").strip() if not children else ""
    if name.localname in leaving_out:
        text, children = "…", ()
    return name.text, tuple(sorted(element.attrib.items())), text, children


def content(envelope):
    """Return the element in the Body."""
    root = envelope if isinstance(envelope, etree._Element) else etree.fromstring(envelope)
    return root.find("{http://schemas.xmlsoap.org/soap/envelope/}Body")[0]
