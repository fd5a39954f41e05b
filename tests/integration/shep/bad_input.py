"""What no honest party sends to a door of the channels, and what it must be told."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from gateway.eds.keys import SigningKey
from gateway.eds.wsse import sign_body
from gateway.shep.async_channel import write_message
from gateway.shep.messages import MessageType, Sender
from gateway.shep.names import ASYNC, MAX_ENVELOPE_BYTES, SOAP, SYNC, WSSE
from gateway.shep.sync_channel import write_question
from tests.integration.shep.world import MESSAGE_SERVICE, PASSWORDS, QUESTION_SERVICE
from tests.unit.shep.messages import message, question

PORTAL = Sender("PORTAL", PASSWORDS["PORTAL"])
XML = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}


@dataclass(frozen=True, slots=True)
class Door:
    """One door: who stands behind it, whose key its callers sign with, what it takes."""

    system: str
    path: str
    caller: str
    is_sync: bool

    @property
    def wrapper(self) -> str:
        """The element that this door is made for, in Clark notation."""
        return f"{{{SYNC}}}SendMessage" if self.is_sync else f"{{{ASYNC}}}sendMessage"

    def content(self, **changes: object) -> etree._Element:
        """A message that this door would take, but for `changes`."""
        if self.is_sync:
            return write_question(question(**{"service_id": QUESTION_SERVICE, "sender": PORTAL, **changes}))
        ids = {} if self.caller == "PORTAL" else {"message_id": "7", "correlation_id": "7"}
        fields = {"service_id": MESSAGE_SERVICE, "sender": PORTAL, "message_type": MessageType.REQUEST, **ids}
        return write_message(message(**{**fields, **changes}))


def envelope(content: bytes | etree._Element = b"<x/>", *, header: bytes = b"", before: bytes = b"") -> bytes:
    """An envelope around `content`, unsigned."""
    inner = content if isinstance(content, bytes) else etree.tostring(content)
    parts = (b'<s:Envelope xmlns:s="', SOAP.encode(), b'"><s:Header>', header, b"</s:Header><s:Body>", inner)
    return before + b"".join(parts) + b"</s:Body></s:Envelope>"


def signed(content: bytes | etree._Element, key: SigningKey) -> bytes:
    """An envelope that is signed as it must be."""
    return sign_body(etree.fromstring(envelope(content)), key)


@dataclass(frozen=True, slots=True)
class Case:
    """One bad input; `body` makes its bytes for a door and the key of a caller that the door knows."""

    name: str
    body: Callable[[Door, SigningKey], bytes]
    reason: str
    code: str = "SCE001"
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def plain(name: str, body: bytes, reason: str, code: str = "SCE001", **headers: str) -> Case:
    """A case whose bytes are the same at every door."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Case(name, lambda _door, _key: body, reason, code, named)


def good(door: Door, key: SigningKey) -> bytes:
    """What the door would take."""
    return signed(door.content(), key)


def made(name: str, change: Callable[[bytes], bytes], reason: str, code: str = "SCE001") -> Case:
    """A case made of a good envelope by changing its bytes."""
    return Case(name, lambda door, key: change(good(door, key)), reason, code)


def headed(name: str, reason: str, **headers: str) -> Case:
    """A good envelope under bad headers."""
    return Case(name, good, reason, headers={key.replace("_", "-"): value for key, value in headers.items()})


def within(name: str, change: Callable[[Door], bytes | etree._Element], reason: str, code: str = "SCE001") -> Case:
    """A well signed envelope around what the door does not take."""
    return Case(name, lambda door, key: signed(change(door), key), reason, code)


def _renamed(namespace: str) -> Callable[[Door], etree._Element]:
    def change(door: Door) -> etree._Element:
        content = door.content()
        content.tag = f"{{{namespace or etree.QName(content).namespace.replace('Types', 'types')}}}" + (
            etree.QName(content).localname
        )
        return content

    return change


def _qualified(door: Door) -> etree._Element:
    content = door.content()
    for element in content.iterdescendants():
        if element.getparent().tag != "data" and element.tag != "data":
            element.tag = f"{{{etree.QName(content).namespace}}}{element.tag}"
    return content


def _children_of_the_other(door: Door) -> etree._Element:
    content = door.content()
    other = Door("", "", "PORTAL", not door.is_sync).content()
    content[:] = list(other)
    return content


