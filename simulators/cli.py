"""The commands that need the simulators, found by entry point: `qyzmet up`, `qyzmet stand` and `qyzmet walk`.

Their modules are loaded when they are called: the other commands shall not wait for them.
"""

from __future__ import annotations

import argparse
from importlib import import_module

from gateway.command import Command


def _command(summary: str, module: str) -> Command:
    """Return the command that `module` makes by its functions `arguments` and `run`."""

    def arguments(parser: argparse.ArgumentParser) -> None:
        import_module(module).arguments(parser)

    def run(given: argparse.Namespace) -> int:
        status: int = import_module(module).run(given)
        return status

    return Command(summary, arguments, run)


up = _command("raise the portal, the desk and every simulator on this machine", "simulators.up")
stand = _command("raise ЭҮШ with the state databases for a client of your own", "simulators.stand.command")
walk = _command(
    "drive a synthetic person through a service and lay the trail beside the law", "simulators.walk.command"
)
