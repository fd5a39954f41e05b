"""The published table of outages: its cells, what is counted in each, and its rows in the reference.

`QYZMET_OUTAGE_TABLE=FILE python -m pytest tests/outage/test_table.py` writes down what it counts;
`python -m tests.outage.table FILE` puts that into `docs/reference/outages.md`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "outages.md"
HEADING = "| away | simulated seconds | accepted | registered | lost | twice |"
SECONDS = (10, 60, 300, 600)
_RATES = {10: 5, 60: 5, 300: 15, 600: 20}
_DURING = {10: 4, 60: 8, 300: 15, 600: 20}
_BEFORE = _AFTER = 3


class Away(StrEnum):
    """What is away."""

    SHEP = "shep"
    RSHEP = "rshep"
    DESK = "desk"
    DATABASE = "database"

    @property
    def said(self) -> str:
        """The name in the published table."""
        return _SAID[self]


_SAID = {
    Away.SHEP: "ЭҮШ (`shep`)",
    Away.RSHEP: "ЭҮӨШ (`rshep`)",
    Away.DESK: "desk",
    Away.DATABASE: "database",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One outage: who is away, and for how many simulated seconds."""

    away: Away
    seconds: int

    def __str__(self) -> str:
        return f"{self.away}-{self.seconds}"

    @property
    def rate(self) -> float:
        """How fast simulated time runs, so that the outage takes 2 to 30 real seconds."""
        return _RATES[self.seconds]

    @property
    def due(self) -> list[float]:
        """When each application is begun: some before the outage, evenly during it, some after it."""
        every = self.seconds / _DURING[self.seconds]
        return [number * every for number in range(_BEFORE + _DURING[self.seconds] + _AFTER)]

    @property
    def begins(self) -> float:
        """The second of the load at which it goes away, between two applications."""
        return (self.due[_BEFORE - 1] + self.due[_BEFORE]) / 2


CELLS = tuple(Cell(away, seconds) for away in Away for seconds in SECONDS)
SAMPLE = (Cell(Away.RSHEP, 10),)
"""The cells that every run of the tests counts: a gateway is away; of the database `test_database_away` tells."""


@dataclass(frozen=True, slots=True)
class Count:
    """What became of the applications of one cell."""

    accepted: int
    registered: int
    lost: int
    twice: int


def write_down(file: Path, cell: Cell, count: Count) -> None:
    """Append a counted cell to `file`."""
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps({"away": cell.away, "seconds": cell.seconds, **asdict(count)}) + "\n")


def read_counts(file: Path) -> dict[Cell, Count]:
    """Read what `write_down` wrote; a cell that was counted again replaces its earlier count."""
    counts = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        cell = Cell(Away(row.pop("away")), row.pop("seconds"))
        counts[cell] = Count(**row)
    return counts


def rows_of(counts: dict[Cell, Count]) -> list[str]:
    """Return the rows of the published table; raises `KeyError` for a cell that was not counted."""
    return [
        f"| {cell.away.said} | {cell.seconds} | {one.accepted} | {one.registered} | {one.lost} | {one.twice} |"
        for cell in CELLS
        for one in (counts[cell],)
    ]


def published(page: str) -> dict[Cell, Count]:
    """Read the table out of the reference page."""
    said = {away.said: away for away in Away}
    counts = {}
    for row in _table(page.splitlines())[2:]:
        name, seconds, *numbers = (each.strip() for each in row.strip("|").split("|"))
        counts[Cell(said[name], int(seconds))] = Count(*map(int, numbers))
    return counts


def republish(page: str, counts: dict[Cell, Count]) -> str:
    """Return the reference page with the table's rows replaced."""
    lines = page.splitlines()
    table = _table(lines)
    first = lines.index(HEADING) + 2
    lines[first : first + len(table) - 2] = rows_of(counts)
    return "\n".join(lines) + "\n"


def _table(lines: list[str]) -> list[str]:
    first = lines.index(HEADING)
    last = next((i for i, line in enumerate(lines[first:], first) if not line.startswith("|")), len(lines))
    return lines[first:last]


if __name__ == "__main__":
    PAGE.write_text(republish(PAGE.read_text(encoding="utf-8"), read_counts(Path(sys.argv[1]))), encoding="utf-8")
