"""What a schema expected at the place where libxml2 refused a message: one English sentence, told by xmlschema.

A sentence names what the schema wants and quotes at most the beginning of one value, never a password. It is asked for
after a refusal only, and not of a message of thousands of elements: there libxml2's own words must do.
"""

from __future__ import annotations

import copy
import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from lxml import etree

from gateway.schema_folder import schema_folder
from gateway.shep.names import XSI

if TYPE_CHECKING:
    import xmlschema

_MOST_ELEMENTS: Final = 2_000
_MOST_DEPTH: Final = 20
_MOST_ERRORS: Final = 100
_LONGEST_NAME: Final = 60
_LONGEST_VALUE: Final = 40
_LONGEST_REASON: Final = 400
_MASK: Final = "***"
_ATOMIC: Final = re.compile(r"of the atomic type 'xs:(\w{1,20})'\.\s*$")
_OCCURS: Final = {(0, 1): "?", (0, None): "*"}

_ORDER: Final = "SCHEMAV_ELEMENT_CONTENT"
_KINDS: Final = {
    "SCHEMAV_CVC_ELT_1": "no such element in the schema",
    "SCHEMAV_CVC_ELT_3_1": "xsi:nil is not allowed here",
    "SCHEMAV_CVC_ELT_3_2_1": "an element with xsi:nil must be empty",
    "SCHEMAV_CVC_ELT_4_2": "xsi:type names no type of the schema",
    "SCHEMAV_CVC_ELT_4_3": "xsi:type names another type than the schema has here",
    "SCHEMAV_CVC_TYPE_3_1_1": "no attributes are expected",
    "SCHEMAV_CVC_TYPE_3_1_2": "text is expected, and no elements",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "no text is expected between the elements",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "no attributes are expected",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "no attributes are expected",
}
"""Refusals whose reason needs nothing from the schema, by libxml2's names for them."""


def reason_of(error: etree._LogEntry, culprit: etree._Element, file: str) -> str:
    """Return what was expected where libxml2 found `error`; `culprit` is its element, `file` the schema."""
    reason = _KINDS.get(error.type_name)
    if reason is None:
        reason = _explained(culprit, file, of_order=error.type_name == _ORDER)
    if reason is None:
        reason = _in_libxml2s_words(error)
    return reason[:_LONGEST_REASON]


def _explained(culprit: etree._Element, file: str, *, of_order: bool) -> str | None:
    root = culprit.getroottree().getroot()
    if not _is_small(root):
        return None
    from xmlschema import XMLSchemaChildrenValidationError

    place = list(root.iter()).index(culprit)
    explained = copy.deepcopy(root)
    for each in explained.iter():
        each.attrib.pop(f"{{{XSI}}}type", "")
    again = list(explained.iter())[place]
    try:
        errors: list[Any] = list(islice(_explaining(file).iter_errors(explained), _MOST_ERRORS))
    except Exception:  # noqa: BLE001 - whatever a hostile value does to the explanation, the refusal stands
        return None
    for error in errors:
        if isinstance(error, XMLSchemaChildrenValidationError) is not of_order:
            continue
        if error.invalid_child is again or (error.invalid_tag is None and error.elem is again):
            return _of_children(error) if of_order else _of_value(error, again)
    return None


def _is_small(root: etree._Element) -> bool:
    if sum(1 for _ in islice(root.iter(), _MOST_ELEMENTS + 1)) > _MOST_ELEMENTS:
        return False
    return not root.xpath(f"boolean({'/'.join('*' * (_MOST_DEPTH + 1))})")


@cache
def _explaining(file: str) -> xmlschema.XMLSchema10:
    import xmlschema

    folder, name = file.rsplit("/", 1)
    return xmlschema.XMLSchema10(str(schema_folder(folder) / name), allow="local", use_location_hints=False)


def _of_value(error: Any, element: etree._Element) -> str | None:
    from xmlschema.validators import XsdAtomicBuiltin, XsdEnumerationFacets, XsdMaxLengthFacet, XsdPatternFacets

    rule = error.validator
    found = _quoted(element)
    if isinstance(rule, XsdPatternFacets):
        return f"{found} does not match the pattern {' or '.join(rule.regexps)}"
    if isinstance(rule, XsdEnumerationFacets):
        return f"{found} is none of {', '.join(map(str, rule.enumeration))}"
    if isinstance(rule, XsdMaxLengthFacet):
        return f"{len(element.text or '')} characters, at most {rule.value} are allowed"
    if isinstance(rule, XsdAtomicBuiltin):
        return f"{found} is no {rule.local_name}"
    return None


def _of_children(error: Any) -> str:
    expected = " or ".join(error.expected_tags)
    order = ", ".join(each.local_name + _OCCURS.get(each.occurs, "") for each in error.validator.iter_elements())
    if error.invalid_tag is None:
        return f"{expected or 'an element'} is missing; the order is {order}"
    name = etree.QName(error.invalid_tag).localname[:_LONGEST_NAME]
    return f"{name} is not expected here{f', but {expected}' if expected else ''}; the order is {order}"


def _quoted(element: etree._Element) -> str:
    """Return the beginning of a value; a password, wherever it was put, is not shown."""
    value = (element.text or "").strip()
    root = element.getroottree().getroot()
    passwords = {"".join(map(str, each.itertext())).strip() for each in root.iter("{*}password")} - {""}
    if etree.QName(element).localname == "password" or any(each in value for each in passwords):
        return f"'{_MASK}'"
    return f"'{value[:_LONGEST_VALUE]}'"


def _in_libxml2s_words(error: etree._LogEntry) -> str:
    # Only the first kind of message quotes names and no values; of the second nothing but its end is taken.
    message = str(error.message)
    if error.type_name == _ORDER:
        return message.split(": ", 1)[-1]
    if f"attribute '{{{XSI}}}" in message:
        return "xsi:type or xsi:nil has no proper value"
    kind = _ATOMIC.search(message)
    return f"the value is no {kind[1]}" if kind else "the value is not as the schema says"
