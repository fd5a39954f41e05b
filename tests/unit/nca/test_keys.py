"""The folder of the НУЦ's keys: nobody else reads it, and what is in it is found again."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from simulators.nca.algorithms import ALGORITHMS
from simulators.nca.chain import Chain
from simulators.nca.errors import AuthorityKeyLost
from simulators.nca.keys import KeysFolder, adopt_keys_of_one_chain
from simulators.nca.profile import AlgorithmName

RSA, GOST = ALGORITHMS[AlgorithmName.RSA], ALGORITHMS[AlgorithmName.GOST]


def test_a_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    first = KeysFolder(folder, RSA).open("root", bits=2048)
    again = KeysFolder(folder, RSA).open("root", bits=2048)
    assert first.public_key_info == again.public_key_info
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [(file.name, stat.S_IMODE(file.stat().st_mode)) for file in folder.iterdir()] == [("root.pem", 0o600)]


def test_a_spoilt_key_is_named_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "root.pem").write_bytes(b"-----BEGIN PRIVATE KEY-----\nnothing\n-----END PRIVATE KEY-----\n")
    with pytest.raises(AuthorityKeyLost) as lost:
        KeysFolder(tmp_path, RSA).open("root", bits=2048)
    assert lost.value.facts["key"] == "root"
    assert b"nothing" in (tmp_path / "root.pem").read_bytes()


def test_a_key_survives_its_file_and_garbage_is_no_key_store() -> None:
    key = RSA.generate(2048)
    assert RSA.load(key.to_pem()).public_key_info == key.public_key_info
    with pytest.raises(ValueError, match="PKCS12"):
        RSA.load_pkcs12(b"\x30\x00", "password")


def test_a_gost_key_survives_its_file_and_its_key_store(tmp_path: Path, gost_chain: Chain) -> None:
    key = KeysFolder(tmp_path, GOST).open("root", bits=2048)
    again = KeysFolder(tmp_path, GOST).open("root", bits=2048)
    assert again.public_key_info == key.public_key_info
    content = key.pkcs12(name="root", certificate=gost_chain.root.certificate, chain=[], password="Qwerty12")
    assert GOST.load_pkcs12(content, "Qwerty12").public_key_info == key.public_key_info
    for load in (lambda: GOST.load_pkcs12(content, "qwerty12"), lambda: GOST.load(RSA.generate(2048).to_pem())):
        with pytest.raises(ValueError, match="GOST"):
            load()


def test_keys_of_an_installation_with_one_chain_are_found_under_the_rsa_chain(tmp_path: Path) -> None:
    before = KeysFolder(tmp_path, RSA).open("root", bits=2048)
    for _ in range(2):
        adopt_keys_of_one_chain(tmp_path)
        assert KeysFolder(tmp_path / "rsa", RSA).open("root", bits=2048).public_key_info == before.public_key_info
    assert not (tmp_path / "root.pem").exists()
    assert stat.S_IMODE((tmp_path / "rsa").stat().st_mode) == 0o700
