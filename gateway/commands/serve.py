"""`qyzmet serve`: the portal, the desk and the checks, any of them in one process."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from pydantic import ValidationError

from gateway.command import Command


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("participants", nargs="+", choices=["channels", "desk", "checks"], help="what to serve")
    parser.add_argument("--config", help="settings file (YAML); the environment wins over it")


def _run(arguments: argparse.Namespace) -> int:
    import uvloop

    from gateway.app import NotConfigured, serve
    from gateway.settings import Settings
    from gateway.web.logs import configure_logs

    if arguments.config:
        os.environ["QYZMET_CONFIG"] = arguments.config
    configure_logs(sys.stderr)
    try:
        settings = Settings()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(serve(settings, arguments.participants))
    except (ValidationError, NotConfigured) as error:
        sys.stderr.write(f"qyzmet serve: {error}\n")
        return 78  # EX_CONFIG of sysexits.h
    return 0


COMMAND = Command("serve the portal (channels), the provider's desk, checks over HTTP, or several", _arguments, _run)
