"""`qyzmet messages`: what came to a stop on its way through ЭҮШ, and letting it go on."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from zoneinfo import ZoneInfo

from gateway.clock import ALMATY
from gateway.command import Command, Given

_ZONE = ZoneInfo(ALMATY)


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", help="settings file (YAML); the environment wins over it")
    parser.add_argument("--participant", choices=["channels", "desk"], help="whose messages")
    parser.add_argument("--json", action="store_true", help="for programs")
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("stopped", help="list what is tried no more, and why")
    resume = acts.add_parser("resume", help="let a stopped message go on, its limit counted anew")
    resume.add_argument("box", choices=["out", "in"])
    resume.add_argument("name", help="as `stopped` lists it")


def _run(arguments: argparse.Namespace) -> int:
    import asyncpg
    from pydantic import ValidationError

    if arguments.config:
        os.environ["QYZMET_CONFIG"] = arguments.config
    try:
        return asyncio.run(_stopped(arguments) if arguments.act == "stopped" else _resume(arguments))
    except asyncpg.UndefinedTableError:
        return _failed("the participant's tables are not there yet: `qyzmet serve` makes them at its start", 1)
    except (asyncpg.PostgresError, OSError) as error:
        return _failed(f"{type(error).__name__}: {error}", 1)
    except (Given, ValidationError) as error:
        return _failed(str(error), 64 if isinstance(error, Given) else 78)


async def _stopped(arguments: argparse.Namespace) -> int:
    from gateway.commands.participant_store import participant_of, store_of
    from gateway.shep.stopped import StoppedMessages

    async with store_of(*participant_of(arguments)) as store:
        found = await StoppedMessages(store).listed()
    if arguments.json:
        sys.stdout.write(json.dumps([each.to_json() for each in found], ensure_ascii=False, indent=2) + "\n")
        return 0
    for each in found:
        since = each.since.astimezone(_ZONE).isoformat(sep=" ", timespec="seconds")
        told = f"{each.message_type:12}  {each.service_id}  {each.gateway}  {each.attempts} attempts, {each.reason}"
        sys.stdout.write(f"{each.box:3}  {each.name}\n     {since}  {told}\n")
    if not found:
        sys.stdout.write("nothing has come to a stop\n")
    return 0


async def _resume(arguments: argparse.Namespace) -> int:
    from gateway.commands.participant_store import participant_of, store_of
    from gateway.shep.stopped import Box, StoppedMessages

    async with store_of(*participant_of(arguments)) as store, store.database.transaction() as conn:
        resumed = await StoppedMessages(store).resume(conn, Box(arguments.box), arguments.name)
    if not resumed:
        return _failed(f"no stopped message {arguments.box} {arguments.name!r}, or its payload was erased in time", 1)
    sys.stdout.write("it goes on as soon as a worker of the participant takes it\n")
    return 0


def _failed(message: str, status: int) -> int:
    sys.stderr.write(f"qyzmet messages: {message}\n")
    return status


COMMAND = Command("list what came to a stop on its way through ЭҮШ, and let it go on", _arguments, _run)
