import stat
from pathlib import Path

import pytest

from simulators.shep.config import Handing, Mode, SystemEntry, as_hash, hash_password, load_config
from simulators.shep.registry import Registry
from simulators.shep.registry_changes import Change, Kind, changed
from simulators.shep.registry_file import is_as_written, registry_at, written
from tests.unit.shep.pki import BINS, key_of

EXAMPLE = Path("simulators/shep/example.yaml")


@pytest.fixture
def config():
    peer = {
        "name": "RSHEP",
        "certificates": [key_of("RSHEP").certificate.pem],
        "sync_url": "http://127.0.0.1:1/",
        "async_url": "http://127.0.0.1:1/",
    }
    return changed(load_config(EXAMPLE), [Change(Kind.PEER, "RSHEP", peer)])


def test_a_registry_comes_back_from_its_file_as_it_was(config, tmp_path):
    file = tmp_path / "shep.yaml"
    assert registry_at(file, config) == config
    assert load_config(file) == config
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_person_can_read_the_file(config):
    text = written(config)
    assert "\n# Which services a system may ask.\nrights:\n" in text
    assert "certificates:\n      - |\n        -----BEGIN CERTIFICATE-----\n" in text
    assert "mode: lenient" in text


def test_a_file_that_nobody_edited_is_written_anew_when_keys_changed(config, tmp_path):
    file = tmp_path / "shep.yaml"
    registry_at(file, config)
    other = changed(config, [Change(Kind.ROUTE, "R_OTHER", {"route_id": "R_OTHER", "to": "DESK"})])
    assert registry_at(file, other) == other
    assert load_config(file) == other


def test_an_edited_file_is_used_as_it_is_and_the_new_one_lies_beside_it(config, tmp_path):
    file = tmp_path / "shep.yaml"
    registry_at(file, config)
    file.write_text(file.read_text(encoding="utf-8").replace("mode: lenient", "mode: strict"), encoding="utf-8")
    assert not is_as_written(file.read_text(encoding="utf-8"))
    other = changed(config, [Change(Kind.ROUTE, "R_OTHER", {"route_id": "R_OTHER", "to": "DESK"})])
    read = registry_at(file, other)
    assert (read.mode, read.routes) == (Mode.STRICT, config.routes)
    assert load_config(tmp_path / "shep.yaml.new") == other
    file.unlink()
    assert registry_at(file, other) == other
    assert [each.name for each in tmp_path.iterdir()] == ["shep.yaml"]


def test_a_file_that_somebody_broke_says_where(config, tmp_path):
    file = tmp_path / "shep.yaml"
    registry_at(file, config)
    file.write_text(file.read_text(encoding="utf-8").replace("owner: DESK", "owner: NOBODY"), encoding="utf-8")
    with pytest.raises(ValueError, match="no system or peer NOBODY"):
        registry_at(file, config)


SYSTEM = {"sender_id": "A", "password_sha256": "0" * 64, "certificate": {"bin": BINS["PORTAL"]}}


@pytest.mark.parametrize(
    ("fields", "pulls"),
    [
        ({}, True),
        ({"push_url": "http://127.0.0.1/"}, False),
        ({"push_url": "http://127.0.0.1/", "delivery": "pull"}, True),
        ({"push_url": "http://127.0.0.1/", "delivery": "push"}, False),
    ],
)
def test_a_system_fetches_where_nothing_can_be_pushed_or_where_it_says_so(fields, pulls):
    assert SystemEntry.model_validate({**SYSTEM, **fields}).pulls is pulls


def test_push_needs_an_address():
    with pytest.raises(ValueError, match="push_url"):
        SystemEntry.model_validate({**SYSTEM, "delivery": Handing.PUSH})


def test_a_certificate_that_two_systems_have_names_neither():
    config = load_config(EXAMPLE)
    registry = Registry(config)
    assert registry.system_of(key_of("PORTAL").certificate).sender_id == "PORTAL"
    again = {**SYSTEM, "sender_id": "PORTAL_TOO"}
    registry.replace(changed(config, [Change(Kind.SYSTEM, "PORTAL_TOO", again)]))
    assert registry.system_of(key_of("PORTAL").certificate) is None


def test_what_a_peer_hands_on_for_a_password_is_a_hash_in_the_end():
    assert as_hash(hash_password("x")) == hash_password("x")
    assert as_hash("x") == hash_password("x")
    assert as_hash(None) == hash_password("")
