"""What the reading process takes from itself before it sees a scan.

Limits of the kernel hold everywhere that has them. On Linux, for x86-64 and ARM64, a filter of system calls comes on
top (seccomp, kernel 3.17): from then on only the calls that reading needs are left, so that no file, socket, program or
other process can be reached, by whatever code a crafted file may have brought to run. The two pipes that are
open can be read and written, but not told to signal anyone.
"""

from __future__ import annotations

import contextlib
import ctypes
import platform
import resource
import struct
import sys
from typing import Final

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 4, 38, 22, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _KILL, _DENIED = 0x7FFF0000, 0x80000000, 0x00050000 | 1
"""SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ERRNO with EPERM."""

_AUDIT: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LIMITS: Final = {"x86_64": 302, "aarch64": 261}
"""prlimit64, which a process may use on itself alone."""
_CALLS: Final = {
    "brk": (12, 214),
    "read": (0, 63),
    "write": (1, 64),
    "readv": (19, 65),
    "writev": (20, 66),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "futex": (202, 98),
    "sched_yield": (24, 124),
    "nanosleep": (35, 101),
    "clock_nanosleep": (230, 115),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "gettimeofday": (96, 169),
    "time": (201, None),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrusage": (98, 165),
    "getcpu": (309, 168),
    "sysinfo": (99, 179),
    "getrandom": (318, 278),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
"""What is allowed, with its numbers for x86-64 and ARM64 as in the kernel's headers (asm/unistd_64.h, and
asm-generic/unistd.h, where there is no `time`); all else, also what kernels to come bring, is denied. So are `fcntl`
and `ioctl`, by which a pipe would send any signal to whoever holds its other end."""
_NEEDED: Final = {
    machine: {name: number for name, numbers in _CALLS.items() if (number := numbers[place]) is not None}
    for place, machine in enumerate(_AUDIT)
}


def limit(memory: int) -> None:
    """Bound memory, files and processes; to be called before anything large is imported."""
    for name, most in (
        ("RLIMIT_AS", memory),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NOFILE", 64),
        ("RLIMIT_NPROC", 0),
    ):
        if (known := getattr(resource, name, None)) is not None and not (name == "RLIMIT_AS" and _NO_ADDRESS_LIMIT):
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(known, (most, most))


_NO_ADDRESS_LIMIT: Final = sys.platform == "darwin"
"""Its kernel refuses to set it."""


def allow_seconds(seconds: float) -> None:
    """Let the kernel end this process when it has worked so long from now, should the gateway not do it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds) + 2
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def confine() -> bool:
    """Forbid all calls but a few; return whether the kernel does so. Everything needed must be loaded by now."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _NEEDED or struct.calcsize("P") != 8:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    program = _program(machine)
    held = ctypes.create_string_buffer(program, len(program))
    head = _Program(len(program) // 8, ctypes.addressof(held))
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(head), 0, 0) == 0)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _program(machine: str) -> bytes:
    """Return the filter for the kernel's packet machine: (code, jump if true, jump if false, operand) each."""
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _AUDIT[machine]), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    for number in _NEEDED[machine].values():
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    steps += [(_EQUAL, 0, 5, _LIMITS[machine]), (_LOAD, 0, 0, 16), (_EQUAL, 0, 3, 0), (_LOAD, 0, 0, 20)]
    steps += [(_EQUAL, 0, 1, 0), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _DENIED)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
