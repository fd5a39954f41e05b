"""A revocation list of a million entries: how long it loads, what it takes, how long a look-up lasts.

`python -m bench.crl` prints the figures; each is measured in a fresh process. The list is made here and signed with
RSA-2048, two of three entries with a reason.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from gateway.clock import ManualClock
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.der import BIT_STRING, SEQUENCE, Der, encode, encode_integer, encode_oid
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.crl import Crl, check_issuer, read_head
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.revocation.store import ListStore

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
URL = "http://crl.test/large.crl"
_ENTRIES = 1_000_000
_ASKED, _ROW = 20_000, 1000


@dataclass(frozen=True, slots=True)
class Load:
    """One load in a fresh process."""

    seconds: float
    cpu_seconds: float
    """Of this process and of the one that indexed."""
    loop_seconds: float
    """Of the event loop's own thread."""
    verify_seconds: float
    """A bare check of the same signature, in the same process."""
    peak_megabytes: float
    """By how much the process grew at most, mapped pages and the fetched bytes included."""
    kept_megabytes: float
    """By how much it had grown when the list was loaded."""


@dataclass(frozen=True, slots=True)
class Lookups:
    """Microseconds a look-up."""

    hit: float
    miss: float
    dictionary: float
    """The same serial numbers in a dictionary, in the same process."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one list."""

    entries: int
    megabytes: float
    cold: Load
    """Fetched (from memory), confirmed, indexed, stored."""
    warm: Load
    """After a restart, from the folder."""
    lookups: Lookups


def measure(entries: int = _ENTRIES) -> Figures:
    """Make a list and measure it."""
    with tempfile.TemporaryDirectory(prefix="crl-") as folder:
        place = Path(folder)
        certificate, listed = make_list(entries)
        (place / "issuer.der").write_bytes(certificate)
        (place / "large.crl").write_bytes(listed)
        size = len(listed) / 1e6
        del listed
        cold, warm, lookups = (asyncio.run(_child(place, name)) for name in ("load", "load", "lookups"))
        return Figures(entries, size, Load(**cold), Load(**warm), Lookups(**lookups))


def make_list(entries: int) -> tuple[bytes, bytes]:
    """Return an authority's certificate and its list."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "БЕНЧ")])
    usage = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=1000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    algorithm = encode(SEQUENCE, encode_oid("1.2.840.113549.1.1.11"), b"\x05\x00")
    times = (encode(0x17, f"{moment:%y%m%d%H%M%S}Z".encode()) for moment in (NOW, NOW + timedelta(days=30)))
    number = encode(SEQUENCE, encode_oid("2.5.29.20"), encode(0x04, encode_integer(1)))
    listed = encode(SEQUENCE, *(_entry(place) for place in range(entries)))
    extensions = encode(0xA0, encode(SEQUENCE, number))
    body = encode(SEQUENCE, encode_integer(1), algorithm, name.public_bytes(), *times, listed, extensions)
    signature = key.sign(body, padding.PKCS1v15(), hashes.SHA256())
    whole = encode(SEQUENCE, body, algorithm, encode(BIT_STRING, b"\x00", signature))
    return certificate.public_bytes(Encoding.DER), whole


def _entry(place: int) -> bytes:
    serial = _serial(place).to_bytes(20, "big")
    if place % 3 == 0:
        return b"\x30\x25\x02\x14" + serial + b"\x17\x0d260301050000Z"
    reason = b"\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01" + bytes((1 + place % 5,))
    return b"\x30\x33\x02\x14" + serial + b"\x17\x0d260301050000Z" + reason


def _serial(place: int) -> int:
    digest = hashlib.sha1(place.to_bytes(4, "big")).digest()
    return int.from_bytes(bytes((digest[0] & 0x7F | 1,)) + digest[1:], "big")


async def _child(folder: Path, what: str) -> dict[str, float]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.crl", "--folder", str(folder), "--measure", what, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"the measuring process ended with {process.returncode}")
    found: dict[str, float] = json.loads(out)
    return found


async def _load(folder: Path) -> tuple[Load, Crl]:
    issuer = read_certificate((folder / "issuer.der").read_bytes())
    checker = RevocationChecker(
        MemoryFetcher({URL: lambda _: (folder / "large.crl").read_bytes()}),
        ManualClock(NOW),
        store=ListStore(folder / "cache"),
    )
    assert checker.lists is not None
    # What every process has loaded long before its first list.
    _warm(issuer)
    before = _resident()
    start, cpu, own = time.perf_counter(), _cpu(), time.thread_time()
    crl = await checker.lists.get(URL, issuer)
    seconds, cpu, own = time.perf_counter() - start, _cpu() - cpu, time.thread_time() - own
    kept, peak = _resident() - before, _peak() - before
    start = time.perf_counter()
    check_issuer(crl, issuer)
    return Load(seconds, cpu, own, time.perf_counter() - start, peak, kept), crl


async def _lookups(folder: Path) -> Lookups:
    _, crl = await _load(folder)
    count = len(crl.entries)
    listed = {_serial(place): place for place in range(count)}
    chosen = random.Random(1).sample(range(count), min(_ASKED, count))
    there = [_serial(place) for place in chosen]
    absent = [serial ^ 1 << 100 for serial in there]
    find = crl.find
    return Lookups(hit=_each(find, there), miss=_each(find, absent), dictionary=_each(listed.get, there))


def _each(function: Callable[[int], object], asked: list[int]) -> float:
    """Microseconds a call, of the best thousand in a row: the others waited for somebody."""
    found: list[float] = []
    for first in range(0, len(asked), _ROW):
        row = asked[first : first + _ROW]
        start = time.perf_counter()
        for serial in row:
            function(serial)
        found.append((time.perf_counter() - start) / len(row) * 1e6)
    return min(found)


def _warm(issuer: Certificate) -> None:
    head = read_head(make_list(10)[1])
    Crl.of(head).find(1)
    assert Der.read(issuer.der).tag == SEQUENCE


def _cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _peak() -> float:
    """The most since this program was started; getrusage would count the parent it was forked from."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6


def show(found: Figures) -> None:
    """Print the figures."""
    print(f"\nA revocation list of {found.entries:,} entries, {found.megabytes:.0f} MB")
    for name, load in (("first load", found.cold), ("after a restart", found.warm)):
        print(
            f"  {name:16} {load.seconds:5.2f} s = {load.seconds / load.verify_seconds:4.0f} × its bare signature check"
            f"  {load.cpu_seconds:4.2f} s CPU, {1000 * load.loop_seconds:.0f} ms of it on the event loop,"
            f" {load.peak_megabytes:4.0f} MB at most, {load.kept_megabytes:4.0f} MB kept"
        )
    one = found.lookups
    print(
        f"  look-up          {one.hit:5.2f} µs listed, {one.miss:5.2f} µs not listed, {one.dictionary:5.2f} µs a dict's"
    )


def main() -> None:
    """Measure and print, or be one of the measuring processes."""
    parser = argparse.ArgumentParser(prog="python -m bench.crl", description=__doc__)
    parser.add_argument("--entries", type=int, default=_ENTRIES)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--measure", choices=("load", "lookups"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure == "load":
        print(json.dumps(asdict(asyncio.run(_load(given.folder))[0])))
    elif given.measure == "lookups":
        print(json.dumps(asdict(asyncio.run(_lookups(given.folder)))))
    else:
        show(measure(given.entries))


if __name__ == "__main__":
    main()
