"""Answers with a defect, for those who test what a client makes of them: the second half of the fault kit."""

from __future__ import annotations

import asyncio
import base64
import copy
import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, Protocol

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree

from gateway.eds.certificate import read_certificate
from gateway.eds.keys import SigningKey, signing_key
from gateway.eds.wsse import KeyReference
from gateway.shep.door import soap_answer
from gateway.shep.envelope import wrap
from gateway.shep.names import DS, MAX_ENVELOPE_BYTES, SOAP, WSU
from gateway.shep.seal import seal
from simulators.shep.faults import FaultKind, FaultPlan, cut

_BODY, _HEADER, _ID = f"{{{SOAP}}}Body", f"{{{SOAP}}}Header", f"{{{WSU}}}Id"
_PIECES: Final = 20
_FORGED: Final = "FORGED"


class Write(Protocol):
    """Writes the element for the answer's Body."""

    def __call__(self) -> etree._Element:
        """Return it, written anew each time."""


async def answer_with(
    plan: FaultPlan | None, write: Write, key: SigningKey, request: web.Request
) -> web.StreamResponse:
    """Return the signed answer, with the defect that is planned."""
    kind = None if plan is None else plan.kind
    if kind is FaultKind.UNSIGNED:
        return soap_answer(await asyncio.to_thread(lambda: _written(wrap(write()))))
    if kind is FaultKind.OTHER_SIGNER:
        stranger = await asyncio.to_thread(_stranger)
        return soap_answer(await seal(write, stranger, KeyReference.KEY_IDENTIFIER))
    sealed = await seal(_WRITERS.get(kind, _as_it_is)(write), key, KeyReference.ISSUER_SERIAL)
    if kind is FaultKind.CUT:
        return cut(request)
    if plan is not None and kind is FaultKind.SLOW_DRIP:
        return await _drip(sealed, plan.seconds, request)
    spoil = _SPOILERS.get(kind)
    return soap_answer(sealed if spoil is None else await asyncio.to_thread(spoil, sealed))


async def _drip(envelope: bytes, seconds: float, request: web.Request) -> web.StreamResponse:
    answer = web.StreamResponse(headers={"Content-Type": "text/xml; charset=utf-8"})
    answer.content_length = len(envelope)
    await answer.prepare(request)
    size = -(-len(envelope) // _PIECES)
    for start in range(0, len(envelope), size):
        await asyncio.sleep(seconds / _PIECES)
        await answer.write(envelope[start : start + size])
    await answer.write_eof()
    return answer


def _wrong_digest(envelope: bytes) -> bytes:
    root = etree.fromstring(envelope)
    body = root.find(_BODY)
    assert body is not None
    body.text = "\n" + (body.text or "")
    return _written(root)


def _wrong_signature(envelope: bytes) -> bytes:
    root = etree.fromstring(envelope)
    value = next(root.iter(f"{{{DS}}}SignatureValue"))
    signed = bytearray(base64.b64decode(value.text or ""))
    signed[len(signed) // 2] ^= 1
    value.text = base64.b64encode(signed).decode()
    return _written(root)


def _wrapped(envelope: bytes) -> bytes:
    """Move the signed Body into the Header, and put one with forged texts where readers look."""
    root = etree.fromstring(envelope)
    body, header = root.find(_BODY), root.find(_HEADER)
    assert body is not None
    assert header is not None
    forged = copy.deepcopy(body)
    forged.set(_ID, f"id-{uuid.uuid4()}")
    for element in forged.iter("*"):
        if not len(element) and etree.QName(element).localname not in _KEPT:
            element.text = _FORGED
    etree.SubElement(header, "wrapper").append(body)
    root.append(forged)
    return _written(root)


_KEPT: Final = frozenset({"messageId", "correlationId", "code", "responseDate", "sessionId", "messageState"})
"""What a forger leaves as it is, so that the answer is believed."""


def _oversized(envelope: bytes) -> bytes:
    return envelope + b"\n" * (MAX_ENVELOPE_BYTES + 1 - len(envelope))


def _mixed(envelope: bytes) -> bytes:
    text = envelope.decode("utf-8").replace("?>", "?>\n<!-- Ответ шлюза -->", 1)
    return text.encode("cp1251", errors="xmlcharrefreplace")


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _as_it_is(write: Write) -> Write:
    return write


def _with_crs(write: Write) -> Write:
    def work() -> etree._Element:
        content = write()
        for data in content.iter("data"):
            data.text = re.sub(r"\r?\n|(?<=>)(?=<)", "\r\n", data.text) if data.text else data.text
            for each in data.iterdescendants("*"):
                each.tail = (each.tail or "") + "\r\n"
        return content

    return work


def _to_another(write: Write) -> Write:
    def work() -> etree._Element:
        content = write()
        for name in ("messageId", "correlationId"):
            for each in content.iter(name):
                each.text = str(uuid.uuid4())
        return content

    return work


_SPOILERS: Final[dict[FaultKind | None, Callable[[bytes], bytes]]] = {
    FaultKind.WRONG_DIGEST: _wrong_digest,
    FaultKind.WRONG_SIGNATURE: _wrong_signature,
    FaultKind.WRAPPED_SIGNATURE: _wrapped,
    FaultKind.OVERSIZED: _oversized,
    FaultKind.NOT_XML: lambda _: b"OK",
    FaultKind.TRUNCATED: lambda envelope: envelope[: len(envelope) // 2],
    FaultKind.MIXED_ENCODING: _mixed,
}
_WRITERS: Final[dict[FaultKind | None, Callable[[Write], Write]]] = {
    FaultKind.CRS: _with_crs,
    FaultKind.REPLAYED_ANSWER: _to_another,
}


@cache
def _stranger() -> SigningKey:
    """Return a key that signs its own certificate, made once."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "СТРАННИК")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36_500))
        .sign(private, hashes.SHA256())
    )
    return signing_key(private, read_certificate(certificate.public_bytes(Encoding.DER)))
