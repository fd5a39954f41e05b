"""Canonical XML: the four algorithms that are accepted, and subtrees canonicalised as they stand in their document.

C14N 1.0 (REC-xml-c14n-20010315) and exclusive C14N (REC-xml-exc-c14n-20020718). A reference by "" or "#id" never
covers comments, whatever the algorithm says (XML-DSig section 4.4.3.2), so comments are always left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from gateway.eds.codes import Code
from gateway.eds.errors import SignatureRefused
from gateway.eds.xml import parse, parse_again

_XML_NAMESPACE = "{http://www.w3.org/XML/1998/namespace}"


class Method(StrEnum):
    """A canonicalisation by its URI."""

    INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
    INCLUSIVE_WITH_COMMENTS = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
    EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
    EXCLUSIVE_WITH_COMMENTS = "http://www.w3.org/2001/10/xml-exc-c14n#WithComments"

    @property
    def exclusive(self) -> bool:
        """Whether unused namespaces of the surroundings are left out."""
        return self in {Method.EXCLUSIVE, Method.EXCLUSIVE_WITH_COMMENTS}


@dataclass(frozen=True, slots=True)
class Canonicalisation:
    """A method, with the prefixes that exclusive C14N treats inclusively."""

    method: Method
    inclusive_prefixes: tuple[str, ...] = ()

    def document(self, root: etree._Element) -> bytes:
        """Canonicalise the whole document of a root, processing instructions beside the root included."""
        return self._bytes(root.getroottree())

    def subtree(self, element: etree._Element) -> bytes:
        """Canonicalise an element as it stands, with what it inherits from its ancestors."""
        if element.getparent() is None or (self.method.exclusive and not self.inclusive_prefixes):
            return self._bytes(element)
        return self._bytes(cut_out(element, inherit_attributes=not self.method.exclusive))

    def _bytes(self, element: etree._Element | etree._ElementTree) -> bytes:
        try:
            return etree.tostring(
                element,
                method="c14n",
                exclusive=self.method.exclusive,
                with_comments=False,
                with_tail=False,
                inclusive_ns_prefixes=list(self.inclusive_prefixes) or None,
            )
        except (etree.LxmlError, ValueError) as error:
            raise SignatureRefused(Code.CANONICALISATION_REFUSED, reason=str(error)[:200]) from error


def cut_out(element: etree._Element, *, inherit_attributes: bool = False) -> etree._Element:
    """Return a copy of the element as a document of its own, with every namespace that is in scope at it.

    With `inherit_attributes` also the xml:* attributes of its ancestors, as C14N 1.0 section 2.4 has them.
    """
    copy = parse_again(etree.tostring(element, with_tail=False, encoding="utf-8"), keep_instructions=True)
    if inherit_attributes:
        for ancestor in element.iterancestors():
            for name, value in ancestor.attrib.items():
                if isinstance(name, str) and name.startswith(_XML_NAMESPACE) and name not in copy.attrib:
                    copy.set(name, value)
    return copy


def canonical_document(data: bytes) -> bytes:
    """Return C14N 1.0 of a document without comments: what an enveloped signature over it covers.

    A draft and what came back signed are one document when this equals `XmlSignature.covered`.
    """
    return Canonicalisation(Method.INCLUSIVE).document(parse(data, keep_instructions=True))
