"""The profile is read strictly: a slip in it is named and never half obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from simulators.nca.errors import ProfileInvalid
from simulators.nca.profile import Profile

GOST = ("chains", "gost")
SHIPPED = Path(__file__).resolve().parents[3] / "certs" / "nca.yaml"


def test_the_shipped_profile_is_read_and_offers_every_kind_of_holder() -> None:
    people = {"individual", "employee", "head", "signing_right", "operator", "official", "official_head"}
    gost, rsa = (Profile.default().chains[name].kinds for name in ("gost", "rsa"))
    assert set(rsa) >= set(gost) >= people
    assert {gost[kind] for kind in people} == {("sign",)}
    assert rsa["individual"] == rsa["system"] == ("sign", "auth")
    assert rsa["tls"] == ("server",)


def test_people_are_of_the_gost_chain_and_systems_and_tls_of_the_rsa_one() -> None:
    profile = Profile.default()
    kinds = ("individual", "official_head", "system", "tls")
    assert [profile.chain_of_kind(kind) for kind in kinds] == ["gost", "gost", "rsa", "rsa"]
    assert profile.chain_of_template("individual-auth") == "rsa"


def test_one_gost_key_serves_signing_and_entering() -> None:
    gost, rsa = (Profile.default().chains[name] for name in ("gost", "rsa"))
    assert [gost.serving("individual", purpose) for purpose in ("sign", "auth", "server")] == ["sign", "sign", None]
    assert [rsa.serving("individual", purpose) for purpose in ("sign", "auth", "server")] == ["sign", "auth", None]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*GOST, "algorithm"), "rot13"),
        ((*GOST, "generation"), 1999),
        (("version",), 1),
        (("surprise",), 1),
        (("chains",), {}),
        (("chains", "Gost 2022"), {}),
        (("key_bits", "holder"), 512),
        ((*GOST, "templates", "individual-sign", "roles"), ["emperor"]),
        ((*GOST, "templates", "individual-sign", "key_usage"), ["everything"]),
        ((*GOST, "templates", "individual-sign", "subject"), []),
        ((*GOST, "templates", "Individual Sign"), {"subject": ["common_name"], "validity_days": 1}),
        (("roles", "head"), "1.2.398.03"),
        ((*GOST, "ocsp", "template"), "nobody-knows"),
        ((*GOST, "tsa", "policy"), "1.2.398.3.3.2.6.2"),
        ((*GOST, "tsa", "without_policy"), ["streebog512", "sha256"]),
        ((*GOST, "tsa", "digests"), ["gost34311"]),
        ((*GOST, "root", "not_after"), "2019-01-01T00:00:00Z"),
        ((*GOST, "root", "file"), "../root"),
        ((*GOST, "root", "file"), "root_rsa"),
        ((*GOST, "root", "delta_file"), "root_d"),
        ((*GOST, "issuing", "delta_file"), None),
        ((*GOST, "issuing", "not_after"), "2046-01-01T00:00:00Z"),
        (("crl", "publish_every_hours"), 0),
    ],
)
def test_a_slip_in_the_profile_is_refused(tmp_path: Path, path: tuple[str, ...], value: object) -> None:
    body = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    place = body
    for part in path[:-1]:
        place[part] = dict(place[part])
        place = place[part]
    place[path[-1]] = value
    file = tmp_path / "nca.yaml"
    file.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ProfileInvalid):
        Profile.read(file)


@pytest.mark.parametrize("content", [b"", b"- 1", b"\xff\xfe", b"!!python/object/apply:os.getcwd []", b"{"])
def test_a_file_that_is_no_profile_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "nca.yaml"
    file.write_bytes(content)
    with pytest.raises(ProfileInvalid):
        Profile.read(file)
