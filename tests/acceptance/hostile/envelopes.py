"""Envelopes that no honest party writes."""

from __future__ import annotations

from collections.abc import Mapping

from lxml import etree

from gateway.eds.keys import SigningKey
from gateway.eds.wsse import sign_body
from gateway.shep.names import WSSE

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


def envelope(content: str, *, before: str = "", header: str = "") -> bytes:
    """Return an envelope around `content`."""
    text = f'{before}<s:Envelope xmlns:s="{SOAP}"><s:Header>{header}</s:Header><s:Body>{content}</s:Body></s:Envelope>'
    return text.encode()


def signed(content: str, key: SigningKey) -> bytes:
    """Return an envelope that is signed as it must be."""
    return sign_body(etree.fromstring(envelope(content)), key)


PLAIN = '<a:sendMessage xmlns:a="http://bip.bee.kz/AsyncChannel/v10/Types"><request/></a:sendMessage>'
DECLARATION = '<?xml version="1.0" encoding="{}"?>'
HOSTILE: Mapping[str, bytes] = {
    "nothing": b"",
    "no xml": b"\x00\xff\x00\xff" * 100,
    "text": b"hello",
    "html": b"<html><body>502</body></html>",
    "json": b'{"a": 1}',
    "truncated": envelope(PLAIN)[:120],
    "another root": b"<Envelope/>",
    "soap 1.2": envelope(PLAIN).replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope"),
    "two bodies": envelope(PLAIN).replace(b"</s:Body>", b"</s:Body><s:Body/>"),
    "two headers": envelope(PLAIN).replace(b"<s:Body>", b"<s:Header/><s:Body>"),
    "two security headers": envelope(PLAIN, header=2 * f'<w:Security xmlns:w="{WSSE}"/>'),
    "mime": b"--b\r\nContent-Type: application/xop+xml\r\n\r\n" + envelope(PLAIN)[:80],
    "no body": f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(),
    "empty body": envelope(""),
    "two contents": envelope(PLAIN + PLAIN),
    "unknown operation": envelope("<x/>"),
    "not signed": envelope(PLAIN),
    "empty security": envelope(PLAIN, header=f'<w:Security xmlns:w="{"http://docs.oasis-open.org/wss/2004/01/"}"/>'),
    "doctype": envelope(PLAIN, before="<!DOCTYPE a>"),
    "entity": envelope("&a;", before='<!DOCTYPE a [<!ENTITY a "b">]>'),
    "entity bomb": envelope("&a9;", before=f'<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">{_BOMB}]>'),
    "parameter entity": envelope("x", before='<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:1/x">%b;]>'),
    "external entity": envelope("&a;", before='<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
    "external dtd": envelope("x", before='<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">'),
    "doctype after a comment": envelope(PLAIN, before="<!-- " + "x" * 70_000 + " --><!DOCTYPE a>"),
    "xinclude": envelope('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'),
    "stylesheet": envelope(PLAIN, before='<?xml-stylesheet href="http://127.0.0.1:1/x.xsl" type="text/xsl"?>'),
    "schema location": envelope(
        '<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="a http://127.0.0.1:1/"/>'
    ),
    "deep": envelope("<a>" * 60_000 + "</a>" * 60_000),
    "wide": envelope("<a/>" * 400_000),
    "many attributes": envelope("<a " + " ".join(f'a{n}=""' for n in range(60_000)) + "/>"),
    "a long attribute": envelope(f'<a b="{"c" * 5_000_000}"/>'),
    "a long name": envelope(f"<{'a' * 1_000_000}/>"),
    "many namespaces": envelope("".join(f'<a xmlns:n{n}="urn:{n}">' for n in range(90)) + "</a>" * 90),
    "namespaces everywhere": envelope("".join(f'<a xmlns:n{n}="urn:{n}"/>' for n in range(20_000))),
    "same attribute twice": envelope('<a b="1" b="2"/>'),
    "no namespace": envelope("<p:a/>"),
    "utf-7": (DECLARATION.format("utf-7") + "+ADw-a/+AD4-").encode(),
    "utf-16 with its mark": envelope(PLAIN, before=DECLARATION.format("utf-16")).decode().encode("utf-16"),
    "utf-16 without": envelope(PLAIN).decode().encode("utf-16-be"),
    "utf-32": envelope(PLAIN).decode().encode("utf-32"),
    "ebcdic": envelope(PLAIN, before=DECLARATION.format("cp037")).decode().encode("cp037"),
    "says utf-8 and is not": envelope(PLAIN.replace("<request/>", "<request>X</request>")).replace(b"X", b"\xff\xfe"),
    "unknown encoding": envelope(PLAIN, before=DECLARATION.format("x-none")),
    "xml 1.1": envelope(PLAIN, before='<?xml version="1.1"?>'),
    "nul": envelope("<a>&#0;</a>"),
    "control character": envelope("<a>&#8;</a>"),
    "sixteen megabytes": envelope("<a>" + "x" * 17_000_000 + "</a>"),
}
