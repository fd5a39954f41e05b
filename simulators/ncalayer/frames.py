"""Frames of the websocket, both ways: bounded JSON in, the program's own forms of answer out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, NoReturn

from simulators.ncalayer.errors import FrameRefused, NcalayerError

COMMON_UTILS = "kz.gov.pki.knca.commonUtils"
BASICS = "kz.gov.pki.knca.basics"
HEARTBEAT = "--heartbeat--"
MAX_FRAME_BYTES = 24 * 1024 * 1024
MAX_DEPTH = 12
_LONGEST_NAME = 200
_MOST_MARKS = 5000
_MARK = re.compile(r'["\[\]{}]')


@dataclass(frozen=True, slots=True)
class Request:
    """One call: `args` is a list for commonUtils and an object for basics, None when absent."""

    module: str
    method: str
    args: Any = field(default=None, repr=False)


def read_request(text: str) -> Request:
    """Read a frame; raises `FrameRefused`."""
    if _depth(text) > MAX_DEPTH:
        raise FrameRefused("the frame is nested too deeply")
    try:
        frame = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise FrameRefused("the frame is no JSON") from error
    if not isinstance(frame, dict):
        raise FrameRefused("the frame is no JSON object")
    module, method = frame.get("module"), frame.get("method")
    for name, value in (("module", module), ("method", method)):
        if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_NAME:
            raise FrameRefused(f"the frame names no {name}")
    return Request(str(module), str(method), frame.get("args"))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _depth(text: str) -> int:
    """Return how deep brackets stand in each other; raises `FrameRefused` for more of them than a request has."""
    deepest = depth = 0
    position = 0
    for _ in range(_MOST_MARKS):
        found = _MARK.search(text, position)
        if found is None:
            return deepest
        mark = found[0]
        position = _after_string(text, found.end()) if mark == '"' else found.end()
        if mark in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif mark in "]}":
            depth -= 1
    raise FrameRefused("the frame has too many members")


def _after_string(text: str, position: int) -> int:
    while True:
        quote = text.find('"', position)
        if quote < 0:
            return len(text)
        backslashes = 0
        while text[quote - 1 - backslashes] == "\\":
            backslashes += 1
        if backslashes % 2 == 0:
            return quote + 1
        position = quote + 1


def greeting(version: str) -> str:
    """Return what the program says first."""
    return json.dumps({"result": {"version": version}})


def common_answer(result: Any) -> str:
    """Return the answer of commonUtils."""
    return json.dumps({"responseObject": result, "code": "200"}, ensure_ascii=False)


def common_done() -> str:
    """Return the answer of commonUtils to a method without a result (changeLocale)."""
    return json.dumps({"code": "200"})


def common_error(error: NcalayerError) -> str:
    """Return a failure of commonUtils; without a message when there is none."""
    return json.dumps({"code": "500"} | ({"message": error.message} if error.message else {}), ensure_ascii=False)


def basics_answer(result: Any) -> str:
    """Return the answer of basics."""
    return json.dumps({"body": {"result": result}, "status": True}, ensure_ascii=False)


def basics_cancelled() -> str:
    """Return what basics says when the person cancelled: a success without a result."""
    return json.dumps({"body": {}, "status": True})


_SAYINGS = {
    "INVOCATION_ERROR": "An invoked method threw an exception.",
    "MODULE_NOT_FOUND": "A requested module is not found.",
    "GENERAL_ERROR": "The request cannot be fulfilled.",
}


def basics_error(error: NcalayerError) -> str:
    """Return a failure of basics, and of whatever is no module at all."""
    return json.dumps(
        {
            "code": error.code,
            "details": error.message or "",
            "message": _SAYINGS[error.code],
            "status": False,
        },
        ensure_ascii=False,
    )
