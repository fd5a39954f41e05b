import io
import json
import logging
import warnings

import structlog
from aiohttp import BadContentDispositionHeader

from gateway.web.logs import logs_to, mask_personal_data, masked

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


def test_a_line_of_the_log_is_json_without_the_number():
    stream = io.StringIO()
    with logs_to(stream):
        try:
            int(f"no such person: {IIN}")
        except ValueError:
            structlog.get_logger().exception("failed", iin=IIN)
    line = json.loads(stream.getvalue())
    assert line["event"] == "failed"
    assert IIN not in stream.getvalue()
    assert "ValueError" in line["exception"]


class Coded(Exception):
    code = "person-unknown"


def logged_failure(act):
    stream = io.StringIO()
    with logs_to(stream):
        try:
            act()
        except Exception:  # noqa: BLE001 - as whoever logs what nobody foresaw
            structlog.get_logger().exception("job-held", job="register")
    return json.loads(stream.getvalue())


def test_an_exception_is_logged_by_type_code_and_place_without_its_words_which_may_name_people():
    def fail():
        try:
            int("Ахметов Бауыржан")
        except ValueError as error:
            raise Coded("no such person: Ахметов Бауыржан") from error

    line = logged_failure(fail)
    assert "Ахметов" not in json.dumps(line, ensure_ascii=False)
    outer, inner = line["exception"].split("\nfrom ")
    assert outer.startswith("Coded (person-unknown)")
    assert inner.startswith("ValueError")
    assert "test_logs.py" in outer
    assert " fail" in outer
    assert " fail" in inner


def test_every_exception_of_a_group_is_logged_and_a_suppressed_one_is_not():
    def fail():
        try:
            {}.pop("Ахметов")
        except KeyError:
            raise ExceptionGroup("of Ахметов", [Coded("Ахметов"), OSError(2, "Ахметов")]) from None

    line = logged_failure(fail)
    assert "Ахметов" not in json.dumps(line, ensure_ascii=False)
    assert "ExceptionGroup" in line["exception"]
    assert "Coded (person-unknown)" in line["exception"]
    assert "FileNotFoundError" in line["exception"] or "OSError" in line["exception"]
    assert "KeyError" not in line["exception"]


def test_the_place_of_a_deep_exception_is_not_cut_off():
    def fall(depth):
        return int("Ахметов") if depth == 0 else fall(depth - 1)

    line = logged_failure(lambda: fall(200))
    assert "ValueError" in line["exception"]
    assert line["exception"].splitlines()[1].endswith(" fall")


def test_what_libraries_warn_of_is_a_line_like_any_other_and_quotes_no_file_name():
    stream = io.StringIO()
    with warnings.catch_warnings(), logs_to(stream):
        warnings.simplefilter("always")
        warnings.warn(f"old ways of {IIN}", DeprecationWarning, stacklevel=1)
        warnings.warn('form-data; filename="Ахметов.pdf', BadContentDispositionHeader, stacklevel=1)
    old, quoted = map(json.loads, stream.getvalue().splitlines())
    assert "DeprecationWarning" in old["event"]
    assert IIN not in old["event"]
    assert quoted["event"] == "a part that is no form data: BadContentDispositionHeader"


def test_the_logging_is_left_as_it_was_found():
    before = (list(logging.getLogger().handlers), structlog.get_config(), warnings.showwarning)
    with logs_to(io.StringIO()):
        assert list(logging.getLogger().handlers) != before[0]
    assert (list(logging.getLogger().handlers), structlog.get_config(), warnings.showwarning) == before
