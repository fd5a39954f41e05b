from __future__ import annotations

import io
import json
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.eds.errors import EvidenceUnreadable
from gateway.eds.evidence import Evidence
from gateway.eds.package import EvidencePackage, is_package, read_package, write_package
from gateway.eds.revocation.evidence import StoredEvidence
from tests.unit.eds import pki


@pytest.fixture(scope="module")
def package(nca: pki.Authority) -> EvidencePackage:
    evidence = Evidence(
        StoredEvidence((b"ocsp one", b"ocsp two"), (b"base", b"delta")),
        (nca.certificate,),
    )
    return EvidencePackage("өтініш.xml", b"<signed/>", evidence, b"content")


def test_what_is_written_is_read(package: EvidencePackage) -> None:
    data = write_package(package)
    assert is_package(data)
    assert read_package(data) == package
    assert write_package(package) == data


def test_names_stay_inside_the_package(package: EvidencePackage) -> None:
    odd = EvidencePackage("../../etc/passwd", b"<signed/>", package.evidence)
    assert read_package(write_package(odd)).name == "_.._etc_passwd"


def remade(package: EvidencePackage, change) -> bytes:  # type: ignore[no-untyped-def]
    with zipfile.ZipFile(io.BytesIO(write_package(package))) as archive:
        entries = {info.filename: archive.read(info) for info in archive.infolist()}
    change(entries)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in entries.items():
            archive.writestr(path, content)
    return file.getvalue()


def listing(files: dict[str, bytes], **changes: object) -> None:
    files["manifest.json"] = json.dumps(json.loads(files["manifest.json"]) | changes).encode()


CHANGES = {
    "another signed file": lambda entries: entries.update({"signed/өтініш.xml": b"<forged/>"}),
    "an answer left out": lambda entries: entries.pop("ocsp/01.der"),
    "an entry that is not listed": lambda entries: entries.update({"crl/99.crl": b"x"}),
    "no manifest": lambda entries: entries.pop("manifest.json"),
    "another format": lambda entries: listing(entries, format="qyzmet-evidence/2"),
    "entries that are no mapping": lambda entries: listing(entries, entries=[1]),
    "a manifest that is no object": lambda entries: entries.update({"manifest.json": b"[]"}),
    "a manifest that is no JSON": lambda entries: entries.update({"manifest.json": b"{"}),
    "a bomb": lambda entries: entries.update({"signed/bomb": b"\0" * (97 * 1024 * 1024)}),
    "too many entries": lambda entries: entries.update({f"crl/x{n}.crl": b"" for n in range(200)}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_package_that_is_not_as_it_was_written_is_refused(package: EvidencePackage, change: str) -> None:
    with pytest.raises(EvidenceUnreadable):
        read_package(remade(package, CHANGES[change]))


@given(place=st.integers(0, 4000), value=st.integers(0, 255), cut=st.integers(0, 4000))
def test_no_broken_package_raises_anything_else(package: EvidencePackage, place: int, value: int, cut: int) -> None:
    data = bytearray(write_package(package))
    data[place % len(data)] = value
    for broken in (bytes(data), bytes(data[: cut % len(data)])):
        try:
            assert read_package(broken) == package
        except EvidenceUnreadable:
            continue
