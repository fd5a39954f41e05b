"""Every rule of RFC 5280 section 6.1 refuses the path that breaks it, and no rule refuses a good one."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gateway.eds import pathconstraints
from gateway.eds.algorithms import (
    ALGORITHMS,
    DSA_KEY,
    DSA_SHA1,
    LEGACY_ALGORITHMS,
    RSA_KEY,
    SHA1,
)
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.codes import Code
from gateway.eds.der import SEQUENCE, Der, encode, encode_oid
from gateway.eds.errors import AlgorithmRefused, CertificateUnreadable, PathRefused
from gateway.eds.pathconstraints import check_constraints
from gateway.eds.pathpolicy import PathPolicy
from gateway.eds.pathrules import check_path, lacks_parameters, with_parameters
from gateway.eds.paths import Anchors, find_path
from tests.unit.eds import pki

POLICY = x509.ObjectIdentifier("1.2.398.3.3.2")


def refusal(*path: Certificate, policy: PathPolicy | None = None) -> PathRefused:
    with pytest.raises(PathRefused) as refused:
        check_path(path, policy=policy or PathPolicy())
    return refused.value


@pytest.fixture
def person(nca: pki.Authority) -> Certificate:
    return nca.person().certificate


def test_good_path_comes_back_as_it_was(person: Certificate, nca: pki.Authority, root: pki.Authority) -> None:
    path = (person, nca.certificate, root.certificate)
    assert check_path(path) == path
    assert check_path((root.certificate,)) == (root.certificate,)


def test_library_is_not_asked_about_a_path_without_constraints(
    person: Certificate, nca: pki.Authority, root: pki.Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("gateway.eds.pathconstraints.check_constraints", lambda *facts: asked.append(facts))
    check_path((person, nca.certificate, root.certificate))
    assert not asked
    check_path((person, nca.certificate, root.certificate), policy=PathPolicy(require_explicit=True))
    assert len(asked) == 1


def test_signature_of_another_key_is_refused(person: Certificate, root: pki.Authority) -> None:
    other = pki.issuing(root, "another nca")
    error = refusal(person, other.certificate, root.certificate)
    assert (error.code, error.facts["reason"]) == (Code.PATH_REFUSED, "the signature is not the issuer's")
    assert error.facts["certificate"] == person.serial_hex


def test_name_of_another_issuer_is_refused(nca: pki.Authority, root: pki.Authority) -> None:
    stranger = nca.person("named otherwise", issuer_name=pki.name(cn="БӨТЕН", c="KZ")).certificate
    assert "issuer's name" in refusal(stranger, nca.certificate, root.certificate).facts["reason"]


def test_issuer_without_basic_constraints_is_no_authority(nca: pki.Authority, root: pki.Authority) -> None:
    false = pki.issuing(root, "no constraints", cn="ЕМЕС", authority=False)
    person = false.person().certificate
    assert "basicConstraints" in refusal(person, false.certificate, root.certificate).facts["reason"]


def test_issuer_whose_key_usage_does_not_say_so_issues_nothing(root: pki.Authority) -> None:
    false = pki.issuing(root, "no cert sign", cn="ҚОЛ ҚОЙМАЙДЫ", usage=("crl_sign",))
    assert "keyUsage" in refusal(false.person().certificate, false.certificate, root.certificate).facts["reason"]
    silent = pki.issuing(root, "no key usage", cn="ҮНСІЗ", usage=None)
    assert check_path((silent.person().certificate, silent.certificate, root.certificate))


@pytest.mark.parametrize(("length", "good"), [(0, False), (1, True), (None, True)])
def test_path_length_counts_the_authorities_below(root: pki.Authority, length: int | None, *, good: bool) -> None:
    above = pki.issuing(root, f"above {length}", cn="ЖОҒАРҒЫ", path_length=length)
    below = pki.issuing(above, "below", cn="ТӨМЕНГІ")
    path = (below.person().certificate, below.certificate, above.certificate, root.certificate)
    if good:
        assert check_path(path) == path
    else:
        assert "pathLenConstraint" in refusal(*path).facts["reason"]


def test_self_issued_authority_is_not_counted_in_the_path_length(root: pki.Authority) -> None:
    old = pki.issuing(root, "old key", cn="АУЫСҚАН")
    key = pki.private_key("p256", "new key")
    rolled = old.issue(old.subject, key, usage=("key_cert_sign",), authority=True, path_length=0)
    person = pki.Authority(old.subject, key, rolled).person().certificate
    path = (person, rolled, old.certificate, root.certificate)
    assert check_path(path) == path


def test_anchor_is_held_to_its_own_path_length(root: pki.Authority) -> None:
    anchor = pki.issuing(root, "anchor", cn="СЕНІМДІ")
    below = pki.issuing(anchor, "under it", cn="ТӨМЕНГІ")
    assert "pathLen" in refusal(below.person().certificate, below.certificate, anchor.certificate).facts["reason"]


@pytest.mark.parametrize("place", [0, 1])
def test_unknown_critical_extension_is_refused_wherever_it_stands(root: pki.Authority, place: int) -> None:
    unknown = ((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.398.99.1"), b"\x05\x00"), True),)
    issuer = pki.issuing(root, f"critical {place}", extra=unknown if place else ())
    person = issuer.person("critical", extra=() if place else unknown).certificate
    assert "1.2.398.99.1" in refusal(person, issuer.certificate, root.certificate).facts["reason"]


@pytest.mark.parametrize(
    "constraint",
    [
        x509.NameConstraints([x509.DirectoryName(pki.name(c="RU"))], None),
        x509.NameConstraints(None, [x509.DirectoryName(pki.name(cn="СЫНАҚОВ СЫНАҚ"))]),
        x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None),
    ],
    ids=["not permitted", "excluded", "no policy"],
)
def test_constraint_of_an_authority_is_kept(root: pki.Authority, constraint: x509.ExtensionType) -> None:
    issuer = pki.issuing(root, "constrained", cn="ШЕКТЕУЛІ", extra=((constraint, True),))
    assert refusal(issuer.person().certificate, issuer.certificate, root.certificate).code is Code.PATH_REFUSED


def test_policy_that_is_demanded_must_be_in_every_certificate(root: pki.Authority) -> None:
    policies = ((x509.CertificatePolicies([x509.PolicyInformation(POLICY, None)]), False),)
    issuer = pki.issuing(root, "with policy", extra=policies)
    good = (issuer.person("with", extra=policies).certificate, issuer.certificate, root.certificate)
    demanded = PathPolicy(acceptable=frozenset({POLICY.dotted_string}), require_explicit=True)
    assert check_path(good, policy=demanded) == good
    refusal(issuer.person("without").certificate, *good[1:], policy=demanded)
    refusal(*good, policy=PathPolicy(acceptable=frozenset({"1.2.398.3.3.9"}), require_explicit=True))
    refusal(*good, policy=PathPolicy(acceptable=frozenset(), require_explicit=True))


def test_whatever_the_library_stumbles_over_is_a_refusal(
    person: Certificate, nca: pki.Authority, root: pki.Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> None:
        raise TypeError("a reader of ASN.1")

    monkeypatch.setattr(pathconstraints, "ValidationPath", stumble)
    with pytest.raises(PathRefused, match="a reader of ASN"):
        check_constraints((person, nca.certificate, root.certificate))


def test_certificate_that_names_two_algorithms_is_not_read(person: Certificate) -> None:
    tbs, algorithm, signature = Der.read(person.der).children()
    other = algorithm.raw.replace(encode_oid("1.2.840.10045.4.3.2"), encode_oid("1.2.840.10045.4.3.3"))
    with pytest.raises(CertificateUnreadable, match="two different algorithms"):
        read_certificate(encode(SEQUENCE, tbs.raw, other, signature.raw))


def weak(certificate: Certificate, name: bytes) -> Certificate:
    """The certificate as if its issuer had signed it with another algorithm; the signature is wrong then."""
    return read_certificate(certificate.der.replace(bytes.fromhex("2a864886f70d01010b"), name))


def test_old_algorithms_are_refused_unless_the_policy_names_them(root: pki.Authority) -> None:
    issuer = pki.issuing(root, "rsa nca", kind="rsa2048")
    subject, key = pki.name(cn="ЕСКІ"), pki.private_key("p256", "old")
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(pki.NOW)
        .not_valid_after(pki.NOW.replace(year=2030))
    )
    good = read_certificate(builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER))
    old = signed_anew(good, issuer.key)
    anchors = Anchors.of([root.certificate], [issuer.certificate])
    with pytest.raises(PathRefused) as refused:
        find_path(old, anchors)
    assert refused.value.code is Code.ALGORITHM_WEAK
    assert len(find_path(old, anchors, algorithms=LEGACY_ALGORITHMS)) == 3
    with pytest.raises(PathRefused) as refused:
        find_path(weak(good, bytes.fromhex("2a864886f70d010104")), anchors, algorithms=LEGACY_ALGORITHMS)
    assert refused.value.code is Code.ALGORITHM_WEAK  # MD5 is never good


def signed_anew(certificate: Certificate, key: pki.PrivateKey) -> Certificate:
    """The certificate signed with SHA-1, which the builder refuses to do."""
    from cryptography.hazmat.primitives.asymmetric import padding, utils

    assert isinstance(key, rsa.RSAPrivateKey)
    sha256, sha1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")
    tbs = certificate.tbs.replace(sha256, sha1)
    digest = hashlib.sha1(tbs).digest()
    signature = key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))
    algorithm = Der.read(certificate.der).children()[1].raw.replace(sha256, sha1)
    return read_certificate(encode(SEQUENCE, tbs, algorithm, encode(0x03, b"\0", signature)))


def test_small_rsa_keys_belong_to_old_material() -> None:
    key = rsa.generate_private_key(65537, 1024)
    from cryptography.hazmat.primitives.asymmetric import padding

    facts = {
        "key_info": key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "key_algorithm": RSA_KEY,
        "signature": key.sign(b"data", padding.PKCS1v15(), hashes.SHA256()),
        "data": b"data",
    }
    assert LEGACY_ALGORITHMS.verify("1.2.840.113549.1.1.11", **facts)
    with pytest.raises(AlgorithmRefused) as refused:
        ALGORITHMS.verify("1.2.840.113549.1.1.11", **facts)
    assert refused.value.code is Code.ALGORITHM_WEAK


def test_old_names_of_sha1_mean_it_only_in_the_legacy_registry() -> None:
    for name in ("http://www.w3.org/2000/09/xmldsig#sha1", "http://www.w3.org/2001/04/xmldsig-more#sha1"):
        assert LEGACY_ALGORITHMS.digest(name)(b"a") == hashlib.sha1(b"a").digest() == SHA1(b"a")
        with pytest.raises(AlgorithmRefused):
            ALGORITHMS.digest(name)
    assert LEGACY_ALGORITHMS.signature("1.2.840.113549.1.1.5").uri == "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
    assert set(ALGORITHMS._signatures) < set(LEGACY_ALGORITHMS._signatures)


@pytest.fixture(scope="module")
def dsa_key() -> dsa.DSAPrivateKey:
    return dsa.generate_private_key(1024)


def test_dsa_signature_is_carried_to_xml_and_back(dsa_key: dsa.DSAPrivateKey) -> None:
    info = dsa_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signature = dsa_key.sign(b"data", hashes.SHA1())
    assert DSA_SHA1.verify(info, signature, b"data")
    assert not DSA_SHA1.verify(info, signature, b"date")
    in_xml = DSA_SHA1.to_xml(info, signature)
    assert len(in_xml) == 40
    back = DSA_SHA1.from_xml(info, in_xml)
    assert back is not None
    assert decode_dss_signature(back) == decode_dss_signature(signature)
    assert DSA_SHA1.from_xml(info, in_xml[1:]) is None


def test_dsa_key_without_parameters_takes_those_of_its_issuer(person: Certificate, dsa_key: dsa.DSAPrivateKey) -> None:
    info = dsa_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    _, bits = Der.read(info).children()
    bare = encode(SEQUENCE, encode(SEQUENCE, encode_oid(DSA_KEY)), bits.raw)
    issuer, inheriting = (replace(person, key_info=key_info, key_algorithm=DSA_KEY) for key_info in (info, bare))
    assert (lacks_parameters(issuer), lacks_parameters(inheriting), lacks_parameters(person)) == (False, True, False)
    assert with_parameters(inheriting, issuer).key_info == info
    assert with_parameters(inheriting, person).key_info == bare
    with pytest.raises(AlgorithmRefused):
        DSA_SHA1.verify(bare, b"", b"")


def test_certificate_whose_own_key_nobody_could_use_has_no_path(
    nca: pki.Authority, root: pki.Authority, dsa_key: dsa.DSAPrivateKey
) -> None:
    anchors = Anchors.of([root.certificate], [nca.certificate])
    subject, small = pki.name(cn="ӘЛСІЗ"), rsa.generate_private_key(65537, 1024)
    for key, code in (
        (small, Code.ALGORITHM_WEAK),
        (pki.private_key("k256", "curve"), Code.ALGORITHM_WEAK),
        (dsa_key, Code.ALGORITHM_UNKNOWN),
    ):
        certificate = nca.issue(subject, key)  # type: ignore[arg-type]
        with pytest.raises(PathRefused) as refused:
            find_path(certificate, anchors)
        assert refused.value.code is code
    assert find_path(nca.issue(subject, small), anchors, algorithms=LEGACY_ALGORITHMS)
