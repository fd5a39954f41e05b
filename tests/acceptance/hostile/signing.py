"""Ways to spoil a signed document, each of which must be told from a good one."""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import Mapping
from pathlib import Path

import aiohttp
from lxml import etree

from gateway.eds.keys import SigningKey, load_pkcs12
from gateway.eds.xmldsig import sign_enveloped
from simulators.keys import KEY_PASSWORD
from tests.acceptance.hostile.living import Country

DS = "{http://www.w3.org/2000/09/xmldsig#}"


def key_of(folder: Path, name: str) -> SigningKey:
    """Open a key of the cast (`applicant-karaganda-sign`)."""
    return load_pkcs12((folder / "people" / f"{name}.p12").read_bytes(), KEY_PASSWORD)


async def entry_key_of(country: Country, person: str) -> SigningKey:
    """Have a key issued to a person that is for entering alone, as one of the two RSA keys of a person is."""
    world = f"{country.at('world')}/nca"
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{world}/people") as answer:
            (subject,) = [one["subject"] for one in (await answer.json())["people"] if one["id"] == person]
        asked = {"template": "individual-auth", "chain": "rsa", "subject": subject, "password": KEY_PASSWORD}
        async with http.post(f"{world}/admin/certificates", json=asked) as answer:
            answer.raise_for_status()
            content = base64.b64decode((await answer.json())["pkcs12"])
    return await asyncio.to_thread(load_pkcs12, content, KEY_PASSWORD)


def spoilt(draft: bytes, own: SigningKey, other: SigningKey) -> Mapping[str, bytes]:
    """Return documents that are not the draft signed by `own` alone, by what is wrong with them."""
    signed = sign_enveloped(draft, own)
    changed = _changed(draft)
    ways: dict[str, bytes] = {
        "not signed": draft,
        "another document": sign_enveloped(changed, own),
        "another's signature": sign_enveloped(draft, other),
        "signed twice": sign_enveloped(signed, own),
        "signed by another as well": sign_enveloped(signed, other),
        "signed by another before": sign_enveloped(sign_enveloped(draft, other), own),
        "changed after signing": signed.replace(draft[-400:-300], draft[-400:-300][::-1]),
        "signature of another document": _moved_signature(changed, signed),
        "own certificate over another's value": _with_certificate(sign_enveloped(draft, other), own),
        "wrapped": b"<w>" + _bare(signed) + b"</w>",
        "wrapped in a changed document": _inside(changed, signed),
        "signature deeper": _deeper(signed),
        "content after the signature": _with_last_child(signed),
        "with a comment": _with_comment(signed),
        "with an instruction": _bare(signed).replace(b"</ds:Signature>", b"</ds:Signature><?approved yes?>"),
        "reference to nothing": signed.replace(b'URI=""', b'URI="#nothing"'),
        "reference to a file": signed.replace(b'URI=""', b'URI="file:///etc/passwd"'),
        "xslt": re.sub(rb"<ds:Transform Algorithm=\"[^\"]*enveloped[^>]*>", _XSLT, signed),
        "weak method": re.sub(
            rb"(SignatureMethod Algorithm=\")[^\"]*", rb"\1http://www.w3.org/2000/09/xmldsig#rsa-sha1", signed
        ),
        "hmac": re.sub(
            rb"(SignatureMethod Algorithm=\")[^\"]*", rb"\1http://www.w3.org/2000/09/xmldsig#hmac-sha1", signed
        ),
        "doctype": b'<!DOCTYPE a [<!ENTITY b "c">]>' + _bare(signed),
        "external entity": b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + _bare(signed),
        "xinclude": _inside(draft, b'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'),
        "utf-16": etree.tostring(etree.fromstring(signed), encoding="utf-16", xml_declaration=True),
        "utf-7": b'<?xml version="1.0" encoding="utf-7"?>' + _bare(signed),
        "deep": b"<a>" * 20_000 + b"</a>" * 20_000,
        "many attributes": b"<a " + b" ".join(b'a%d=""' % n for n in range(9000)) + b"/>",
        "a long attribute": b'<a b="' + b"c" * 300_000 + b'"/>',
        "truncated": signed[: len(signed) // 2],
        "no xml": b"\x00\xff" * 1000,
        "empty signature": re.sub(
            rb"<ds:Signature .*</ds:Signature>",
            b'<ds:Signature xmlns:ds="%s"/>' % DS[1:-1].encode(),
            signed,
            flags=re.DOTALL,
        ),
    }
    assert changed != draft
    return {name: document for name, document in ways.items() if document != signed}


def _changed(draft: bytes) -> bytes:
    root = etree.fromstring(draft)
    texts = [one for one in root.iter() if isinstance(one.tag, str) and len(one) == 0 and (one.text or "").strip()]
    texts[-1].text = (texts[-1].text or "") + "1"
    return etree.tostring(root, encoding="utf-8")


def _bare(document: bytes) -> bytes:
    return re.sub(rb"^<\?xml[^>]*\?>\s*", b"", document)


def _signature(document: bytes) -> etree._Element:
    found = etree.fromstring(document).find(f"{DS}Signature")
    assert found is not None
    return found


def _moved_signature(document: bytes, signed: bytes) -> bytes:
    root = etree.fromstring(document)
    root.append(_signature(signed))
    return etree.tostring(root, encoding="utf-8")


def _with_certificate(signed: bytes, key: SigningKey) -> bytes:
    root = etree.fromstring(signed)
    element = root.find(f".//{DS}X509Certificate")
    assert element is not None
    element.text = "".join(key.certificate.pem.splitlines()[1:-1])
    return etree.tostring(root, encoding="utf-8")


def _inside(outer: bytes, inner: bytes) -> bytes:
    root = etree.fromstring(outer)
    root.append(etree.fromstring(_bare(inner)))
    return etree.tostring(root, encoding="utf-8")


def _deeper(signed: bytes) -> bytes:
    root = etree.fromstring(signed)
    signature = root.find(f"{DS}Signature")
    assert signature is not None
    holder = etree.SubElement(root, "holder")
    holder.append(signature)
    return etree.tostring(root, encoding="utf-8")


def _with_last_child(signed: bytes) -> bytes:
    root = etree.fromstring(signed)
    etree.SubElement(root, "approved").text = "yes"
    return etree.tostring(root, encoding="utf-8")


def _with_comment(signed: bytes) -> bytes:
    digits = re.search(rb">(\d{6})(\d{6})<", signed)
    assert digits is not None
    return signed.replace(digits[0], b">" + digits[1] + b"<!-- -->" + digits[2] + b"<", 1)


_XSLT = (
    b'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116">'
    b'<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"/></ds:Transform>'
)
