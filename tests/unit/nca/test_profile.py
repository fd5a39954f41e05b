"""The profile is read strictly: a slip in it is named and never half obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from simulators.nca.errors import ProfileInvalid
from simulators.nca.profile import Profile

SHIPPED = Path(__file__).resolve().parents[3] / "certs" / "nca.yaml"


def test_the_shipped_profile_is_read_and_offers_every_kind_of_holder() -> None:
    kinds = Profile.default().kinds
    assert set(kinds) >= {"individual", "employee", "head", "signing_right", "operator", "official", "official_head"}
    assert kinds["individual"] == kinds["system"] == ("sign", "auth")
    assert kinds["tls"] == ("server",)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("algorithm",), "rot13"),
        (("version",), 2),
        (("surprise",), 1),
        (("key_bits", "holder"), 512),
        (("templates", "individual-sign", "roles"), ["emperor"]),
        (("templates", "individual-sign", "key_usage"), ["everything"]),
        (("templates", "individual-sign", "subject"), []),
        (("templates", "Individual Sign"), {"subject": ["common_name"], "validity_days": 1}),
        (("roles", "head"), "1.2.398.03"),
        (("ocsp", "template"), "nobody-knows"),
        (("root", "not_after"), "2019-01-01T00:00:00Z"),
        (("root", "file"), "../root"),
        (("root", "delta_file"), "root_d"),
        (("issuing", "delta_file"), None),
        (("issuing", "not_after"), "2046-01-01T00:00:00Z"),
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
