"""Constraints on policies and names in a path (RFC 5280 sections 4.2.1.10–14), judged by pyhanko-certvalidator.

No certificate of the НУЦ carries them, so the whole machinery of section 6.1 is kept out of the common case and asked
only where it is needed. The library judges such a path as a whole, our own rules having judged it before.
"""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import timedelta
from functools import lru_cache

from asn1crypto import x509
from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.keys import PublicKeyInfo
from pyhanko_certvalidator.authority import CertTrustAnchor
from pyhanko_certvalidator.context import ValidationContext
from pyhanko_certvalidator.path import ValidationPath
from pyhanko_certvalidator.policy_decl import (
    NO_REVOCATION,
    AcceptAllAlgorithms,
    CertRevTrustPolicy,
    PKIXValidationParams,
)
from pyhanko_certvalidator.sig_validate import (
    DEFAULT_VALIDATION_CONTEXT,
    SignatureValidationContext,
    SignatureValidator,
)
from pyhanko_certvalidator.validate import async_validate_path

from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.errors import PathRefused
from gateway.eds.pathpolicy import ANY_POLICY, CONSTRAINTS, PathPolicy


def check_constraints(path: tuple[Certificate, ...], policy: PathPolicy = ANY_POLICY) -> None:
    """Hold a path whose signatures are already verified against policies and names; raises `PathRefused`."""
    try:
        _at_once(_validate(path, policy))
    except Exception as error:
        # The library and its reader of ASN.1 promise no closed set of errors.
        raise PathRefused(Code.PATH_REFUSED, reason=str(error)[:300]) from error


async def _validate(path: tuple[Certificate, ...], policy: PathPolicy) -> None:
    leaf, *issuers, anchor = path
    context = ValidationContext(
        trust_roots=[],
        allow_fetching=False,
        moment=max(certificate.not_before for certificate in path) + timedelta(seconds=1),
        revinfo_policy=CertRevTrustPolicy(NO_REVOCATION),
        algorithm_usage_policy=AcceptAllAlgorithms(),
        signature_validator=_AlreadyVerified(),
    )
    chain = ValidationPath(
        CertTrustAnchor(
            _authority(anchor.der), derive_default_quals_from_cert=bool(CONSTRAINTS & anchor.extensions.keys())
        ),
        [_authority(issuer.der) for issuer in reversed(issuers)],
        _foreign(leaf.der),
    )
    parameters = PKIXValidationParams(
        user_initial_policy_set=frozenset({"any_policy"}) if policy.acceptable is None else policy.acceptable,
        initial_policy_mapping_inhibit=policy.inhibit_mapping,
        initial_explicit_policy=policy.require_explicit,
        initial_any_policy_inhibit=policy.inhibit_any,
    )
    await async_validate_path(context, chain, parameters)


def _at_once(task: Coroutine[object, None, None]) -> None:
    """Run what is asynchronous in form only: with nothing to fetch the library never waits."""
    try:
        task.send(None)
    except StopIteration:
        return
    task.close()
    raise RuntimeError("the library waited for something")


def _foreign(der: bytes) -> x509.Certificate:
    loaded: x509.Certificate = x509.Certificate.load(der)
    return loaded


_authority = lru_cache(maxsize=64)(_foreign)
"""Authorities are in every path; the library reads a certificate piece by piece and keeps what it has read."""


class _AlreadyVerified(SignatureValidator):
    """Every signature was verified by our registry, which knows algorithms that the library does not."""

    def validate_signature(
        self,
        signature: bytes,
        signed_data: bytes,
        public_key_info: PublicKeyInfo,
        signature_algorithm: SignedDigestAlgorithm,
        context: SignatureValidationContext = DEFAULT_VALIDATION_CONTEXT,
    ) -> None:
        """Accept."""
