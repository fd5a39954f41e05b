"""Which code hashes and checks signatures: the fastest that is on the machine, another when a test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from gateway.eds.gost import native, points
from gateway.eds.gost.gost34311 import gost34311
from gateway.eds.gost.streebog import streebog256, streebog512


@dataclass(frozen=True, slots=True)
class Hashes:
    """The hash functions of one library; those that are not `fast` are not given more than 256 KB."""

    name: str
    fast: bool
    streebog512: Callable[[bytes], bytes]
    streebog256: Callable[[bytes], bytes]
    gost34311: Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A check of signatures whose key, r and s are known to be in range."""

    name: str
    verify: points.Verify


@dataclass(frozen=True, slots=True)
class Backends:
    """What is used."""

    hashes: Hashes
    verifier: Verifier

    def __str__(self) -> str:
        return f"hashes by {self.hashes.name}, signatures by {self.verifier.name}"


_Backend = TypeVar("_Backend", Hashes, Verifier)


@cache
def available_hashes() -> tuple[Hashes, ...]:
    """Return every set of hash functions on this machine, the fastest first; the last is always `python`."""
    libraries = (("nettle", native.nettle_hashes()), ("libgcrypt", native.gcrypt_hashes()))
    found = [Hashes(name, True, **functions) for name, functions in libraries if functions is not None]
    return (*found, Hashes("python", False, streebog512, streebog256, gost34311))


@cache
def available_verifiers() -> tuple[Verifier, ...]:
    """Return every way to check signatures on this machine, the fastest first; the last is always `python`."""
    found = []
    if (verify := native.hogweed_verify()) is not None:
        found.append(Verifier("libhogweed", verify))
    if (integer := points.fastest_integer()) is not int:
        found.append(Verifier("gmpy2", points.verifier(integer)))
    return (*found, Verifier("python", points.verifier(int)))


@cache
def fastest() -> Backends:
    """Return the fastest of each."""
    return Backends(available_hashes()[0], available_verifiers()[0])


_asked: ContextVar[Backends | None] = ContextVar("gost_backends", default=None)


def chosen() -> Backends:
    """Return what hashes and checks here and now."""
    return _asked.get() or fastest()


@contextmanager
def using(*, hashes: str | None = None, verifier: str | None = None) -> Iterator[Backends]:
    """Use the back ends named, within the block; raises `LookupError` for one that is not on the machine."""
    found = Backends(
        _named(available_hashes(), hashes) if hashes else chosen().hashes,
        _named(available_verifiers(), verifier) if verifier else chosen().verifier,
    )
    token = _asked.set(found)
    try:
        yield found
    finally:
        _asked.reset(token)


def _named(items: tuple[_Backend, ...], name: str) -> _Backend:
    for item in items:
        if item.name == name:
            return item
    raise LookupError(f"no GOST back end {name!r} on this machine")
