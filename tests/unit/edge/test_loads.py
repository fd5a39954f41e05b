import json

import pytest

from simulators.edge import loads


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{} {}",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'{"a": ["\\ud800"]}',
        b'{"a": "\xff"}',
        b"[" * 100_000,
        '{"a": 1}'.encode("utf-16"),
        b'\xef\xbb\xbf{"a": 1}',
    ],
)
def test_json_on_which_two_readers_could_disagree_is_refused(body):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever is wrong with it
        loads(body)


@pytest.mark.parametrize("value", [{}, [], None, True, 1.5, "ә", {"a": [{"b": 1}, {"b": 2}]}, "\\u0000", [1, 2]])
def test_other_json_is_read_as_it_is(value):
    assert loads(json.dumps(value).encode()) == value
