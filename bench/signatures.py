"""What one check of a signed document costs, beside the least that it could cost, other programs, and many signers."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import resource
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import signxml
import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from gateway.clock import ManualClock
from gateway.eds.gost import backends
from gateway.eds.gost.curves import GOST_2015_512
from gateway.eds.keys import SoftwareKey, signing_key
from gateway.eds.policies import may_sign
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import Answer, MemoryFetcher
from gateway.eds.revocation.policy import Order, RevocationPolicy
from gateway.eds.trust import Anchors, CertificateChecker, TrustPolicy
from gateway.eds.verification import verify_signed_xml
from gateway.eds.xmldsig import sign_enveloped
from tests.unit.eds import cms_kit, pki

SIGNERS = 10_000
_SIGNERS_NEVER_MET = 240
_FIELDS = 45  # about 3.6 KB with its signature
_ROUNDS, _REPEATS = 5, 200  # short turns: the shortest is the one that nothing came between


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of CPU for one check, and for the same by hand."""

    label: str
    ours: float
    floor: float
    parsing: float
    """What lxml takes to parse the document, which is in no floor."""

    @property
    def ratio(self) -> float:
        """How many times the least it costs."""
        return self.ours / self.floor

    @property
    def ratio_with_parsing(self) -> float:
        """The same with the document parsed in the floor, as whoever works by hand must do too."""
        return self.ours / (self.floor + self.parsing)


@dataclass(frozen=True, slots=True)
class Flatness:
    """The first and the last tenth of many signers, and the memory that grew in between."""

    first: float
    last: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Signatures:
    """Everything that was measured, in microseconds of CPU."""

    costs: Sequence[Cost]
    peers: dict[str, float]
    gost: dict[str, float]
    flat: Flatness
    document: int


async def measure() -> Signatures:
    """Measure in this process, with nothing else running in it."""
    bench = _Bench()
    rsa_key = bench.nca.person("rsa", kind="rsa2048")
    gost_key = cms_kit.gost_person(bench.small, GOST_2015_512)
    document = sign_enveloped(_document(), rsa_key)
    known = await bench.known(document, rsa_key)
    gost_document = sign_enveloped(_document(), gost_key)
    gost: dict[str, float] = {}
    for hashing in backends.available_hashes():
        for verifier in backends.available_verifiers():
            with backends.using(hashes=hashing.name, verifier=verifier.name):
                gost[f"hash by {hashing.name}, signature by {verifier.name}"] = await bench.known(
                    gost_document, gost_key
                )
    return Signatures(
        costs=(
            Cost("RSA-2048, a signer met before", known, _floor(document), _parsing(document)),
            Cost(
                "the same, the floor verifying a path of three",
                known,
                _floor(document) + 2 * bench.step_of_a_path(),
                _parsing(document),
            ),
            await bench.never_met(),
            Cost(
                "GOST-2015, a signer met before, fastest back end",
                min(gost.values()),
                _gost_floor(gost_document),
                _parsing(gost_document),
            ),
        ),
        peers={"xmlsec": _xmlsec(document, rsa_key), "signxml": _signxml(document)},
        gost=gost,
        flat=await bench.flatness(),
        document=len(document),
    )


class _Bench:
    """A hierarchy as the НУЦ's (RSA-4096 over RSA-2048), a small one, and lists that answer for both."""

    def __init__(self) -> None:
        self.root = pki.root(kind="rsa4096")
        self.nca = pki.issuing(self.root, kind="rsa4096")
        self.small_root = pki.root("small root", subject=pki.name(cn="КІШІ ОРТАЛЫҚ", c="KZ"))
        self.small = pki.issuing(self.small_root, "small", cn="КІШІ НУЦ", crl_url="http://small.test/root.crl")
        self.clock = ManualClock(pki.NOW)

    def checker(
        self, authority: pki.Authority, root: pki.Authority, known: SoftwareKey | None = None
    ) -> CertificateChecker:
        """OCSP has answered about the signer who is known; about all others a list does, so that nobody is asked."""
        answers: dict[str, Answer] = {pki.CRL_URL: authority.crl()}
        if known is not None:
            answers[pki.OCSP_URL] = authority.answers(known.certificate)
        order = Order.CRL_FIRST if known is None else Order.OCSP_FIRST
        revocation = RevocationChecker(MemoryFetcher(answers), self.clock, RevocationPolicy(order=order))
        anchors = Anchors.of([root.certificate], [authority.certificate])
        return CertificateChecker(anchors, revocation, self.clock, TrustPolicy(check_issuers=False))

    async def known(self, document: bytes, key: SoftwareKey) -> float:
        """Check one document again and again."""
        small = key.certificate.issuer.same(self.small.certificate.subject.name)
        authority, root = (self.small, self.small_root) if small else (self.nca, self.root)
        checker = self.checker(authority, root, key)

        async def check() -> None:
            verdict, _ = await verify_signed_xml(document, checker, may_sign())
            if not verdict.valid:
                raise AssertionError(verdict.code)

        return await _cost(check)

    async def never_met(self) -> Cost:
        """Check documents of signers whose path was never built; their issuer is known, as it always is."""
        documents = [sign_enveloped(_document(), self._person(number)) for number in range(_SIGNERS_NEVER_MET)]
        checker = self.checker(self.nca, self.root)
        await verify_signed_xml(sign_enveloped(_document(), self.nca.person("first", kind="rsa2048")), checker)
        best = float("inf")
        for start in range(0, len(documents), _ROUNDS):
            began = time.process_time()
            for document in documents[start : start + _ROUNDS]:
                await verify_signed_xml(document, checker, may_sign())
            best = min(best, (time.process_time() - began) / _ROUNDS)
        floor = _floor(documents[0]) + self.step_of_a_path()
        return Cost("RSA-2048, a signer never met: with the path", best * 1e6, floor, _parsing(documents[0]))

    def step_of_a_path(self) -> float:
        """The bare verify of a certificate: the НУЦ's RSA-4096 over a person's."""
        certificate = x509.load_der_x509_certificate(self._person(0).certificate.der)
        key = self.nca.x509.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        value, data = certificate.signature, certificate.tbs_certificate_bytes
        return _bare(lambda: key.verify(value, data, padding.PKCS1v15(), hashes.SHA256()))

    def _person(self, number: int) -> SoftwareKey:
        private = pki.private_key("rsa2048", "rsa")
        return signing_key(private, self.nca.issue(_holder(number), private))

    async def flatness(self) -> Flatness:
        """Check a document of each of many signers in a row."""
        checker = self.checker(self.small, self.small_root)
        private = pki.private_key("p256", "many")
        tenth, times = SIGNERS // 10, list[float]()
        grown = 0
        for number in range(10):
            keys = [
                signing_key(private, self.small.issue(_holder(number * tenth + one), private)) for one in range(tenth)
            ]
            documents = [sign_enveloped(b"<a><b>1</b></a>", key) for key in keys]
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            began = time.process_time()
            for document in documents:
                verdict, _ = await verify_signed_xml(document, checker, may_sign())
                assert verdict.valid
            times.append((time.process_time() - began) / tenth)
            # The caches fill at first; what grows after the first half would grow for ever.
            if number >= 5:
                grown += resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        return Flatness(times[0] * 1e6, times[-1] * 1e6, grown / 1024)


