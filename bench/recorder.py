"""A part that keeps every operation of the trust core it does: `python -m bench.recorder NAME FOLDER`.

The wrappers stand at the lowest calls of `gateway.eds` into cryptography and lxml; they are for counting, so this
process is never the one whose time is taken.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from lxml import etree

from bench.operations import Kind, Operation

FILE = "QYZMET_BENCH_RECORD"


def install(kept: list[Operation]) -> None:
    """Wrap the calls; from now on `kept` grows."""
    from gateway.eds import algorithms, canonical, certificate, keys, xml

    def before(owner: Any, name: str, note: Callable[..., None]) -> None:
        original = getattr(owner, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            note(*args, **kwargs)
            return original(*args, **kwargs)

        setattr(owner, name, wrapped)

    def add(kind: Kind, data: bytes | memoryview, **facts: Any) -> None:
        kept.append(Operation(time.monotonic(), kind, bytes(data), **facts))

    def verify(algorithm: Any, key_info: bytes, signature: bytes, data: bytes) -> None:
        add(Kind.VERIFY, data, key=key_info, signature=signature, hash=algorithm.hash.name)

    def sign(_key: Any, data: bytes) -> None:
        add(Kind.SIGN, data, hash="sha256")

    def digest(algorithm: Any, data: bytes) -> None:
        add(Kind.DIGEST, data, hash=algorithm.name.replace("-", "").lower())

    def parse(data: bytes, *_: Any, **__: Any) -> None:
        add(Kind.PARSE, data)

    before(algorithms.RsaPkcs1, "verify", verify)
    before(keys.SoftwareKey, "sign", sign)
    before(algorithms.Digest, "__call__", digest)
    before(xml, "_parse", parse)
    original = canonical.Canonicalisation._bytes  # noqa: SLF001

    def canonicalised(self: Any, element: Any) -> bytes:
        result = original(self, element)
        whole = element if hasattr(element, "getroot") else element.getroottree()
        add(
            Kind.CANONICALISE,
            etree.tostring(whole),
            place=None if whole is element else _place(element),
            method=self.method.value,
            prefixes=self.inclusive_prefixes,
            result=hashlib.sha256(result).digest(),
        )
        return result

    canonical.Canonicalisation._bytes = canonicalised  # type: ignore[method-assign] # noqa: SLF001
    before(certificate, "_profile", partial(add, Kind.CERTIFICATE))


def _place(element: Any) -> tuple[int, ...]:
    steps: list[int] = []
    while (parent := element.getparent()) is not None:
        steps.append(parent.index(element))
        element = parent
    return tuple(reversed(steps))


def main() -> None:
    """Run the part; write what was kept when it ends."""
    from simulators.part import main as run_part

    kept: list[Operation] = []
    install(kept)
    try:
        run_part()
    finally:
        Path(os.environ[FILE]).write_bytes(pickle.dumps(kept))


if __name__ == "__main__":
    main()
