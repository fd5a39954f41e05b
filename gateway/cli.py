"""The `qyzmet` command. Commands that need the simulators are found by entry point."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points

from gateway.command import Command


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
    parser = argparse.ArgumentParser(
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
