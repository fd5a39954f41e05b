"""The how-to of the counter: its people stand where it says, and its commands are the walk's own."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

import pytest

from gateway.catalogue import Body, Channel, Role, load_catalogue
from simulators.population.cast import PEOPLE
from simulators.walk import command

PAGE = (Path(__file__).resolve().parents[3] / "docs/how-to/take-in-paper.md").read_text(encoding="utf-8")
SERVICE = "child-allowance-under-18"
ROWS = re.findall(r"^\| (\S+ \S+), (clerk|head|executor|commission) \| (.+?) \| (\d{12}) \|$", PAGE, flags=re.MULTILINE)
COMMANDS = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize(("name", "role", "office", "iin"), ROWS)
def test_its_people_hold_the_posts_that_it_names(name: str, role: str, office: str, iin: str) -> None:
    (person,) = [one for one in PEOPLE.values() if str(one.iin) == iin]
    assert f"{person.name.surname} {person.name.given}" == name
    assert person.post is not None
    assert person.post.value == role
    works_at = load_catalogue().office(person.organisation)
    assert office.split(maxsplit=1)[0] in works_at.name.en.lower() or works_at.body.value.startswith(
        office.split(maxsplit=1)[0]
    )


def test_all_four_roles_and_the_akim_are_there() -> None:
    assert {role for _, role, _, _ in ROWS} == {"clerk", "head", "executor", "commission"}
    assert any("akim" in office for _, _, office, _ in ROWS)


def test_the_service_is_worked_with_a_commission() -> None:
    steps = load_catalogue().service(SERVICE).procedure(Channel.PROVIDER_OFFICE).path(Channel.PROVIDER_OFFICE)
    assert SERVICE in PAGE
    assert (Body.PRECINCT_COMMISSION, Role.COMMISSION) in {(step.body, step.role) for step in steps}
    assert load_catalogue().service(SERVICE).number == 2
    assert "Karaganda act, service 2" in PAGE


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_are_walks(line: str) -> None:
    program, verb, *words = shlex.split(line)
    parser = argparse.ArgumentParser(exit_on_error=False)
    command.arguments(parser)
    given = parser.parse_args(words)
    assert (program, verb) == (".venv/bin/qyzmet", "walk")
    assert given.service == SERVICE
    assert load_catalogue().service(SERVICE).opens(Channel(given.channel))
