"""The `qyzmet` command. Commands that need the simulators are found by entry point."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import NoReturn

from gateway.command import Command

_GIVEN_WRONGLY = 64
"""EX_USAGE: the 2 of argparse means "undetermined" to who calls `qyzmet verify`."""


class _Parser(argparse.ArgumentParser):
    """A parser that ends with 64 when the command was given wrongly; those of its words do the same."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(_GIVEN_WRONGLY, f"{self.prog}: error: {message}\n")


def _own_commands() -> dict[str, Command]:
    from gateway.commands import catalogue, journal, messages, serve, verify

    return {
        "serve": serve.COMMAND,
        "verify": verify.COMMAND,
        "catalogue": catalogue.COMMAND,
        "journal": journal.COMMAND,
        "messages": messages.COMMAND,
    }


def commands() -> dict[str, Command]:
    """Return all commands: the gateway's own and those that other packages offer as `qyzmet.commands`."""
    offered = {point.name: point.load() for point in entry_points(group="qyzmet.commands")}
    return _own_commands() | offered


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    parser = _Parser(
        prog="qyzmet", description="An open e-government channel gateway for Kazakhstan, and simulators around it."
    )
    words = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    known = commands()
    given = sys.argv[1:] if argv is None else argv
    for name, command in sorted(known.items()):
        word = words.add_parser(name, help=command.summary, description=command.summary)
        if name in given:
            # Of the others neither the arguments nor what they are made of is needed.
            command.arguments(word)
    arguments = parser.parse_args(argv)
    try:
        return known[arguments.command].run(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 141
