"""What reading the catalogue costs: CPU time of `read_catalogue`, beside bare readings of the same files."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ryaml

from gateway.catalogue.load import FOLDER, read_catalogue

ROUNDS = 5


@dataclass(frozen=True)
class CatalogueLoad:
    """CPU milliseconds, the least of five each: ours, the bare YAML parser, `json.loads` of the same data."""

    ours: float
    yaml: float
    json: float
    files: int
    bytes: int


def measure() -> CatalogueLoad:
    """Read all five times each way."""
    files = sorted(FOLDER.rglob("*.yaml"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    bodies = [json.dumps(ryaml.loads(text), default=str, ensure_ascii=False) for text in texts]
    return CatalogueLoad(
        ours=_least(lambda: read_catalogue(FOLDER)),
        yaml=_least(lambda: [_read(file) for file in files]),
        json=_least(lambda: [json.loads(body) for body in bodies]),
        files=len(files),
        bytes=sum(len(text.encode()) for text in texts),
    )


def _read(file: Path) -> object:
    return ryaml.loads(file.read_text(encoding="utf-8"))


def _least(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        taken.append(1000 * (time.process_time() - began))
    return min(taken)
