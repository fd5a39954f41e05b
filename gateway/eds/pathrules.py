"""The rules of RFC 5280 section 6.1 for a path already found: from its anchor down to the certificate.

Signatures, names, basicConstraints, keyUsage and critical extensions are judged here, in well under a millisecond. Only
a path with constraints on policies or names, or a policy that demands some, is given to `pathconstraints` as well.
Periods and revocation are the caller's: they depend on the moment.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from gateway.eds import extensions
from gateway.eds.algorithms import ALGORITHMS, DSA_KEY, Algorithms
from gateway.eds.certificate import Certificate
from gateway.eds.codes import Code
from gateway.eds.der import SEQUENCE, Der, encode
from gateway.eds.errors import AlgorithmRefused, PathRefused
from gateway.eds.pathpolicy import ANY_POLICY, CONSTRAINTS, PathPolicy
from gateway.eds.roles import KeyUsage

PROCESSED = CONSTRAINTS | {
    extensions.SUBJECT_KEY_IDENTIFIER,
    extensions.KEY_USAGE,
    extensions.ALTERNATIVE_NAME,
    extensions.BASIC_CONSTRAINTS,
    extensions.CRL_POINTS,
    extensions.POLICIES,
    extensions.AUTHORITY_KEY_IDENTIFIER,
    extensions.EXTENDED_USAGE,
    extensions.FRESHEST_CRL,
    extensions.AUTHORITY_ACCESS,
    extensions.OCSP_NO_CHECK,
    "1.3.6.1.5.5.7.1.3",  # qcStatements (RFC 3739 section 3.2.6): what the certificate is, nothing to check in a path
}
"""The extensions that may be critical."""


def signed_by(certificate: Certificate, issuer: Certificate, algorithms: Algorithms = ALGORITHMS) -> bool:
    """Tell whether the issuer's key made the certificate's signature; raises `AlgorithmRefused`."""
    key = (issuer.key_algorithm, issuer.key_info)
    return _verified(algorithms, certificate.signature_algorithm, key, certificate.signature, certificate.tbs)


@lru_cache(maxsize=256)
def _verified(algorithms: Algorithms, name: str, key: tuple[str, bytes], signature: bytes, data: bytes) -> bool:
    """Check a signature once: every path and every OCSP answer brings the same authorities and responders again."""
    return algorithms.verify(name, key_info=key[1], key_algorithm=key[0], signature=signature, data=data)


def check_path(
    path: tuple[Certificate, ...], algorithms: Algorithms = ALGORITHMS, policy: PathPolicy = ANY_POLICY
) -> tuple[Certificate, ...]:
    """Hold a path (the certificate first, the anchor last) against the rules; raises `PathRefused`.

    The path comes back with keys that can be used: DSA parameters that a key inherits are written into its `key_info`.
    An anchor is held to its own basicConstraints and keyUsage too, as RFC 5937 allows; alone it is not judged at all.
    """
    if len(path) == 1:
        return path
    complete = [path[-1]]
    below = _authority(path[-1], len(path), counted=False)
    for place in range(len(path) - 2, -1, -1):
        certificate = with_parameters(path[place], complete[-1])
        _check_link(certificate, complete[-1], algorithms)
        if place:
            below = _authority(certificate, below, counted=not certificate.self_issued)
        complete.append(certificate)
    complete.reverse()
    found = tuple(complete)
    if policy.demands or any(CONSTRAINTS & certificate.extensions.keys() for certificate in found):
        # Not at the top: the library takes a third of a second to import, and the НУЦ's paths never need it.
        from gateway.eds.pathconstraints import check_constraints

        check_constraints(found, policy)
    return found


def _check_link(certificate: Certificate, issuer: Certificate, algorithms: Algorithms) -> None:
    """Section 6.1.3 (a) and the critical extensions of 6.1.4 (o) and 6.1.5 (f)."""
    try:
        if not signed_by(certificate, issuer, algorithms):
            raise _refusal(certificate, "the signature is not the issuer's")
    except AlgorithmRefused as error:
        raise PathRefused(error.code, **error.facts) from error
    if not certificate.issuer.same(issuer.subject.name):
        raise _refusal(certificate, "the issuer's name is another one")
    if unknown := not_understood(certificate):
        raise _refusal(certificate, f"critical extension {unknown[0]} is not understood")


def not_understood(certificate: Certificate) -> list[str]:
    """Return the critical extensions that nobody here processes: such a certificate must be refused."""
    return [oid for oid, found in certificate.extensions.items() if found.critical and oid not in PROCESSED]


def _authority(certificate: Certificate, allowed: int, *, counted: bool) -> int:
    """Section 6.1.4 (k) to (n): return how many more authorities may stand below this one."""
    if not certificate.is_authority:
        raise _refusal(certificate, "not an authority by its basicConstraints")
    if extensions.KEY_USAGE in certificate.extensions and KeyUsage.CERTIFICATE_SIGN not in certificate.key_usage:
        raise _refusal(certificate, "its keyUsage does not let it issue certificates")
    if counted:
        if allowed <= 0:
            raise _refusal(certificate, "the path is longer than an authority's pathLenConstraint")
        allowed -= 1
    return allowed if certificate.path_length is None else min(allowed, certificate.path_length)


def _refusal(certificate: Certificate, reason: str) -> PathRefused:
    return PathRefused(Code.PATH_REFUSED, reason=reason, certificate=certificate.serial_hex)


def lacks_parameters(certificate: Certificate) -> bool:
    """Tell whether a DSA key inherits its parameters from the issuer's key (RFC 3279 section 2.3.2)."""
    return certificate.key_algorithm == DSA_KEY and len(_algorithm_of(certificate.key_info)) == 1


def with_parameters(certificate: Certificate, issuer: Certificate) -> Certificate:
    """Return the certificate with the issuer's DSA parameters in its `key_info` when its key has none of its own."""
    if issuer.key_algorithm != DSA_KEY or not lacks_parameters(certificate):
        return certificate
    _, bits = Der.read(certificate.key_info).children()
    algorithm = encode(SEQUENCE, *(part.raw for part in _algorithm_of(issuer.key_info)))
    return replace(certificate, key_info=encode(SEQUENCE, algorithm, bits.raw))


def _algorithm_of(key_info: bytes) -> list[Der]:
    return Der.read(key_info).children()[0].children()
