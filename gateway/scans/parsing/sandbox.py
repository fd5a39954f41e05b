"""What the reading process takes from itself before it sees a scan.

Limits of the kernel hold everywhere that has them. On Linux, for x86-64 and ARM64, a filter of system calls comes on
top (seccomp, kernel 3.17): from then on no file, socket, program or other process can be reached, by whatever
code a crafted file may have brought to run; only the two pipes that are open remain.
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
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_ALLOW, _KILL, _DENIED = 0x7FFF0000, 0x80000000, 0x00050000 | 1
"""SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ERRNO with EPERM."""
_X32: Final = 0x40000000

_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LIMITS: Final = {"x86_64": 302, "aarch64": 261}
"""prlimit64, which a process may use on itself alone."""
_SHARED: Final = range(424, 463)
"""Numbers of all machines since Linux 5.1: io_uring, pidfd, openat2, clone3, new mounts…"""
_FORBIDDEN: Final = {
    "x86_64": (
        *(2, 85, 257, 304),  # open, creat, openat, open_by_handle_at
        *range(41, 60),  # sockets; clone, fork, vfork, execve
        *(62, 200, 234, 129, 297),  # kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo
        *range(76, 96),  # truncate, chdir, rename, mkdir, link, unlink, readlink, chmod, chown
        *(101, 133, 155, 161, 165, 166, 175, 176, 246, 272, 308, 310, 311, 312, 313, 319, 321, 322, 323),
        *range(258, 270),  # mkdirat to faccessat
        *(29, 30, 31, 64, 68, 240, 248, 249, 250, 298),  # shared memory, message queues, keys, perf
        *(132, 188, 189, 190, 235, 261, 280, 303, 316),  # times, attributes, handles, renameat2
        *(141, 142, 144, 203, 251, 256, 279, 314),  # priorities, processors and memory of other processes
        *_SHARED,
    ),
    "aarch64": (
        *range(33, 57),  # mknodat to openat
        265,  # open_by_handle_at
        *range(198, 213),  # sockets
        *(220, 221, 281),  # clone, execve, execveat
        *(129, 130, 131, 138, 240),  # kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo
        *(97, 104, 105, 106, 117, 242, 243, 268, 269, 270, 271, 273, 279, 280, 282),
        *(180, 186, 190, 194, 195, 196, 217, 218, 219, 241),  # message queues, shared memory, keys, perf
        *(5, 6, 7, 88, 264, 276),  # attributes, times, handles, renameat2
        *(30, 118, 119, 122, 140, 238, 239, 274),  # priorities, processors and memory of other processes
        *_SHARED,
    ),
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
    """Forbid the calls; return whether the kernel does so. Everything needed must be loaded by now."""
    machine = platform.machine()
    if sys.platform != "linux" or machine not in _FORBIDDEN or struct.calcsize("P") != 8:
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
    numbers = sorted(set(_FORBIDDEN[machine]))
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _AUDIT[machine]), (_RETURN, 0, 0, _KILL), (_LOAD, 0, 0, 0)]
    steps += [(_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _DENIED)]
    for number in numbers:
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _DENIED)]
    steps += [(_EQUAL, 0, 5, _LIMITS[machine]), (_LOAD, 0, 0, 16), (_EQUAL, 0, 2, 0), (_LOAD, 0, 0, 20)]
    steps += [(_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _DENIED), (_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
