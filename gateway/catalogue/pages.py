"""Pages of the documentation that are made of the catalogue: `python -m gateway.catalogue.pages FOLDER` writes them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from gateway.catalogue.load import Catalogue, load_catalogue
from gateway.catalogue.model import Service

_CHANNELS = {"portal": "portal", "corporation": "corporation", "provider-office": "office", "rural-akim": "rural akim"}


def services_page(catalogue: Catalogue) -> str:
    """Return the page that lists the services."""
    return "\n".join(_services(catalogue)) + "\n"


def readings_page(catalogue: Catalogue) -> str:
    """Return the page of all readings: what each act leaves unclear, and how it is read here."""
    return "\n".join(_readings(catalogue)) + "\n"


PAGES: dict[str, Callable[[Catalogue], str]] = {"services.md": services_page, "readings.md": readings_page}


def _services(catalogue: Catalogue) -> Iterator[str]:
    pairs = sum(len(service.channels) for service in catalogue.services.values())
    yield "# The services"
    yield ""
    yield (
        f"{len(catalogue.services)} services of {len(catalogue.acts)} acts, {pairs} pairs of service and channel. Made "
        "of the catalogue; `qyzmet catalogue SERVICE` prints one with its steps, terms and [readings](readings.md). "
        "Kazakh titles are the acts' own, Russian ones are translations. Steps are those of procedures and flows."
    )
    for act in catalogue.acts.values():
        yield from ("", f"## {act.body.en}, {act.number} of {act.date}", "")
        if act.repealed is not None:
            yield from (f"{act.repealed.text.en}.", "")
        yield "| № | service | title | channels | steps |"
        yield "|---|---|---|---|---|"
        for service in _of(catalogue, act.id):
            titles = f"{service.titles.kk} / {service.titles.ru}"
            channels = ", ".join(_CHANNELS[entry.channel] for entry in service.channels)
            yield f"| {service.number} | `{service.id}` | {_cell(titles)} | {channels} | {_steps(service)} |"


def _readings(catalogue: Catalogue) -> Iterator[str]:
    yield "# Readings"
    yield ""
    yield (
        "What an act leaves unclear, contradicts or lost in printing, and how it is read here; the lines count those "
        "of the act's text. Made of the `readings` of the services' files. "
        "[Reading the law](../explanation/reading-the-law.md) tells what holds for all of them."
    )
    for act in catalogue.acts.values():
        for service in _of(catalogue, act.id):
            if service.readings:
                yield from ("", f"## {service.id}", "", "| lines | what is unclear | how it is read |", "|---|---|---|")
                for reading in service.readings:
                    lines = ", ".join(str(one) for one in reading.lines)
                    yield f"| {lines} | {_cell(reading.question)} | {_cell(reading.answer)} |"


def _of(catalogue: Catalogue, act_id: str) -> Iterable[Service]:
    return sorted((one for one in catalogue.services.values() if one.act == act_id), key=lambda one: one.number)


def _steps(service: Service) -> int:
    flows = sum(len(flow.steps) for flow in service.flows)
    return flows + sum(len(procedure.steps) for procedure in service.procedures)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main(folder: Path) -> None:
    """Write every page into a folder."""
    catalogue = load_catalogue()
    for name, page in PAGES.items():
        (folder / name).write_text(page(catalogue), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
