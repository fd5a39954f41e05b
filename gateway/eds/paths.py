"""Trust paths: from a certificate to an anchor that the operator holds, found here and judged by `pathrules`.

Found by name, key identifier and signature, so that roots of one name are told apart by their keys. Nothing here waits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gateway.eds.algorithms import ALGORITHMS, Algorithms
from gateway.eds.certificate import MAX_CERTIFICATE_BYTES, Certificate, read_certificates
from gateway.eds.codes import Code
from gateway.eds.errors import AlgorithmRefused, PathRefused
from gateway.eds.pathpolicy import ANY_POLICY, PathPolicy
from gateway.eds.pathrules import check_path, lacks_parameters, signed_by

__all__ = ["Anchors", "PathPolicy", "find_path", "signed_by"]

MAX_PATH = 6
_MAX_CANDIDATES = 64
_SUFFIXES = frozenset({".cer", ".crt", ".pem", ".der"})
_Subjects = Mapping[tuple[tuple[str, str], ...], tuple[Certificate, ...]]


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


def find_path(
    certificate: Certificate,
    anchors: Anchors,
    given: Iterable[Certificate] = (),
    *,
    algorithms: Algorithms = ALGORITHMS,
    policy: PathPolicy = ANY_POLICY,
) -> tuple[Certificate, ...]:
    """Return a valid path from the certificate up to its anchor; raises `PathRefused`.

    `given` are issuers that came with the signature: they help, they are not trusted. The certificate's own key must be
    one that the algorithms can work with. The period and the revocation that matter are judged by the caller.
    """
    refusal = PathRefused(Code.ISSUER_UNKNOWN, issuer=certificate.issuer_dn)
    search = _Search(frozenset(anchors.trusted), _held(anchors), _by_subject(given), algorithms)
    try:
        for path in search.paths((certificate,)):
            try:
                found = check_path(path, algorithms, policy)
            except PathRefused as error:
                refusal = error
            else:
                algorithms.check_key(found[0].key_info, found[0].key_algorithm)
                return found
    except AlgorithmRefused as error:
        raise PathRefused(error.code, **error.facts) from error
    raise refusal


def _by_subject(certificates: Iterable[Certificate]) -> _Subjects:
    found: dict[tuple[tuple[str, str], ...], tuple[Certificate, ...]] = {}
    for certificate in dict.fromkeys(certificates):
        if certificate.is_authority:
            name = certificate.subject.name.normal
            found[name] = (*found.get(name, ()), certificate)
    return found


@lru_cache(maxsize=16)
def _held(anchors: Anchors) -> _Subjects:
    return _by_subject((*anchors.trusted, *anchors.known))


class _Search:
    """One search for paths, with a budget of signatures so that many false issuers cost no more than it."""

    def __init__(
        self, trusted: frozenset[Certificate], held: _Subjects, given: _Subjects, algorithms: Algorithms
    ) -> None:
        self._trusted = trusted
        self._sources = (held, given) if given else (held,)
        self._algorithms = algorithms
        self._budget = _MAX_CANDIDATES

    def paths(self, path: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, ...]]:
        """Yield every way from the last certificate of `path` to an anchor, those through held issuers first."""
        last = path[-1]
        if last in self._trusted:
            yield path
            return
        if len(path) >= MAX_PATH:
            return
        name = last.issuer.normal
        for issuer in (found for source in self._sources for found in source.get(name, ())):
            if issuer in path or (last.aki is not None and issuer.ski is not None and last.aki != issuer.ski):
                continue
            if self._budget <= 0:
                return
            self._budget -= 1
            if self._signed(last, issuer):
                yield from self.paths((*path, issuer))

    def _signed(self, certificate: Certificate, issuer: Certificate) -> bool:
        try:
            return signed_by(certificate, issuer, self._algorithms)
        except AlgorithmRefused as error:
            # A namesake of the issuer with a key of another family, or a key that is complete only with what is above
            # it; an unknown or weak algorithm is told instead.
            if error.code is Code.ALGORITHM_MISMATCH:
                return lacks_parameters(issuer)
            raise
