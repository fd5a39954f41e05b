"""GOST R 34.10 as RFC 7091 prints it, on any curve and as slowly: the oracle of the arithmetic here."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[int, int] | None


@dataclass(frozen=True)
class Textbook:
    p: int
    a: int
    b: int
    q: int
    x: int
    y: int

    def add(self, one: Point, other: Point) -> Point:
        if one is None or other is None:
            return one or other
        (x, y), (u, v) = one, other
        if x == u and (y + v) % self.p == 0:
            return None
        slope = (3 * x * x + self.a) * pow(2 * y, -1, self.p) if one == other else (v - y) * pow(u - x, -1, self.p)
        new = (slope * slope - x - u) % self.p
        return new, (slope * (x - new) - y) % self.p

    def multiply(self, scalar: int, point: Point) -> Point:
        total: Point = None
        while scalar:
            if scalar & 1:
                total = self.add(total, point)
            point = self.add(point, point)
            scalar >>= 1
        return total

    def sign(self, private: int, k: int, e: int) -> tuple[int, int]:
        point = self.multiply(k, (self.x, self.y))
        assert point is not None
        r = point[0] % self.q
        return r, (r * private + k * e) % self.q

    def verify(self, public: Point, e: int, r: int, s: int) -> bool:
        v = pow(e, -1, self.q)
        found = self.add(self.multiply(s * v % self.q, (self.x, self.y)), self.multiply(-r * v % self.q, public))
        return found is not None and found[0] % self.q == r
