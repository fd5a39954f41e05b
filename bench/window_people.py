"""Operators for so many windows: people of the population with keys of the simulated НУЦ and accounts, and a scan."""

from __future__ import annotations

import asyncio
import base64
import io
import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import yaml
from PIL import Image, ImageDraw, ImageFilter

from bench.window_plan import Place
from gateway.identity.passwords import Passwords
from simulators.installation import Installation
from simulators.keys import KEY_PASSWORD
from simulators.participants import OPERATOR_PASSWORD
from simulators.population import Population
from simulators.population.cast import ORGANISATIONS, PEOPLE
from simulators.population.departments import CORPORATION
from simulators.population.model import SyntheticPerson

_AT_ONCE = 4
_A4 = (1240, 1754)
"""Pixels of an A4 at 150 dpi."""


def adults() -> list[SyntheticPerson]:
    """Return the population's living people of 21 to 60 whom ГБД ФЛ knows, without the cast."""
    today = datetime.now(UTC).date()
    people = Population.generate().people[len(PEOPLE) :]
    return [one for one in people if one.death_date is None and one.known_to_gbdfl and 21 <= one.age_on(today) < 60]


async def make_operators(
    installation: Installation, people: Iterator[SyntheticPerson], seats: Sequence[tuple[str, int]]
) -> tuple[Place, ...]:
    """Give each seat an operator with a key, and add their accounts to the file that the channels read at start."""
    folder = installation.folder / "windows"
    folder.mkdir()
    operators = list(itertools.islice(people, len(seats)))
    free = asyncio.Semaphore(_AT_ONCE)
    async with aiohttp.ClientSession() as http:

        async def key(person: SyntheticPerson) -> Path:
            async with free:
                file = folder / f"{person.iin}.p12"
                file.write_bytes(await _issue(http, installation.address("world"), person))
                return file

        keys = await asyncio.gather(*(key(one) for one in operators))
    await _add_accounts(installation, operators, seats)
    return tuple(
        Place(str(person.iin), department, window, file)
        for person, (department, window), file in zip(operators, seats, keys, strict=True)
    )


def scanned_page() -> bytes:
    """Return a page of lines like words in grey, JPEG, A4 at 150 dpi, on paper that is not quite white."""
    page = Image.effect_noise(_A4, 5).point(lambda value: min(255, value + 110))
    pen = ImageDraw.Draw(page)
    for row in range(50):
        for word in range(12):
            wide = 20 + (row * 37 + word * 61) % 55
            pen.rectangle((125 + 80 * word, 150 + row * 28, 125 + 80 * word + wide, 160 + row * 28), fill=40)
    out = io.BytesIO()
    page.filter(ImageFilter.GaussianBlur(1)).save(out, "JPEG", quality=75, dpi=(150, 150))
    return out.getvalue()


async def _issue(http: aiohttp.ClientSession, world: str, person: SyntheticPerson) -> bytes:
    """Return a PKCS#12 with what employees of the State Corporation have: one ГОСТ key."""
    corporation = ORGANISATIONS[CORPORATION]
    subject = {
        "common_name": f"{person.name.surname} {person.name.given}".upper(),
        "surname": person.name.surname.upper(),
        "iin": str(person.iin),
        "organisation": corporation.name_kk,
        "bin": str(corporation.bin),
    }
    if person.name.patronymic:
        subject["patronymic"] = person.name.patronymic.upper()
    body = {"template": "employee-sign", "chain": "gost", "subject": subject, "password": KEY_PASSWORD}
    async with http.post(f"{world}/nca/admin/certificates", json=body) as answer:
        answer.raise_for_status()
        return base64.b64decode((await answer.json())["pkcs12"])


async def _add_accounts(
    installation: Installation, operators: Sequence[SyntheticPerson], seats: Sequence[tuple[str, int]]
) -> None:
    file = installation.folder / "operators.yaml"
    password_hash = await Passwords().hash(OPERATOR_PASSWORD)
    rows = yaml.safe_load(file.read_text(encoding="utf-8")) + [
        {
            "iin": str(person.iin),
            "name": person.name.full,
            "department": department,
            "role": "operator",
            "password_hash": password_hash,
        }
        for person, (department, _window) in zip(operators, seats, strict=True)
    ]
    file.write_text(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False), encoding="utf-8")
