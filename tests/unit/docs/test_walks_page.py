"""The published table of walks names every service that the portal offers, and none that strayed from its act."""

import re
from pathlib import Path

from gateway.catalogue import Channel
from simulators.walk.answers import catalogue
from simulators.walk.plan import whole_round
from simulators.walk.table import HEADINGS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "walks.md"


def rows():
    """The cells of the page's table by service."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): dict(zip(HEADINGS, row, strict=True)) for row in cells}


def test_every_service_that_the_portal_offers_has_its_row() -> None:
    assert rows().keys() == {service.id for service in catalogue().offered(Channel.PORTAL)}


def test_every_walk_of_a_round_was_walked_and_matched() -> None:
    planned = [walk.service for walk in whole_round(catalogue())]
    for service, row in rows().items():
        matched, walked = re.fullmatch(r"([0-9]+) of ([0-9]+)", row["walks"]).groups()
        assert matched == walked == str(planned.count(service)), service
        assert row["steps run"].endswith("{0} of {0}".format(row["steps run"].split()[-1])), service


def test_every_document_that_a_service_may_end_in_was_given() -> None:
    for service, row in rows().items():
        wanted = {one.id for one in catalogue().service(service).results if Channel.PORTAL in (one.channels or Channel)}
        told = set(row["results"].split(", "))
        assert told == wanted, service
