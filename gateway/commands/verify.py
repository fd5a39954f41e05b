"""`qyzmet verify FILE`: check any signed file offline."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from gateway.command import Command
from gateway.results import verify
from gateway.settings import Settings

SIMULATED_ANCHORS = Path(".qyzmet/anchors")
"""Where `qyzmet up` puts the simulated НУЦ's certificates."""


def _run(arguments: argparse.Namespace) -> int:
    if arguments.anchors is None:
        arguments.anchors = default_anchors()
    return verify.run(arguments)


def default_anchors() -> Path | None:
    """Return the anchors of the settings, else those that `qyzmet up` left in this folder, else None."""
    trust = Settings().trust if "QYZMET_CONFIG" in os.environ else None
    if trust is not None:
        return trust.anchors
    return SIMULATED_ANCHORS if SIMULATED_ANCHORS.is_dir() else None


COMMAND = Command("check a signed file offline and say why it is or is not good", verify.add_arguments, _run)
