"""Who tries names and passwords learns nothing and gets slower."""

import re
import statistics
import time

import pytest

from simulators.population.cast import PEOPLE
from tests.acceptance.hostile.cast import VICTIM
from tests.acceptance.hostile.visitor import visitor

SITES = ["portal", pytest.param("desk", marks=pytest.mark.full)]
KNOWN = {"portal": str(PEOPLE[VICTIM].iin), "desk": str(PEOPLE["almaty-clerk"].iin)}
UNKNOWN = str(PEOPLE["official-gbdul"].iin)
"""A good number that neither site has an account for."""


@pytest.fixture(autouse=True)
async def nothing_counted(country):
    await country.forgive()
    yield
    await country.forgive()


async def tried(one, number, password="a wrong password"):
    await one.look()
    return await one.post("/sign-in", {"number": number, "iin": number, "password": password})


def said(answer, number):
    text = answer.text.replace(number, "")
    return re.sub(r'value="[^"]*"|[0-9a-f]{8}', "", text)


@pytest.mark.parametrize("site", SITES)
async def test_a_known_and_an_unknown_number_are_answered_alike(country, scene, site):
    async with visitor(country, site) as one:
        known, unknown = await tried(one, KNOWN[site]), await tried(one, UNKNOWN)
    assert known.status == unknown.status
    assert known.status in {400, 403}
    assert said(known, KNOWN[site]) == said(unknown, UNKNOWN)
    assert known.header("Set-Cookie") == unknown.header("Set-Cookie")


@pytest.mark.parametrize("site", SITES)
@pytest.mark.full
async def test_they_take_as_long(country, scene, site):
    times = {KNOWN[site]: [], UNKNOWN: []}
    async with visitor(country, site) as one:
        for _ in range(8):
            for number, taken in times.items():
                await country.forgive()
                await one.look()
                started = time.perf_counter()
                await one.post("/sign-in", {"number": number, "iin": number, "password": "a wrong password"})
                taken.append(time.perf_counter() - started)
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert 0.5 < known / unknown < 2


@pytest.mark.parametrize("site", SITES)
async def test_a_known_and_an_unknown_number_get_slower_alike(country, scene, site):
    waits = {}
    for number in (KNOWN[site], UNKNOWN):
        await country.forgive()
        async with visitor(country, site) as one:
            answers = [await tried(one, number) for _ in range(6)]
        waits[number] = [answer.status for answer in answers]
    assert waits[KNOWN[site]] == waits[UNKNOWN]
    assert waits[UNKNOWN][-1] == 429


@pytest.mark.parametrize("site", SITES)
async def test_the_right_password_does_not_end_the_delay(country, scene, site):
    async with visitor(country, site) as one:
        for _ in range(5):
            await tried(one, KNOWN[site])
        answer = await tried(one, KNOWN[site], "Qyzmet-2026")
    assert answer.status == 429
    assert "session" not in answer.header("Set-Cookie")


@pytest.mark.parametrize("site", SITES)
@pytest.mark.full
async def test_a_source_that_tries_many_numbers_gets_slower(country, scene, site):
    numbers = [str(person.iin) for person in PEOPLE.values()] * 3
    async with visitor(country, site) as one:
        statuses = [(await tried(one, number)).status for number in numbers[:40]]
    assert 429 in statuses
    schema = "channels" if site == "portal" else "desk"
    found = await country.fetch(f"SELECT subject FROM {schema}.throttle")
    assert [row["subject"] for row in found if any(one in row["subject"] for one in numbers)] == []


@pytest.mark.parametrize("site", SITES)
async def test_what_the_client_says_of_its_address_is_not_believed(country, scene, site):
    async with visitor(country, site) as one:
        for number in range(6):
            await one.look()
            headers = {
                "X-Forwarded-For": f"10.0.0.{number}",
                "Forwarded": f"for=10.0.0.{number}",
                "X-Real-IP": "1.2.3.4",
            }
            fields = {"number": KNOWN[site], "iin": KNOWN[site], "password": "a wrong password"}
            answer = await one.post("/sign-in", fields, headers)
    assert answer.status == 429


@pytest.mark.parametrize("site", SITES)
async def test_odd_numbers_and_passwords_are_refused_in_words(country, scene, site):
    odd = [
        "",
        " ",
        "1",
        "0" * 12,
        "9" * 12,
        "1" * 900,
        "１２３４５６７８９０１２",
        "<script>",
        "' OR '1'='1",
        "\u202e1",
        "a\tb",
    ]
    async with visitor(country, site) as one, country.unchanged():
        for number in odd:
            await country.forgive()
            answer = await tried(one, number, "x" * 100_000)
            assert answer.status in {400, 403}, number
            assert "<script>" not in answer.text
