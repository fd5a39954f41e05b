"""The filter of system calls, run as the kernel's packet machine runs it, for machines that the tests do not run on."""

import re
import struct
from pathlib import Path

import pytest

from gateway.scans.parsing import sandbox

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_ALLOWED, _DENIED, _KILLED = 0x7FFF0000, 0x00050001, 0x80000000
_DANGEROUS = {
    "x86_64": (
        *(2, 4, 6, 16, 21, 41, 56, 59),  # open, stat, lstat, ioctl, access, socket, clone, execve
        *(62, 72, 101, 137, 157, 188, 197),  # kill, fcntl, ptrace, statfs, prctl, setxattr, removexattr
        *(200, 234, 253, 257, 262, 317),  # tkill, tgkill, inotify_init, openat, newfstatat, seccomp
        332,  # statx
    ),
    "aarch64": (
        *(5, 14, 25, 26, 29, 43),  # setxattr, removexattr, fcntl, inotify_init1, ioctl, statfs
        *(48, 56, 79, 117, 129, 130, 131),  # faccessat, openat, newfstatat, ptrace, kill, tkill, tgkill
        *(167, 198, 220, 221, 277, 291),  # prctl, socket, clone, execve, seccomp, statx
    ),
}


def _answer(machine: str, number: int, first: int = 0, audit: int | None = None) -> int:
    told = struct.pack("=IIQ6Q", number, _AUDIT[machine] if audit is None else audit, 0, first, 0, 0, 0, 0, 0)
    steps: list[tuple[int, int, int, int]] = list(struct.iter_unpack("=HBBI", sandbox._program(machine)))
    held = at = 0
    while True:
        code, true, false, operand = steps[at]
        at += 1
        match code:
            case 0x20:
                (held,) = struct.unpack_from("=I", told, operand)
            case 0x15:
                at += true if held == operand else false
            case 0x06:
                return operand
            case _:
                raise AssertionError(code)


@pytest.mark.parametrize("machine", _AUDIT)
def test_all_calls_are_denied_but_the_needed_ones(machine: str) -> None:
    needed = set(sandbox._NEEDED[machine].values())
    assert len(needed) == len(sandbox._NEEDED[machine])
    assert needed.isdisjoint(_DANGEROUS[machine])
    assert max(needed) < 424  # what came since Linux 5.1 has the same number on all machines
    for number in [*range(1000), *range(0x40000000, 0x40000000 + 1000), 0xFFFFFFFF]:
        allowed = number in needed or number == sandbox._LIMITS[machine]
        assert _answer(machine, number) == (_ALLOWED if allowed else _DENIED), number


@pytest.mark.parametrize("machine", _AUDIT)
def test_limits_are_set_for_the_process_itself_alone(machine: str) -> None:
    limits = sandbox._LIMITS[machine]
    assert _answer(machine, limits, 0) == _ALLOWED
    assert {_answer(machine, limits, other) for other in (1, 1 << 32, 0xFFFFFFFFFFFFFFFF)} == {_DENIED}


@pytest.mark.parametrize("machine", _AUDIT)
def test_a_call_in_the_manner_of_another_machine_ends_the_process(machine: str) -> None:
    assert {_answer(machine, 1, audit=other) for other in (0x40000003, 0x40000028, 0)} == {_KILLED}


_HEADERS = {
    "x86_64": (Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path("/usr/include/asm/unistd_64.h")),
    "aarch64": (Path("/usr/include/asm-generic/unistd.h"),),
}
"""Where the kernel's headers lie; ARM64 takes its numbers from those of all newer machines."""


@pytest.mark.parametrize("machine", _AUDIT)
def test_each_number_is_that_of_the_call_that_it_is_said_to_be(machine: str) -> None:
    header = next((path for path in _HEADERS[machine] if path.exists()), None)
    if header is None:
        pytest.skip("the kernel's headers are not installed")
    defined = re.findall(r"^#define __NR(?:3264)?_(\w+)\s+(\d+)$", header.read_text(), re.MULTILINE)
    numbers = {name: int(number) for name, number in defined}
    said = {**sandbox._NEEDED[machine], "prlimit64": sandbox._LIMITS[machine]}
    assert said == {name: numbers.get(name) for name in said}
