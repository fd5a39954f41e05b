"""What a word after `qyzmet` is."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass


class Given(ValueError):
    """A command was given wrongly."""


@dataclass(frozen=True, slots=True)
class Command:
    """One word after `qyzmet`: how it is described, what it takes, what it does (returning the exit status)."""

    summary: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