def _twice(mark: bytes, end: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        start = data.index(mark)
        stop = data.index(end, start) + len(end)
        return data[:stop] + data[start:stop] + data[stop:]

    return change


def _header_last(data: bytes) -> bytes:
    envelope = etree.fromstring(data)
    envelope.append(envelope[0])
    return etree.tostring(envelope)


def _spaces(number: int, end: bytes) -> bytes:
    return b"".join(b'<a xmlns:n%d="urn:%d"' % (n, n) + end for n in range(number))


_BOMB = b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
_ENTITY = b'<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
_MIME = b'--b\r\nContent-Type: application/xop+xml; type="text/xml"\r\n\r\n' + envelope()
_LATE = b"<!--" + b"x" * 70_000 + b"--><!DOCTYPE s>"
_MIME_TYPE = 'multipart/related; type="application/xop+xml"; boundary=b'
_PACKED = zlib.compress(b"\0" * 40_000_000)

NOT_SOAP = (
    plain("nothing", b"", "no element at the start"),
    plain("html", b"<html><body>502</body></html>", "not a SOAP 1.1 Envelope"),
    plain("html as html", b"<html/>", "content type", Content_Type="text/html"),
    plain("json", b'{"a": 1}', "no element at the start"),
    plain("json as json", b'{"a": 1}', "content type", Content_Type="application/json"),
    plain("a form", b"a=1", "content type", Content_Type="application/x-www-form-urlencoded"),
    plain("binary", bytes(range(256)) * 40, "no element at the start", Content_Type="application/octet-stream"),
    plain("no namespace", b"<Envelope><Body/></Envelope>", "not a SOAP 1.1 Envelope"),
    made("soap 1.2", lambda it: it.replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope"), "not a SOAP"),
    plain("an empty Body", envelope(b""), "", "SCE007"),
    within("another element", lambda _: b"<x/>", "no operation of the channels"),
    plain("a fault", envelope(b"<s:Fault/>"), "", "SCE007"),
)
ACTIONS = (
    headed("another action", "SOAPAction 'urn:other'", SOAPAction='"urn:other"'),
    headed("another action, bare", "SOAPAction 'urn:other'", SOAPAction="urn:other"),
    headed("a long action", "SOAPAction", SOAPAction="SendMessage" * 100),
    headed("an action in other letters", "SOAPAction", SOAPAction='"сообщение"'),
    headed("an action of many parts", "SOAPAction", SOAPAction="/:#" * 60 + "!"),
)
KINDS = (
    headed("gzip", "packed", Content_Encoding="gzip"),
    plain("a deflate bomb", _PACKED, "packed", Content_Encoding="deflate"),
    headed("packed twice", "packed", Content_Encoding="identity, gzip"),
    headed("utf-16 by header", "charset 'utf-16'", Content_Type="text/xml; charset=utf-16"),
    headed("utf-7 by header", "charset 'utf-7'", Content_Type="text/xml; charset=utf-7"),
    headed("a charset that is none", "charset", Content_Type='text/xml; charset="\\"><a"'),
    plain("mime", _MIME + b"\r\n--b--", "attachments are not offered", Content_Type=_MIME_TYPE),
    plain("mime cut in the middle", _MIME[:99], "attachments", Content_Type=_MIME_TYPE),
    plain("mime without a boundary", _MIME, "attachments", Content_Type="multipart/related"),
    plain("mime that says xml", _MIME, "no element at the start"),
    headed("form-data", "attachments", Content_Type="multipart/form-data; boundary=b"),
)
ENVELOPES = (
    made("cut in the middle", lambda it: it[: len(it) // 2], "xml-malformed"),
    made("cut before its end", lambda it: it[:-1], "xml-malformed"),
    made("more after its end", lambda it: it + b"<a/>", "xml-malformed"),
    made("two Bodies", _twice(b"<s:Body", b"</s:Body>"), "2 Bodies"),
    made("a Body more, empty", lambda it: it.replace(b"</s:Body>", b"</s:Body><s:Body/>"), "2 Bodies"),
    made("two Headers", lambda it: it.replace(b"<s:Body", b"<s:Header/><s:Body", 1), "one Header and one Body"),
    made("the Header after the Body", _header_last, "the Header stands after the Body"),
    made("something after the Body", lambda it: it.replace(b"</s:Body>", b"</s:Body><a/>"), "one Header"),
    made("two Security headers", _twice(b"<wsse:Security", b"</wsse:Security>"), "more than one Security"),
    plain(
        "two Security headers, empty",
        envelope(header=b'<w:Security xmlns:w="%s"/>' % WSSE.encode() * 2),
        "more than one Security",
    ),
    within("two operations", lambda door: etree.tostring(door.content()) * 2, "one element is expected"),
    within("no operation", lambda _: b"", "one element is expected"),
)
EDITIONS = (
    within("the wrapper of no edition", _renamed(""), "no operation of the channels"),
    within("the wrapper of the other channel", lambda door: Door("", "", "PORTAL", not door.is_sync).content(), ""),
    within("children that are qualified", _qualified, "request is missing"),
    within("children of the other channel", _children_of_the_other, "Info is missing"),
    within("a request without anything", lambda door: f'<o:{_local(door)} xmlns:o="{_ns(door)}"/>'.encode(), "missing"),
)
XML_BOMBS = (
    plain("doctype", envelope(before=b"<!DOCTYPE s>"), "xml-doctype"),
    plain("doctype after a long comment", envelope(before=_LATE), "xml-malformed"),
    plain("entities", envelope(b"&e;", before=_ENTITY), "xml-doctype"),
    plain("billion laughs", envelope(b"&a9;", before=b'<!DOCTYPE s [<!ENTITY a0 "a">' + _BOMB + b"]>"), "xml-doctype"),
    within(
        "xinclude",
        lambda _: b'<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>',
        "no operation",
    ),
    plain("depth", envelope(b"<a>" * 10_000 + b"</a>" * 10_000), "depth"),
    plain("depth without an end", envelope(b"<a>" * 40_000), "xml-malformed"),
    plain("elements", envelope(b"<a/>" * 400_000), "elements"),
    plain("attributes of one", envelope(b"<a " + b" ".join(b'a%d=""' % n for n in range(9000)) + b"/>"), "attributes"),
    plain("attributes of all", envelope(b'<a b=""/>' * 60_000), "attributes"),
    plain("namespaces side by side", envelope(_spaces(20_000, b"/>")), "", "SCE007"),
    plain("namespaces in one another", envelope(_spaces(90, b">") + b"<a/>" * 9000 + b"</a>" * 90), "namespaces"),
    plain("references", envelope(b"&#65;" * 300_000), "references"),
    plain("white space", envelope(b" " * 9_000_000), "white space"),
    plain("a long name", envelope(b"<" + b"a" * 1_000_000 + b"/>"), "", "SCE007"),
    plain("a name longer still", envelope(b"<" + b"a" * 11_000_000 + b"/>"), "xml-malformed"),
    plain("one text", envelope(b"<a>" + b"x" * 15_000_000 + b"</a>"), "", "SCE007"),
    plain("one attribute", envelope(b'<a b="' + b"x" * 9_000_000 + b'"/>'), "", "SCE007"),
)
ENCODINGS = (
    made("not utf-8", lambda it: it.replace(b"<serviceId>", b"<serviceId>\xff\xfe"), "xml-malformed"),
    made("utf-8 written too long", lambda it: it.replace(b"<serviceId>", b"<serviceId>\xc0\xbc"), "xml-malformed"),
    made("half a surrogate pair", lambda it: it.replace(b"<serviceId>", b"<serviceId>\xed\xa0\x80"), "xml-malformed"),
    made("utf-16", lambda it: it.decode().encode("utf-16"), "xml-encoding"),
    made("utf-16 without its mark", lambda it: it.decode().encode("utf-16-be"), "xml-encoding"),
    made("utf-7 declared", lambda it: b'<?xml version="1.0" encoding="utf-7"?>' + it, "xml-encoding"),
    made("utf-16 declared", lambda it: b'<?xml version="1.0" encoding="UTF-16"?>' + it, "xml-encoding"),
    made("ebcdic declared", lambda it: b'<?xml version="1.0" encoding="cp037"?>' + it, "xml-encoding"),
    made("nul", lambda it: it.replace(b"<serviceId>", b"<serviceId>\0"), "xml-malformed"),
    made("nul at the end", lambda it: it + b"\0", "xml-malformed"),
    made("nul by reference", lambda it: it.replace(b"<serviceId>", b"<serviceId>&#0;"), "xml-malformed"),
    made("the last noncharacter", lambda it: it.replace(b"<serviceId>", b"<serviceId>\xef\xbf\xbf"), "xml-malformed"),
    made("two marks of byte order", lambda it: b"\xef\xbb\xbf" * 2 + it, "no element at the start"),
)
SEALS = (
    Case("not signed", lambda door, _: envelope(door.content()), "", "SCE007"),
    made("another content", lambda it: it.replace(b"<serviceId>", b"<serviceId>X"), "", "SCE006"),
)
TABLE = NOT_SOAP + ACTIONS + KINDS + ENVELOPES + EDITIONS + XML_BOMBS + ENCODINGS + SEALS


def _local(door: Door) -> str:
    return etree.QName(door.wrapper).localname


def _ns(door: Door) -> str:
    return str(etree.QName(door.wrapper).namespace)


TAKEN = (
    ("as it must be", {}, lambda it: it),
    ("no action", {"SOAPAction": None}, lambda it: it),
    ("an empty action", {"SOAPAction": ""}, lambda it: it),
    ("the action of PHP", {"SOAPAction": f'"{SYNC}#SendMessage"'}, lambda it: it),
    ("an action that names the operation", {"SOAPAction": "sendMessage"}, lambda it: it),
    ("application/xml", {"Content-Type": "application/xml"}, lambda it: it),
    ("a mark of byte order", {}, lambda it: b"\xef\xbb\xbf" + it),
    ("an instruction before", {}, lambda it: it.replace(b"?>", b'?><?xml-stylesheet href="http://127.0.0.1/"?>', 1)),
)
"""What real clients send beside the strict form, and every door takes."""


def raw_request(path: str, body: bytes = b"", *lines: str, length: bool = True) -> bytes:
    """The bytes of a request."""
    head = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", *lines]
    if not any(line.lower().startswith("content-type") for line in lines):
        head.append("Content-Type: text/xml")
    if length:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


async def raw(port: int, *pieces: bytes, seconds: float = 30) -> bytes:
    """Write pieces to a port and return everything that comes until the other side closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        except ConnectionError:
            pass  # refused before it was read; what was answered may still be read
        async with asyncio.timeout(seconds):
            return await reader.read()
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


OVER = MAX_ENVELOPE_BYTES + 1
