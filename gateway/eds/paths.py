"""Trust paths: from a certificate to an anchor that the operator holds, validated as RFC 5280 section 6 says.

The path is found here (by name, key identifier and signature, so that roots of one name are told apart by their keys)
and validated by pyhanko-certvalidator with our signature check inside. Revocation is judged apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509
from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.keys import PublicKeyInfo
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import NO_REVOCATION, CertRevTrustPolicy
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    SignatureValidationContext,
    SignatureValidator,
)
from pyhanko_certvalidator.validate import async_validate_path

from gateway.eds.algorithms import ALGORITHMS
from gateway.eds.certificate import MAX_CERTIFICATE_BYTES, Certificate, read_certificates
from gateway.eds.codes import Code
from gateway.eds.errors import AlgorithmRefused, PathRefused

MAX_PATH = 6
_MAX_CANDIDATES = 64
_SUFFIXES = frozenset({".cer", ".crt", ".pem", ".der"})


@dataclass(frozen=True, slots=True)
class Anchors:
    """What the operator trusts: anchors, and issuing authorities that are known but must lead to an anchor."""

    trusted: tuple[Certificate, ...]
    known: tuple[Certificate, ...] = ()

    @classmethod
    def of(cls, trusted: Iterable[Certificate], known: Iterable[Certificate] = ()) -> Anchors:
        """Trust exactly the certificates given, self-signed or not."""
        return cls(tuple(dict.fromkeys(trusted)), tuple(dict.fromkeys(known)))

    @classmethod
    def from_folder(cls, folder: Path) -> Anchors:
        """Read every certificate file of a folder: the self-signed are trusted, the others are known issuers.

        Raises `CertificateUnreadable` for a file that is none, so that a typing error is seen at the start.
        """
        found: list[Certificate] = []
        for file in sorted(folder.iterdir()):
            if file.suffix.lower() in _SUFFIXES and file.stat().st_size <= 64 * MAX_CERTIFICATE_BYTES:
                found.extend(read_certificates(file.read_bytes()))
        trusted = [one for one in found if one.self_issued and one.aki in {None, one.ski}]
        return cls.of(trusted, (one for one in found if one not in trusted))


def signed_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Tell whether the issuer's key made the certificate's signature; raises `AlgorithmRefused`."""
    return _verified(
        certificate.signature_algorithm,
        issuer.key_info,
        issuer.key_algorithm,
        certificate.signature,
        certificate.tbs,
    )


@lru_cache(maxsize=256)
def _verified(algorithm: str, key_info: bytes, key_algorithm: str, signature: bytes, data: bytes) -> bool:
    """Check a signature once: every path and every OCSP answer brings the same authorities and responders again."""
    return ALGORITHMS.verify(algorithm, key_info=key_info, key_algorithm=key_algorithm, signature=signature, data=data)


async def find_path(
    certificate: Certificate, anchors: Anchors, given: Iterable[Certificate] = ()
) -> tuple[Certificate, ...]:
    """Return a valid path from the certificate up to its anchor; raises `PathRefused`.

    `given` are issuers that came with the signature: they help, they are not trusted. The path is validated for a
    moment at which all of it is valid; the period that matters is judged by the caller.
    """
    refusal = PathRefused(Code.ISSUER_UNKNOWN, issuer=certificate.issuer_dn)
    candidates = (*anchors.trusted, *anchors.known, *given)
    budget = iter(range(_MAX_CANDIDATES))
    try:
        for path in _paths((certificate,), frozenset(anchors.trusted), candidates, budget):
            try:
                await _validate(path)
            except (ValidationError, PathError, ValueError) as error:
                refusal = PathRefused(Code.PATH_REFUSED, reason=str(error)[:300])
            else:
                return path
    except AlgorithmRefused as error:
        raise PathRefused(error.code, **error.facts) from error
    raise refusal


def _paths(
    path: tuple[Certificate, ...],
    trusted: frozenset[Certificate],
    candidates: tuple[Certificate, ...],
    budget: Iterator[int],
) -> Iterator[tuple[Certificate, ...]]:
    last = path[-1]
    if last in trusted:
        yield path
        return
    if len(path) >= MAX_PATH:
        return
    for issuer in candidates:
        if issuer in path or not issuer.is_authority or not issuer.subject.name.same(last.issuer):
            continue
        if last.aki is not None and issuer.ski is not None and last.aki != issuer.ski:
            continue
        if next(budget, None) is None:
            return
        if _signed_by_some(last, issuer):
            yield from _paths((*path, issuer), trusted, candidates, budget)


def _signed_by_some(certificate: Certificate, issuer: Certificate) -> bool:
    try:
        return signed_by(certificate, issuer)
    except AlgorithmRefused as error:
        # A namesake of the issuer with a key of another family; an unknown or weak algorithm is told instead.
        if error.code is Code.ALGORITHM_MISMATCH:
            return False
        raise


async def _validate(path: tuple[Certificate, ...]) -> None:
    leaf, *issuers, anchor = path if len(path) > 1 else (path[0], path[0])
    if leaf == anchor:
        return
    moment = max(certificate.not_before for certificate in path)
    context = ValidationContext(
        trust_roots=[],
        allow_fetching=False,
        moment=moment + timedelta(seconds=1),
        revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),
        signature_validator=_OurSignatures(),
    )
    chain = ValidationPath(
        CertTrustAnchor(_authority(anchor.der)),
        [_authority(issuer.der) for issuer in reversed(issuers)],
        _foreign(leaf.der),
    )
    await async_validate_path(context, chain)


def _foreign(der: bytes) -> x509.Certificate:
    loaded: x509.Certificate = x509.Certificate.load(der)
    return loaded


_authority = lru_cache(maxsize=64)(_foreign)
"""Authorities are in every path; the library reads a certificate piece by piece and keeps what it has read."""


class _OurSignatures(SignatureValidator):
    """The library asks our registry, so that it knows every algorithm that we know."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: PublicKeyInfo,
        signature_algorithm: SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        try:
            good = _verified(
                signature_algorithm["algorithm"].dotted,
                public_key_info.dump(),
                public_key_info["algorithm"]["algorithm"].dotted,
                signature,
                signed_data,
            )
        except AlgorithmRefused as error:
            raise InvalidSignature from error
        if not good:
            raise InvalidSignature
