from pathlib import Path

import pytest

from simulators.shep.config import GatewayConfig, SystemEntry, hash_password, load_config
from simulators.shep.registry import Registry
from tests.unit.shep.pki import BINS, key_of

SYSTEM = {
    "sender_id": "PORTAL",
    "password_sha256": hash_password("secret"),
    "certificate": {"bin": BINS["PORTAL"]},
    "push_url": "http://127.0.0.1:1/push",
}
SERVICE = {"service_id": "ECHO", "owner": "PORTAL", "channel": "sync"}


def test_the_example_file_is_a_registry():
    config = load_config(Path("simulators/shep/example.yaml"))
    assert config.name
    assert Registry(config).may_ask("PORTAL", "GBDFL_UniversalServiceSync")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"systems": [SYSTEM, SYSTEM]}, "given twice"),
        ({"services": [{**SERVICE, "owner": "NOBODY"}]}, "no system or peer NOBODY"),
        ({"services": [{**SERVICE, "max_bytes": 16 * 1024 * 1024}]}, "max_bytes"),
        ({"services": [{**SERVICE, "chanel": "sync"}]}, "chanel"),
        ({"routes": [{"route_id": "KARAGANDA", "to": "PORTAL"}]}, "route_id"),
        ({"routes": [{"route_id": "R_X", "to": "NOBODY"}]}, "no system or peer"),
        ({"rights": {"PORTAL": ["NOTHING"]}}, "no service NOTHING"),
        ({"rights": {"NOBODY": []}}, "no system NOBODY"),
        ({"systems": [{**SYSTEM, "certificate": {}}]}, "a BIN, a serial number or a fingerprint"),
        ({"systems": [{**SYSTEM, "push_url": "ftp://x"}]}, "push_url"),
    ],
)
def test_a_registry_that_does_not_hang_together_says_why(change, reason):
    with pytest.raises(ValueError, match=reason):
        GatewayConfig.model_validate({"name": "SHEP", "systems": [SYSTEM], **change})


def test_a_file_with_a_clear_password_is_refused(tmp_path):
    file = tmp_path / "registry.yaml"
    file.write_text("name: SHEP\nsystems:\n  - sender_id: A\n    password: secret\n", encoding="utf-8")
    with pytest.raises(ValueError, match="password_sha256"):
        load_config(file)


def test_a_file_that_is_no_yaml_says_so(tmp_path):
    file = tmp_path / "registry.yaml"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="not YAML"):
        load_config(file)


def test_a_certificate_rule_wants_every_field_that_it_names():
    certificate = key_of("PORTAL").certificate
    own = {"bin": BINS["PORTAL"], "serial": f"{certificate.serial:x}", "sha256": certificate.sha256}
    for name, value in own.items():
        assert SystemEntry.model_validate({**SYSTEM, "certificate": {name: value}}).certificate.covers(certificate)
        for wrong in ({"bin": BINS["DESK"]}, {"serial": "1"}, {"sha256": "0" * 64}):
            entry = SystemEntry.model_validate({**SYSTEM, "certificate": {**own, **wrong}})
            assert not entry.certificate.covers(certificate)


def test_a_password_is_checked_for_a_known_and_an_unknown_system_alike():
    registry = Registry(GatewayConfig.model_validate({"name": "SHEP", "systems": [SYSTEM]}))
    assert registry.authenticate("PORTAL", "secret").sender_id == "PORTAL"
    assert registry.authenticate("PORTAL", "wrong") is None
    assert registry.authenticate("PORTAL", None) is None
    assert registry.authenticate("NOBODY", "secret") is None
    assert registry.authenticate("NOBODY", None) is None
    assert "password_sha256" not in str(registry.to_json())
