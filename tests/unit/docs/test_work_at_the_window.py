"""The how-to of the window: its people stand where it says, and its commands are the walk's own."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from gateway.catalogue import Channel, load_catalogue
from simulators.population.cast import PEOPLE
from simulators.walk import command
from simulators.walk.ways import WAYS

PAGE = (Path(__file__).resolve().parents[3] / "docs/how-to/work-at-the-window.md").read_text(encoding="utf-8")
SERVICE = "unemployed-registration"
ROWS = re.findall(r"^\| (\S+ \S+), (operator|supervisor) \| ([a-z-]+) \| (\d{12}) \|$", PAGE, flags=re.MULTILINE)
COMMANDS = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize(("name", "role", "department", "iin"), ROWS)
def test_its_people_hold_the_posts_that_it_names(name: str, role: str, department: str, iin: str) -> None:
    (person,) = [one for one in PEOPLE.values() if str(one.iin) == iin]
    assert f"{person.name.surname} {person.name.given}" == name
    assert person.post is not None
    assert person.post.value == role
    assert person.department == department


def test_both_roles_are_there_and_the_department_takes_the_service_in() -> None:
    assert {role for _, role, _, _ in ROWS} == {"operator", "supervisor"}
    assert {department for _, _, department, _ in ROWS} <= {one.id for one in _departments()}
    assert load_catalogue().service(SERVICE).number == 4
    assert "Karaganda act, service 4" in PAGE


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_are_walks(line: str) -> None:
    program, verb, *words = shlex.split(line)
    parser = argparse.ArgumentParser(exit_on_error=False)
    command.arguments(parser)
    given = parser.parse_args(words)
    assert (program, verb) == (".venv/bin/qyzmet", "walk")
    assert (given.service, given.channel) == (SERVICE, Channel.CORPORATION.value)
    service = load_catalogue().service(SERVICE)
    assert all(WAYS[way].fits(service, Channel.CORPORATION, None) for way in given.fail)


def _departments():
    return load_catalogue().counters_of(SERVICE, Channel.CORPORATION)
