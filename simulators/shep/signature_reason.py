"""Why a signature was refused, for the person who made it: the reference, the digests, the canonical bytes.

Worked out again after the refusal and by other code than the check: nothing here is trusted, and nothing that it finds
lets a message in. What cannot be worked out is left out.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from gateway.eds.canonical import Canonicalisation, Method
from gateway.eds.errors import EdsError
from gateway.eds.signedinfo import ENVELOPED, SIGNATURE, SignedInfo, read_signed_info
from gateway.eds.xml import parse
from gateway.shep.names import SOAP, WSU

KEPT_BYTES: Final = 64 * 1024
"""So much of the canonical form is kept."""
_BODY: Final = f"{{{SOAP}}}Body"
_HEADER: Final = f"{{{SOAP}}}Header"
_ID: Final = f"{{{WSU}}}Id"


@dataclass(frozen=True, slots=True)
class SignatureReason:
    """What the gateway sees of a signature; `canonical` is what the reference should have been the digest of."""

    facts: dict[str, str]
    canonical: bytes = field(default=b"", repr=False)


def transport_reason(envelope: bytes) -> SignatureReason:
    """Look at the signature over the Body; takes as long as checking it, so call it in a thread."""
    try:
        root = parse(envelope)
        header = root.find(_HEADER)
        signature = None if header is None else next(header.iter(SIGNATURE), None)
        if signature is None:
            return SignatureReason({})
        info = read_signed_info(signature)
        reference = info.reference.uri
        pointed = [each for each in root.iter("*") if reference == f"#{each.get(_ID)}"]
        facts = {"reference": reference, "reference_points_at": _places(pointed)}
        target = pointed[0] if pointed else root.find(_BODY)
        if target is None:
            return SignatureReason(facts)
        return _reason(info, facts | _value(info), _canonicalisation(info).subtree(target))
    except EdsError as error:
        return SignatureReason({"cannot_be_read": str(error)[:300]})


def business_reason(payload: bytes) -> SignatureReason:
    """Look at the last enveloped signature of a payload; call it in a thread as well."""
    try:
        root = parse(payload, keep_instructions=True)
        signatures = root.findall(SIGNATURE)
        if not signatures:
            return SignatureReason({})
        info = read_signed_info(signatures[-1])
        facts = {"reference": info.reference.uri or '""', "reference_points_at": _places([root])}
        facts |= _value(info)
        _take_out(signatures[-1])
        return _reason(info, facts, _canonicalisation(info).document(root))
    except EdsError as error:
        return SignatureReason({"cannot_be_read": str(error)[:300]})


def _reason(info: SignedInfo, facts: dict[str, str], canonical: bytes) -> SignatureReason:
    found = info.reference.digest(canonical)
    expected = info.reference.digest_value
    return SignatureReason(
        {
            **facts,
            "digest_method": info.reference.digest.uri,
            "digest_expected": base64.b64encode(expected).decode(),
            "digest_found": base64.b64encode(found).decode(),
            "digest_agrees": "yes" if found == expected else "no",
            "canonical_bytes": str(len(canonical)),
        },
        canonical[:KEPT_BYTES],
    )


def _value(info: SignedInfo) -> dict[str, str]:
    """Return what the signature value should have been made over."""
    signed = info.canonicalisation.subtree(info.element)
    return {"signature_method": info.method.uri, "signed_info": signed[:4096].decode("utf-8", errors="replace")}


def _take_out(signature: etree._Element) -> None:
    """Remove the signature and not the white space after it, which was there before."""
    parent, before, tail = signature.getparent(), signature.getprevious(), signature.tail or ""
    signature.tail = None
    if parent is None:
        return
    parent.remove(signature)
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail


def _canonicalisation(info: SignedInfo) -> Canonicalisation:
    for transform in info.reference.transforms:
        if isinstance(transform, Canonicalisation):
            return transform
    enveloped = ENVELOPED in info.reference.transforms
    return Canonicalisation(Method.INCLUSIVE if enveloped else Method.EXCLUSIVE)


def _places(elements: list[etree._Element]) -> str:
    return ", ".join(_path(each) for each in elements[:4]) or "nothing"


def _path(element: etree._Element) -> str:
    def names() -> Iterator[str]:
        for each in (*reversed([*element.iterancestors()]), element):
            yield etree.QName(each).localname

    return "/" + "/".join(names())
