"""Fixtures: a НУЦ that answers on loopback, over a schema and a folder of keys of its own."""

from __future__ import annotations

import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from gateway.store import Store
from simulators.nca import Authority, Faults, Profile, create_app
from simulators.nca.algorithms import ALGORITHMS
from simulators.nca.keys import KeysFolder
from simulators.nca.profile import AlgorithmName, KeyBits

__all__ = ["Running", "keys_folder", "made_keys", "nca", "profile", "store"]


@dataclass
class Running:
    """The НУЦ with its server."""

    authority: Authority
    url: str
    keys: Path
    http: aiohttp.ClientSession
    faults: Faults
    stop: Callable[[], Awaitable[None]]


@pytest.fixture(scope="session")
def profile() -> Profile:
    """The shipped profile with keys that are made quickly."""
    return Profile.default().model_copy(update={"key_bits": KeyBits(authority=2048, holder=2048)})


@pytest.fixture(scope="session")
def made_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of the RSA chain, made once and copied for every test; GOST keys are made in no time."""
    folder = tmp_path_factory.mktemp("keys")
    keys = KeysFolder(folder / "rsa", ALGORITHMS[AlgorithmName.RSA])
    for name in ("root", "issuing"):
        keys.open(name, bits=2048)
    return folder


@pytest.fixture
def keys_folder(made_keys: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made_keys, tmp_path / "keys")


@pytest.fixture
async def store(new_store: Callable[..., Awaitable[Store]]) -> Store:
    return await new_store("nca")


@pytest.fixture
async def nca(store: Store, profile: Profile, keys_folder: Path) -> AsyncIterator[Running]:
    """The НУЦ under the prefix /nca of a server on loopback."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/nca"
    authority = await Authority.open(store, profile, keys_folder, url)
    faults = Faults()
    app = web.Application()
    app.add_subapp("/nca", create_app(authority, faults))
    runner = web.AppRunner(app)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    async with aiohttp.ClientSession() as http:
        yield Running(authority, url, keys_folder, http, faults, runner.cleanup)
    await runner.cleanup()
