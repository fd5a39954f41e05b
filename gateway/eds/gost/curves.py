"""The two curves of Kazakhstan's ГОСТ keys, with the OIDs that name them, and what a point must be to lie on one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve y² = x³ - 3x + b over p, with a base point of prime order q and cofactor 1.

    The OIDs are Kazakhstan's: of a key, and of its parameters, which name the curve and the hash.
    """

    name: str
    size: int
    p: int
    b: int
    q: int
    x: int
    y: int
    key_algorithm: str
    parameter_set: str
    hash_set: str

    @property
    def a(self) -> int:
        """The coefficient of x, which is -3 on both curves."""
        return self.p - 3

    def holds(self, x: int, y: int) -> bool:
        """Tell whether x and y are reduced and are a point of the curve; all its points have order q."""
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - x * x * x - self.a * x - self.b) % self.p == 0


GOST_2015_512 = Curve(
    name="id-tc26-gost-3410-12-512-paramSetA",
    size=64,
    p=2**512 - 569,
    b=int(
        "e8c2505dedfc86ddc1bd0b2b6667f1da34b82574761cb0e879bd081cfd0b6265"
        "ee3cb090f30d27614cb4574010da90dd862ef9d4ebee4761503190785a71c760",
        16,
    ),
    q=int(
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
        "27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275",
        16,
    ),
    x=3,
    y=int(
        "7503cfe87a836ae3a61b8816e25450e6ce5e1c93acf1abc1778064fdcbefa921"
        "df1626be4fd036e93d75e6a50e3a41e98028fe5fc235f5b889a589cb5215f2a4",
        16,
    ),
    key_algorithm="1.2.398.3.10.1.1.2.2",
    parameter_set="1.2.398.3.10.1.1.2.2.1",
    hash_set="1.2.398.3.10.1.3.3",
)
"""Keys of ГОСТ 34.10-2015 with 512 bits (RFC 7836 appendix A.2)."""

GOST_2004 = Curve(
    name="GostR3410-2001-CryptoPro-A",
    size=32,
    p=2**256 - 617,
    b=0xA6,
    q=0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893,
    x=1,
    y=0x8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14,
    key_algorithm="1.2.398.3.10.1.1.1.1",
    parameter_set="1.2.398.3.10.1.1.1.1.1",
    hash_set="1.2.398.3.10.1.3.1.1.0",
)
"""Keys of ГОСТ 34.310-2004 with 256 bits (RFC 4357 section 11.4, also id-tc26-gost-3410-2012-256-paramSetB)."""

CURVES = {curve.key_algorithm: curve for curve in (GOST_2015_512, GOST_2004)}
"""The curve of a key by its OID: each of the two families knows one."""
