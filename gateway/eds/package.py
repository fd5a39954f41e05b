"""The evidence package: a signed file with all that is needed to check it again in years, in one ZIP.

    manifest.json          what it is, and the SHA-256 of everything else
    signed/<name>          the signed file as it came
    content/<name>         what a detached signature is over
    certificates/NN.cer    issuers, up to the anchor
    ocsp/NN.der            OCSP responses
    crl/NN.crl             lists, a delta after its base

Time stamps stand inside the signed file itself (XAdES, CAdES). Nothing in a package is believed because it is there:
the check begins anew at the operator's own anchors.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.errors import CertificateUnreadable, EvidenceUnreadable
from gateway.eds.evidence import Evidence
from gateway.eds.revocation.evidence import StoredEvidence

FORMAT = "qyzmet-evidence/1"
MEDIA_TYPE = "application/vnd.qyzmet.evidence+zip"
MAX_PACKAGE_BYTES = 96 * 1024 * 1024
_MAX_ENTRIES = 128
_MAX_MANIFEST = 256 * 1024
_MANIFEST = "manifest.json"
_NAME = re.compile(r"(signed|content|certificates|ocsp|crl)/[\w. ()-]{1,120}")
_MAGIC = b"PK\x03\x04"
_EPOCH = (1980, 1, 1, 0, 0, 0)
# What zipfile lets through when a file is broken on purpose.
_BROKEN = (zipfile.BadZipFile, zlib.error, ValueError, LookupError, EOFError, RuntimeError, OSError)


@dataclass(frozen=True, slots=True)
class EvidencePackage:
    """A signed file, its content where the signature is detached, and the evidence kept beside it."""

    name: str
    signed: bytes
    evidence: Evidence
    content: bytes | None = None


def is_package(data: bytes) -> bool:
    """Tell whether the file begins as an evidence package does."""
    return data.startswith(_MAGIC) and _MANIFEST.encode() in data[:100]


def write_package(package: EvidencePackage) -> bytes:
    """Write a package, always the same bytes for the same content."""
    name = _safe(package.name)
    entries = {f"signed/{name}": package.signed}
    if package.content is not None:
        entries[f"content/{name}"] = package.content
    evidence = package.evidence
    entries |= _numbered("certificates", "cer", (one.der for one in evidence.certificates))
    entries |= _numbered("ocsp", "der", evidence.revocation.ocsp)
    entries |= _numbered("crl", "crl", evidence.revocation.crls)
    manifest = {
        "format": FORMAT,
        "entries": {path: hashlib.sha256(content).hexdigest() for path, content in entries.items()},
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        for path, content in {_MANIFEST: text.encode(), **entries}.items():
            archive.writestr(zipfile.ZipInfo(path, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def read_package(data: bytes) -> EvidencePackage:
    """Read a package; raises `EvidenceUnreadable` for anything that `write_package` does not write."""
    try:
        return _read(data)
    except CertificateUnreadable as error:
        raise EvidenceUnreadable(**error.facts) from error
    except _BROKEN as error:
        raise EvidenceUnreadable(reason=f"{type(error).__name__}: {error}"[:200]) from error


def _read(data: bytes) -> EvidencePackage:
    if len(data) > MAX_PACKAGE_BYTES:
        raise ValueError("the package is too large")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        if not 0 < len(infos) <= _MAX_ENTRIES:
            raise ValueError(f"{len(infos)} entries")
        # (1) Sizes as declared, before anything is unpacked; what is unpacked is held to them.
        if sum(info.file_size for info in infos) > MAX_PACKAGE_BYTES:
            raise ValueError("the package is too large when unpacked")
        if len({info.filename for info in infos}) != len(infos):
            raise ValueError("the same entry twice")
        manifest = _manifest(archive)
        listed = manifest["entries"]
        if {info.filename for info in infos} != {_MANIFEST, *listed}:
            raise ValueError("the manifest lists other entries")
        # (2) Every entry is the one that the manifest lists.
        found = {path: _content(archive, path, digest) for path, digest in sorted(listed.items())}
    signed, contents = _of(found, "signed"), _of(found, "content")
    if len(signed) != 1 or len(contents) > 1:
        raise ValueError("a package holds one signed file")
    ((name, content),) = signed
    certificates: tuple[Certificate, ...] = tuple(read_certificate(one) for _, one in _of(found, "certificates"))
    revocation = StoredEvidence(tuple(one for _, one in _of(found, "ocsp")), tuple(one for _, one in _of(found, "crl")))
    return EvidencePackage(name, content, Evidence(revocation, certificates), contents[0][1] if contents else None)


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    if archive.getinfo(_MANIFEST).file_size > _MAX_MANIFEST:
        raise ValueError("the manifest is too large")
    manifest = json.loads(archive.read(_MANIFEST))
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ValueError("not an evidence package of this version")
    entries = manifest.get("entries")
    if not isinstance(entries, dict) or not all(
        isinstance(path, str) and _NAME.fullmatch(path) and isinstance(digest, str) for path, digest in entries.items()
    ):
        raise ValueError("the manifest names no entries, or odd ones")
    return manifest


def _content(archive: zipfile.ZipFile, path: str, digest: str) -> bytes:
    info = archive.getinfo(path)
    with archive.open(info) as stream:
        content = stream.read(info.file_size + 1)
    if len(content) != info.file_size or hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"{path} is not what the manifest lists")
    return content


def _of(found: dict[str, bytes], folder: str) -> list[tuple[str, bytes]]:
    return [(path.split("/", 1)[1], content) for path, content in found.items() if path.startswith(f"{folder}/")]


def _numbered(folder: str, ending: str, contents: Iterable[bytes]) -> dict[str, bytes]:
    def named() -> Iterator[tuple[str, bytes]]:
        for number, content in enumerate(contents, start=1):
            yield f"{folder}/{number:02}.{ending}", content

    return dict(named())


def _safe(name: str) -> str:
    return re.sub(r"[^\w. ()-]", "_", name)[:120].lstrip(".") or "signed"