def _holder(number: int) -> x509.Name:
    return pki.name(cn=f"СЫНАҚОВ {number}", surname="СЫНАҚОВ", serial="IIN850101100013", c="KZ")


def _document() -> bytes:
    fields = "".join(f'<field id="f{number}">мән {number}</field>' for number in range(_FIELDS))
    return f'<application xmlns="urn:qyzmet:application:1">{fields}</application>'.encode()


async def _cost(check: Callable[[], Awaitable[None]]) -> float:
    await check()
    best = float("inf")
    for _ in range(_REPEATS):
        began = time.process_time()
        for _ in range(_ROUNDS):
            await check()
        best = min(best, (time.process_time() - began) / _ROUNDS)
    return best * 1e6


def _bare(operation: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(_REPEATS):
        began = time.process_time()
        for _ in range(_ROUNDS):
            operation()
        best = min(best, (time.process_time() - began) / _ROUNDS)
    return best * 1e6


def _parsed(document: bytes) -> tuple[etree._Element, etree._Element, bytes, bytes]:
    """Return the document without its signature, SignedInfo as a document of its own, the value, the certificate."""
    root = etree.fromstring(document)
    signature = root[-1]
    info = etree.fromstring(etree.tostring(signature[0], method="c14n"))
    value, certificate = (base64.b64decode(text or "") for text in (signature[1].text, signature[2][0][0].text))
    root.remove(signature)
    return root, info, value, certificate


def _floor(document: bytes) -> float:
    """The bare verify of cryptography and both canonicalisations of lxml, nothing parsed and nothing looked at."""
    root, info, value, certificate = _parsed(document)
    key = x509.load_der_x509_certificate(certificate).public_key()
    assert isinstance(key, rsa.RSAPublicKey)

    def work() -> None:
        hashlib.sha256(etree.tostring(root, method="c14n")).digest()
        key.verify(value, etree.tostring(info, method="c14n"), padding.PKCS1v15(), hashes.SHA256())

    return _bare(work)


def _parsing(document: bytes) -> float:
    return _bare(lambda: etree.fromstring(document))


def _gost_floor(document: bytes) -> float:
    """The bare hashes and the bare verify of the fastest back end."""
    from gateway.eds.certificate import read_certificate
    from gateway.eds.gost.keys import read_public_key

    root, info, value, certificate = _parsed(document)
    key = read_public_key(read_certificate(certificate).key_info)
    covered, data = etree.tostring(root, method="c14n"), etree.tostring(info, method="c14n")
    digest = backends.chosen().hashes.streebog512

    def work() -> None:
        digest(covered)
        key.verify(value, data)

    return _bare(work)


def _xmlsec(document: bytes, key: SoftwareKey) -> float:
    pem = key.certificate.pem.encode()

    def check() -> None:
        root = etree.fromstring(document)
        context = xmlsec.SignatureContext()
        context.key = xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem)
        context.verify(root[-1])

    return _bare(check)


def _signxml(document: bytes) -> float:
    certificate = etree.fromstring(document)[-1][2][0][0].text
    pem = f"-----BEGIN CERTIFICATE-----\n{certificate.strip()}\n-----END CERTIFICATE-----\n"

    def check() -> None:
        signxml.XMLVerifier().verify(etree.fromstring(document), x509_cert=pem)

    return _bare(check)


def main() -> None:
    """Measure and print."""
    from bench import report

    report.signatures(asyncio.run(measure()))


if __name__ == "__main__":
    main()
