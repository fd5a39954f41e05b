"""Digests of documents: nothing else waits while a large one is made."""

from __future__ import annotations

import hashlib
import threading

import pytest

from gateway.store import blobs


@pytest.mark.parametrize(("size", "aside"), [(1_000, False), (5_000_000, True)])
async def test_a_large_document_is_digested_beside_the_event_loop(monkeypatch, size: int, aside: bool) -> None:
    threads, made = [], hashlib.sha256

    def noted(content: bytes):
        threads.append(threading.current_thread())
        return made(content)

    monkeypatch.setattr(blobs.hashlib, "sha256", noted)
    content = b"x" * size
    assert await blobs.digest_of(content) == made(content).hexdigest()
    assert [thread is not threading.main_thread() for thread in threads] == [aside]
