"""`qyzmet stand`: raise a stand; `stand ask`: one question that works; `stand register`: where messages go.

What only one of them needs is imported by it alone: a question is asked quickly.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Final

from simulators.echo.names import SERVICE_ID as ECHO

FOLDER: Final = Path(os.environ.get("QYZMET_STAND", ".qyzmet/stand"))
FILE: Final = "stand.json"
"""Where the facts lie in the data folder."""
CHOSEN_PORTS: Final = ("shep", "rshep", "world")
"""The ports that a stand listens on for others; NCALayer's are of no use here and give way."""
FORMS: Final = ("typed", "escaped", "cdata")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name the command's arguments."""
    parser.add_argument("--data", type=Path, default=FOLDER, help=f"where everything is kept ({FOLDER})")
    parser.add_argument("--strict", action="store_true", help="refuse what the XSD refuses")
    parser.add_argument("--push-url", metavar="URL", help="where your messages are pushed to; kept for later starts")
    parser.add_argument("--pull", action="store_true", help="let your messages wait until you fetch them again")
    parser.add_argument(
        "--free-ports", action="store_true", help="take free ports in the place of those that are taken"
    )
    for name in CHOSEN_PORTS:
        parser.add_argument(f"--{name}-port", type=_port, metavar="PORT", help=f"the port of {name}")
    parser.add_argument("--json", action="store_true", help="print the addresses and credentials for programs")
    words = parser.add_subparsers(dest="word", metavar="WORD")
    asking = words.add_parser("ask", help="send one signed question and print what went and what came")
    registering = words.add_parser("register", help="say where your messages go, or register a system of your own")
    for each in (asking, registering):
        each.add_argument("--data", type=Path, default=argparse.SUPPRESS, help=f"the folder of the stand ({FOLDER})")
    _ask_arguments(asking)
    _register_arguments(registering)


def run(given: argparse.Namespace) -> int:
    """Carry the command out; returns 0 after Ctrl-C, 1 when something failed or was refused, 64 for wrong usage."""
    if given.push_url and given.pull:
        sys.stderr.write("qyzmet stand: either --push-url or --pull\n")
        return 64
    if given.word is None:
        from simulators.stand.start import stand

        return asyncio.run(stand(given))
    try:
        facts = json.loads((given.data / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        sys.stderr.write(f"qyzmet stand: there is no stand in {given.data}: raise it by `qyzmet stand`\n")
        return 1
    if given.word == "ask":
        from simulators.stand.ask import ask

        return asyncio.run(ask(facts, given))
    import aiohttp

    from simulators.stand.registering import AdminRefused, register_as_asked

    try:
        return asyncio.run(register_as_asked(facts, given))
    except AdminRefused as error:
        sys.stderr.write(f"qyzmet stand register: {error}\n")
    except aiohttp.ClientConnectionError as error:
        sys.stderr.write(f"qyzmet stand register: {error}. Does `qyzmet stand` run in another terminal?\n")
    return 1


def _ask_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("service", nargs="?", default=ECHO, help=f"a synchronous service ({ECHO})")
    parser.add_argument("number", nargs="?", help="the IIN or BIN that ГБД ФЛ or ГБД ЮЛ is asked about")
    parser.add_argument("--payload", type=Path, metavar="FILE", help="what goes into `data`, for any service")
    parser.add_argument("--form", choices=FORMS, default=FORMS[0], help=f"how the payload goes ({FORMS[0]})")
    parser.add_argument("--gost", action="store_true", help="sign with the GOST key")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the envelope that went, to the byte")


def _register_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sender-id", help="of another system than the ready-made one")
    parser.add_argument("--password", help="its password")
    parser.add_argument("--certificate", type=Path, help="its certificate, DER or PEM, of the stand's own НУЦ")
    parser.add_argument(
        "--push-url", metavar="URL", default=argparse.SUPPRESS, help="without it messages wait to be fetched"
    )


def _port(text: str) -> int:
    port = int(text)
    if not 0 < port < 65536:
        raise ValueError(text)
    return port
