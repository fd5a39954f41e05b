"""Without gmpy2 and without any C library everything still works, more slowly."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import ctypes, sys
sys.modules["gmpy2"] = None
def nothing(*arguments, **options):
    raise OSError("no such library")
ctypes.CDLL = nothing
import ctypes.util
ctypes.util.find_library = lambda name: None
from gateway.eds.algorithms import GOST_2004_34311, GOST_2015_512_STREEBOG
from gateway.eds.gost import backends
from gateway.eds.gost.keys import GostPrivateKey
for algorithm in (GOST_2015_512_STREEBOG, GOST_2004_34311):
    key = GostPrivateKey.generate(algorithm.curve)
    signature = key.sign(b"data")
    assert algorithm.verify(key.public_key_info, signature, b"data")
    assert not algorithm.verify(key.public_key_info, signature, b"date")
print(backends.chosen())
"""


def test_pure_python_signs_and_verifies() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "hashes by python, signatures by python"
