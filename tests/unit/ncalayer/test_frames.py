import json
import time

import pytest

from simulators.ncalayer.errors import FrameRefused
from simulators.ncalayer.frames import read_request


def test_a_call_is_read_with_its_arguments() -> None:
    request = read_request('{"module":"m","method":"f","args":["a",true]}')
    assert (request.module, request.method, request.args) == ("m", "f", ["a", True])


def test_brackets_inside_strings_are_no_depth() -> None:
    text = json.dumps({"module": "m", "method": "f", "args": ["[" * 10_000 + '\\"' + "{" * 100]})
    assert read_request(text).args[0].startswith("[[[")


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "null",
        "[]",
        "12",
        "{",
        '{"module":1,"method":"f"}',
        '{"module":"","method":"f"}',
        '{"module":"m"}',
        '{"module":"m","method":"f","args":NaN}',
        '{"module":"' + "m" * 201 + '","method":"f"}',
        "[" * 100_000,
        '{"module":"m","method":"f","args":' + "[" * 20 + "]" * 20 + "}",
        '{"module":"m","method":"f","args":[' + "[]," * 6000 + "[]]}",
        '{"module":"m","method":"\\ud800',
        '"' + "\\" * 99_999,
    ],
)
def test_what_is_no_request_is_refused_and_breaks_nothing(frame: str) -> None:
    with pytest.raises(FrameRefused):
        read_request(frame)


def test_a_large_document_costs_no_more_than_its_length() -> None:
    def seconds(times: int) -> float:
        text = json.dumps({"module": "m", "method": "f", "args": ['<a b="c">[{' * times]})
        began = time.process_time()
        read_request(text)
        return time.process_time() - began

    small = max(seconds(25_000), 0.002)
    assert seconds(400_000) < 100 * small
