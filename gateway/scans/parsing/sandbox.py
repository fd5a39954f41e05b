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
_NEEDED: Final = {
    "x86_64": (
        *(12, 0, 1, 19, 20, 3, 5, 8),  # brk, read, write, readv, writev, close, fstat, lseek
        *(9, 11, 25, 10, 28),  # mmap, munmap, mremap, mprotect, madvise
        *(13, 14, 15, 131, 219),  # rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack, restart_syscall
        *(202, 24, 35, 230),  # futex, sched_yield, nanosleep, clock_nanosleep
        *(228, 229, 96, 201),  # clock_gettime, clock_getres, gettimeofday, time
        *(39, 186, 98, 309, 99, 318),  # getpid, gettid, getrusage, getcpu, sysinfo, getrandom
        *(60, 231),  # exit, exit_group
    ),
    "aarch64": (
        *(214, 63, 64, 65, 66, 57, 80, 62),  # brk, read, write, readv, writev, close, fstat, lseek
        *(222, 215, 216, 226, 233),  # mmap, munmap, mremap, mprotect, madvise
        *(134, 135, 139, 132, 128),  # rt_sigaction, rt_sigprocmask, rt_sigreturn, sigaltstack, restart_syscall
        *(98, 124, 101, 115),  # futex, sched_yield, nanosleep, clock_nanosleep
        *(113, 114, 169),  # clock_gettime, clock_getres, gettimeofday
        *(172, 178, 165, 168, 179, 278),  # getpid, gettid, getrusage, getcpu, sysinfo, getrandom
        *(93, 94),  # exit, exit_group
    ),
}
"""What is allowed; all else, also what kernels to come bring, is denied. So are `fcntl` and `ioctl`, by which a pipe
would send any signal to whoever holds its other end."""


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
    for number in _NEEDED[machine]:
        steps += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    steps += [(_EQUAL, 0, 5, _LIMITS[machine]), (_LOAD, 0, 0, 16), (_EQUAL, 0, 3, 0), (_LOAD, 0, 0, 20)]
    steps += [(_EQUAL, 0, 1, 0), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _DENIED)]
    return b"".join(struct.pack("=HBBI", *step) for step in steps)
