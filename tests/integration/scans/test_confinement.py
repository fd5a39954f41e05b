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
}
_KNOWN = sys.platform == "linux" and platform.machine() in {"x86_64", "aarch64"}


def _confined(tried: str) -> subprocess.CompletedProcess[str]:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import _thread, os, resource, socket\n"
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


@pytest.mark.skipif(not _KNOWN, reason="the filter of system calls knows Linux on x86-64 and ARM64")
def test_a_confined_process_can_still_work_and_answer() -> None:
    assert _confined("bytearray(50_000_000)").stdout.split() == ["True", "done"]
    assert _confined("sandbox.allow_seconds(5)").stdout.split() == ["True", "done"]
    limited = "sandbox.allow_seconds(5); assert resource.getrlimit(resource.RLIMIT_CPU)[0] < 20"
    assert _confined(limited).stdout.split() == ["True", "done"]


def test_memory_is_limited_everywhere() -> None:
    assert _confined("bytearray(2_000_000_000)").stdout.split()[1] == "MemoryError"


def test_no_file_is_left_behind() -> None:
    assert not Path("/tmp/left-behind").exists()
