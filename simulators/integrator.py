"""The system that is ready for whoever tests a client of their own: its names, passwords and files.

It owns nothing and may ask everything. The gateways know it by its organisation's BIN, so every certificate of the
simulated НУЦ with that BIN is good.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from simulators.population.cast import ORGANISATIONS, PEOPLE

SENDER_ID: Final = "QYZMET_INTEGRATOR"
PASSWORD: Final = "Qyzmet-2026"  # noqa: S105 (of a system on loopback, printed by `qyzmet stand`)
"""At the gateways and at the temporary store."""
NAME: Final = "ИС интегратора СИМУЛЯЦИЯ"
ORGANISATION: Final = ORGANISATIONS["partnership"]
HEAD: Final = PEOPLE["director-partnership"]
"""Whose GOST key is lent to it: the simulated НУЦ issues to systems in RSA only."""


def key_file(folder: Path, algorithm: str) -> Path:
    """Return where its PKCS#12 of an algorithm (`rsa`, `gost`) lies; the certificate, DER, ends in `.cer`."""
    return folder / "integrator" / f"{algorithm}.p12"
