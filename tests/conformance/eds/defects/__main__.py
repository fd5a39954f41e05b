"""Writes every case to a folder: `python -m tests.conformance.eds.defects FOLDER`.

`rsa/root.pem` and its like are the anchors; `rsa/leaf-expired.pem` is the certificate with those above it, `.crl`,
`.delta.crl` and `.ocsp` (with a nonce of zeros) are what the network said; `expected.txt` names the code of every case.
"""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path

from gateway.eds.der import OCTET_STRING, SEQUENCE, encode, encode_oid
from tests.conformance.eds.defects.case import Case, Sample
from tests.conformance.eds.defects.forging import CRL_URL, DELTA_URL, FAMILIES, OCSP_URL, Land
from tests.conformance.eds.defects.statuses import NONCE
from tests.conformance.eds.defects.table import DEFECTS, TOLERATED, pem

_SUFFIXES = {CRL_URL: ".crl", DELTA_URL: ".delta.crl", OCSP_URL: ".ocsp"}
_NONCE = encode(SEQUENCE, encode_oid(NONCE), encode(OCTET_STRING, encode(OCTET_STRING, bytes(16))))
_QUESTION = encode(SEQUENCE, encode(SEQUENCE, encode(SEQUENCE), encode(0xA2, encode(SEQUENCE, _NONCE))))


def write(folder: Path) -> int:
    """Write the cases of every family and return how many there are."""
    expected: list[str] = []
    for family in FAMILIES:
        land = Land(family)
        place = folder / family
        place.mkdir(parents=True, exist_ok=True)
        for label, authority in (("root", land.root), ("nca", land.nca)):
            (place / f"{label}.pem").write_text(pem(authority.certificate))
        for case in (*DEFECTS, *TOLERATED):
            if family in case.families:
                _write(place, case, case.make(land))
                expected.append(f"{family}/{case.name}\t{case.expected}")
    (folder / "expected.txt").write_text("\n".join(expected) + "\n")
    return len(expected)


def _write(place: Path, case: Case, sample: Sample) -> None:
    (place / f"{case.name}.pem").write_text("".join(map(pem, (sample.leaf, *sample.given))))
    for url, answer in (sample.answers or {}).items():
        with contextlib.suppress(KeyError):
            suffix = _SUFFIXES[url]
            (place / f"{case.name}{suffix}").write_bytes(answer if isinstance(answer, bytes) else answer(_QUESTION))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.conformance.eds.defects FOLDER")
    print(write(Path(sys.argv[1])), "cases")  # noqa: T201
