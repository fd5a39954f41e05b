"""Debian's GOST engine of OpenSSL accepts what the GOST chain signs: certificates, lists, OCSP answers, time stamps.

The engine knows Russia's OIDs and layout alone: the public key is rewritten for it, and the signature turned round.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gateway.eds.certificate import read_certificate
from gateway.eds.der import OCTET_STRING, SEQUENCE, Der, encode, encode_oid
from gateway.eds.revocation import ocsp
from gateway.identity.numbers import Iin
from simulators.nca import Subject
from simulators.nca.der import integer, oid, public_key_info_of, sequence
from simulators.nca.der import octet_string as octets

_KEY, _PARAMETER_SET, _HASH_SET = "1.2.643.7.1.1.1.2", "1.2.643.7.1.2.1.2.1", "1.2.643.7.1.1.2.3"
AIGUL = Subject.person(surname="Әбенова", name="Айгүл", patronymic="Қанатқызы", iin=Iin("900101200010"))
Accepted = Callable[[bytes, bytes, bytes], bool]


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", *arguments], capture_output=True, timeout=20, check=False)


if shutil.which("openssl") is None or openssl("engine", "gost").returncode != 0:
    pytest.skip("OpenSSL's GOST engine is not installed (libengine-gost-openssl)", allow_module_level=True)


@pytest.fixture
def accepted(tmp_path: Path) -> Accepted:
    """Whether the engine accepts a signature over data under the public key of a certificate."""

    def verify(certificate: bytes, signature: bytes, data: bytes) -> bool:
        bits = Der.read(public_key_info_of(certificate)).children()[1].raw
        names = encode(SEQUENCE, encode_oid(_PARAMETER_SET), encode_oid(_HASH_SET))
        key = encode(SEQUENCE, encode(SEQUENCE, encode_oid(_KEY), names), bits)
        files = {"key": key, "signature": signature[::-1], "data": data}
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
        done = openssl(
            "dgst", "-engine", "gost", "-md_gost12_512", "-keyform", "DER", "-verify", tmp_path / "key",
            "-signature", tmp_path / "signature", tmp_path / "data",
        )  # fmt: skip
        return done.returncode == 0 and b"Verified OK" in done.stdout

    return verify


def signed(data: bytes) -> tuple[bytes, bytes]:
    """The signature and what it is over, of a certificate, a list or a BasicOCSPResponse."""
    body, _, signature, *_ = Der.read(data).children()
    return signature.bits(), body.raw


async def test_the_engine_accepts_the_whole_path(nca: Any, accepted: Accepted) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL)
    issuing, root = nca.authority.chains["gost"].certificates
    assert issued.chain == (issuing, root)
    for certificate, issuer in ((issued.certificate, issuing), (issuing, root), (root, root)):
        assert accepted(issuer, *signed(certificate))
    signature, body = signed(issued.certificate)
    assert not accepted(issuing, signature, body + b"\0")
    assert not accepted(root, signature, body)


async def test_the_engine_accepts_all_lists(nca: Any, accepted: Accepted) -> None:
    issuing, root = nca.authority.chains["gost"].certificates
    await nca.authority.revoke((await nca.authority.issue("individual-sign", AIGUL)).serial)
    for name, issuer in (("root_gost_2022", root), ("nca_gost_2022", issuing), ("nca_d_gost_2022", issuing)):
        async with nca.http.get(f"{nca.url}/crl/{name}.crl") as answer:
            assert answer.status == 200
            assert accepted(issuer, *signed(await answer.read()))


async def test_the_engine_accepts_ocsp_answers_and_their_responder(nca: Any, accepted: Accepted) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL)
    issuing = nca.authority.chains["gost"].issuing.certificate
    request = ocsp.build_request(read_certificate(issued.certificate), read_certificate(issuing), bytes(range(16)))
    headers = {"Content-Type": "application/ocsp-request"}
    async with nca.http.post(f"{nca.url}/ocsp", data=request, headers=headers) as answer:
        basic = Der.read(await answer.read()).children()[1].inner().children()[1].expect(OCTET_STRING).content
    responder = Der.read(basic).children()[3].inner().children()[0].raw
    assert accepted(responder, *signed(basic))
    assert accepted(issuing, *signed(responder))


async def test_the_engine_accepts_time_stamps(nca: Any, accepted: Accepted) -> None:
    imprint = sequence(sequence(oid("1.2.398.3.10.1.3.3")), octets(bytes(64)))
    request = sequence(integer(1), imprint, b"\x01\x01\xff")
    headers = {"Content-Type": "application/timestamp-query"}
    async with nca.http.post(f"{nca.url}/tsp", data=request, headers=headers) as answer:
        token = Der.read(await answer.read()).children()[1]
    content = token.children()[1].inner()
    certificate = next(one for one in content if one.tag == 0xA0).inner().raw
    signer = content.children()[-1]
    attributes, signature = signer_parts(next(iter(signer)))
    assert accepted(certificate, signature, b"\x31" + attributes[1:])
    assert accepted(nca.authority.chains["gost"].issuing.certificate, *signed(certificate))


def signer_parts(signer: Der) -> tuple[bytes, bytes]:
    attributes = next(one for one in signer if one.tag == 0xA0)
    return attributes.raw, signer.children()[-1].content
