"""Where ГОСТ work is done: on the event loop while the C libraries do it, in a thread where Python must."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from gateway.eds.gost.backends import chosen

_T = TypeVar("_T")
_ARC = "1.2.398.3.10.1."


def takes_long() -> bool:
    """Whether one ГОСТ signature holds its thread for 13 ms and more."""
    backends = chosen()
    return not backends.hashes.fast or backends.verifier.name != "libhogweed"


async def at_its_pace(algorithm: str, work: Callable[[], _T]) -> _T:
    """Do what checks signatures of an algorithm (OID of signature or key) without holding the loop for long."""
    if algorithm.startswith(_ARC) and takes_long():
        return await asyncio.to_thread(work)
    return work()
