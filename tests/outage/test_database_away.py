"""While the database is away the pages say so, in three languages and to programs, and are there again with it."""

import aiohttp
import pytest

from simulators.supervisor import ORDER

pytestmark = pytest.mark.asyncio(loop_scope="session")

SAID = {
    "kk": "Қызмет уақытша қолжетімсіз",
    "ru": "Сервис временно недоступен",
    "en": "The service is unavailable now",
}


@pytest.fixture(params=["portal", "desk"])
def sign_in(request, land):
    return f"{land.installation.address(request.param)}/sign-in"


async def test_a_site_says_that_it_is_unavailable_and_comes_back_by_itself(land, sign_in):
    async with aiohttp.ClientSession() as http:
        await land.lose_database()
        for language, title in SAID.items():
            async with http.get(sign_in, params={"lang": language}) as answer:
                assert answer.status == 503
                assert title in await answer.text()
                assert int(answer.headers["Retry-After"]) > 0
        async with http.get(sign_in, headers={"Accept": "application/json"}) as answer:
            assert (answer.status, (await answer.json())["error"]["code"]) == (503, "unavailable")
        await land.start_database()
        async with http.get(sign_in) as answer:
            assert answer.status == 200
    assert all(land.supervisor.alive(name) for name in ORDER)
