"""What code in the reading process could do, if a scan brought it to run: nothing but answer."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
_FORBIDDEN = {
    "read a file": "open('/etc/passwd')",
    "write a file": "open('/tmp/left-behind', 'w')",
    "list a folder": "os.listdir('/')",
    "make a folder": "os.mkdir('/tmp/left-behind')",
    "delete a file": "os.unlink('/tmp/nothing-of-this-name')",
    "open a socket": "socket.socket()",
    "open a pair of sockets": "socket.socketpair()",
    "fork": "os.fork()",
    "run a program": "os.execv('/bin/true', ['true'])",
    "start a thread": "_thread.start_new_thread(print, ())",
    "kill its parent": "os.kill(os.getppid(), 0)",
    "look into its parent": "open(f'/proc/{os.getppid()}/environ')",
    "make memory that is a file": "os.memfd_create('left-behind')",
    "limit its parent": "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (9999, 9999))",
    "slow its parent down": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
    "raise its own limits": "resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))",
    "have its parent signalled by its pipe": "fcntl.fcntl(1, fcntl.F_SETOWN, os.getppid())",
    "choose the signal of its pipe": "fcntl.fcntl(1, fcntl.F_SETSIG, signal.SIGKILL)",
    "ask its pipe for signals": "fcntl.fcntl(1, fcntl.F_SETFL, os.O_WRONLY | os.O_ASYNC)",
    "ask its pipe for signals the other way": "fcntl.ioctl(1, 0x5452, b'\\1\\0\\0\\0')",
    "signal its parent by a handle": "signal.pidfd_send_signal(1, 0)",
    "see whether a file is there": "os.stat('/etc/passwd')",
    "see whether a link is there": "os.lstat('/etc/passwd')",
    "see whether it may read a file": "numbered(SYS_ACCESS, b'/etc/passwd', 0)",
    "see whether a file is there by the old call": "numbered(SYS_STAT, b'/etc/passwd', bytes(256))",
    "see whether a link is there by the old call": "numbered(SYS_LSTAT, b'/etc/passwd', bytes(256))",
    "see whether a file is there by statx": "numbered(SYS_STATX, -100, b'/etc/passwd', 0, 0x7FF, bytes(256))",
    "ask about a file system": "os.statvfs('/')",
    "read an attribute of a file": "os.getxattr('/etc/passwd', 'user.nothing')",
    "set an attribute of a file": "os.setxattr('/tmp/nothing-of-this-name', 'user.left-behind', b'1')",
    "remove an attribute of a file": "os.removexattr('/tmp/nothing-of-this-name', 'user.left-behind')",
    "watch a folder": "numbered(SYS_INOTIFY, 0)",
    "open a file by openat2": "numbered(437, -100, b'/etc/passwd', bytes(24), 24)",
    "open a folder by open_tree": "numbered(428, -100, b'/etc', 0)",
    "open a folder by open_tree_attr": "numbered(467, -100, b'/etc', 0, 0, 0)",
    "read an attribute by getxattrat": "numbered(464, -100, b'/etc/passwd', 0, b'user.nothing', bytes(16), 16)",
    "remove an attribute by removexattrat": "numbered(466, -100, b'/etc/passwd', 0, b'user.nothing')",
    "ask about a file by file_getattr": "numbered(468, -100, b'/etc/passwd', bytes(24), 24, 0)",
    "use a call that no kernel has yet": "numbered(999)",
    "use a call of the other kind of machine word": "numbered(0x40000000 + 39)",
}
_BY_NUMBER = {
    "x86_64": {"SYS_ACCESS": 21, "SYS_STAT": 4, "SYS_LSTAT": 6, "SYS_STATX": 332, "SYS_INOTIFY": 294},
    "aarch64": {"SYS_ACCESS": 48, "SYS_STAT": 79, "SYS_LSTAT": 79, "SYS_STATX": 291, "SYS_INOTIFY": 26},
}
"""Calls that Python has no word for; ARM64 knows `faccessat` and `newfstatat` alone."""
_KNOWN = sys.platform == "linux" and platform.machine() in {"x86_64", "aarch64"}


def _confined(tried: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import _thread, ctypes, fcntl, os, resource, signal, socket\n"
        f"globals().update({_BY_NUMBER.get(platform.machine())})\n"
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "def numbered(number, *told):\n"
        "    if libc.syscall(ctypes.c_long(number), *told) < 0:\n"
        "        raise OSError(ctypes.get_errno(), 'refused')\n"
        "from gateway.scans.parsing import sandbox\n"
        "sandbox.limit(1_000_000_000)\n"
        "sys.stdout.write(str(sandbox.confine()) + ' ')\n"
        f"try:\n    {tried}\n"
        "except BaseException as error:\n    sys.stdout.write(type(error).__name__)\n"
        "else:\n    sys.stdout.write('done')\n"
        "sys.stdout.flush()\n"
    )
    return subprocess.run(
        [sys.executable, "-I", "-c", code, str(ROOT)], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.skipif(not _KNOWN, reason="the filter of system calls knows Linux on x86-64 and ARM64")
@pytest.mark.parametrize("what", _FORBIDDEN)
def test_a_confined_process_cannot(what: str) -> None:
    said = _confined(_FORBIDDEN[what]).stdout.split()
    assert said[0] == "True"
    assert said[1] in {"PermissionError", "RuntimeError", "error", "ValueError"}, said
    assert "numbered" not in _FORBIDDEN[what] or said[1] == "PermissionError", said


@pytest.mark.skipif(not _KNOWN, reason="the filter of system calls knows Linux on x86-64 and ARM64")
def test_a_confined_process_can_still_work_and_answer() -> None:
    assert _confined("bytearray(50_000_000)").stdout.split() == ["True", "done"]
    assert _confined("sandbox.allow_seconds(5)").stdout.split() == ["True", "done"]
    limited = "sandbox.allow_seconds(5); assert resource.getrlimit(resource.RLIMIT_CPU)[0] < 20"
    assert _confined(limited).stdout.split() == ["True", "done"]


@pytest.mark.skipif(not _KNOWN, reason="the filter of system calls knows Linux on x86-64 and ARM64")
def test_a_parent_that_writes_is_not_killed_through_its_pipe() -> None:
    child = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import contextlib, fcntl, os, signal\n"
        "from gateway.scans.parsing import sandbox\n"
        "told = str(sandbox.confine())\n"
        "for pipe in (0, 1):\n"
        "    for number, value in (\n"
        "        (fcntl.F_SETOWN, os.getppid()), (fcntl.F_SETSIG, signal.SIGKILL), (fcntl.F_SETFL, os.O_ASYNC)\n"
        "    ):\n"
        "        with contextlib.suppress(OSError):\n"
        "            fcntl.fcntl(pipe, number, value)\n"
        "os.write(1, told.encode())\n"
        "os.read(0, 1)\n"
    )
    parent = (
        "import subprocess, sys\n"
        "pipe = subprocess.PIPE\n"
        f"child = subprocess.Popen([sys.executable, '-I', '-c', {child!r}, sys.argv[1]], stdin=pipe, stdout=pipe)\n"
        "said = child.stdout.read(4)\n"
        "child.communicate(b'1')\n"
        "print(said.decode(), child.returncode)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-I", "-c", parent, str(ROOT)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stdout.split()) == (0, ["True", "0"])


def test_memory_is_limited_everywhere() -> None:
    assert _confined("bytearray(2_000_000_000)").stdout.split()[1] == "MemoryError"


def test_no_file_is_left_behind() -> None:
    assert not Path("/tmp/left-behind").exists()
