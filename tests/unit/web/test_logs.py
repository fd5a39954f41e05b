import io
import json

import structlog

from gateway.web.logs import configure_logs, mask_personal_data, masked

IIN = "900101100015"


def test_identity_numbers_are_covered_wherever_they_stand():
    event = {"event": f"login {IIN}", "path": f"/a/{IIN}/b", "list": [IIN, {"x": IIN}], "number": int(IIN), "n": 12}
    covered = mask_personal_data(None, "info", event)
    assert IIN not in str(covered)
    assert covered["path"] == "/a/********0015/b"
    assert covered["n"] == 12


def test_other_numbers_stay_readable():
    assert masked("20260302000001 and 123") == "20260302000001 and 123"


def test_secrets_are_covered_by_their_names():
    assert mask_personal_data(None, "info", {"event": "x", "password": "p", "cookie": "c"}) == {
        "event": "x",
        "password": "…",
        "cookie": "…",
    }


def test_a_line_of_the_log_is_json_without_the_number(monkeypatch):
    before = structlog.get_config()
    stream = io.StringIO()
    try:
        configure_logs(stream)
        try:
            int(f"no such person: {IIN}")
        except ValueError:
            structlog.get_logger().exception("failed", iin=IIN)
    finally:
        structlog.configure(**before)
    line = json.loads(stream.getvalue())
    assert line["event"] == "failed"
    assert IIN not in stream.getvalue()
    assert "ValueError" in line["exception"]
