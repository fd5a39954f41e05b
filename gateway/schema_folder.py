"""Where our WSDL and XSD lie: inside the package when it is installed, in the source tree when it is a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def schema_folder(name: str) -> Path:
    """Return the folder `schemas/<name>`; raises `FileNotFoundError` when the package was installed without it."""
    for folder in (_PACKAGE / "schemas", _PACKAGE.parent / "schemas"):
        if (folder / name).is_dir():
            return folder / name
    raise FileNotFoundError(f"the schemas {name!r} are not installed")
