"""`qyzmet catalogue`: the services as the program knows them, with the lines of the acts."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from typing import Any

from gateway.catalogue import Catalogue, Service, UnknownService, load_catalogue
from gateway.command import Command
from gateway.commands.catalogue_text import description, headline
from gateway.texts import Language


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("service", nargs="?", help="show one service with its numbered steps")
    parser.add_argument("--lang", type=Language, choices=list(Language), default=Language.KK, help="language (kk)")
    parser.add_argument("--json", action="store_true", help="for programs")


def _run(arguments: argparse.Namespace) -> int:
    catalogue = load_catalogue()
    try:
        chosen = [catalogue.service(arguments.service)] if arguments.service else list(catalogue.services.values())
    except UnknownService:
        known = ", ".join(sorted(catalogue.services))
        sys.stderr.write(f"qyzmet catalogue: there is no service {arguments.service!r}; there are: {known}\n")
        return 1
    if arguments.json:
        rows = [_row(catalogue, service, full=bool(arguments.service)) for service in chosen]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) + "\n")
    else:
        for service in chosen:
            sys.stdout.write(headline(catalogue, service, arguments.lang))
            if arguments.service:
                sys.stdout.write(description(service, arguments.lang))
    return 0


def _row(catalogue: Catalogue, service: Service, *, full: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": service.id,
        "channels": [entry.channel.value for entry in service.channels],
        "title": asdict(service.title.text),
        "act": service.act,
        "lines": str(service.lines),
        "offices": [office.id for office in catalogue.offices_of(service.id)],
        "repealed": catalogue.act_of(service).repealed is not None,
    }
    return row | {"facts": service.model_dump(mode="json")} if full else row


COMMAND = Command("list the services, or show one with its steps and lines", _arguments, _run)
