import asyncio

import pytest

from gateway.store import DatabaseAway
from simulators.shep.gathering import MOST_TOGETHER, Gathered


class Work:
    """Doubles numbers; holds until it is let go, and refuses what it is told to."""

    def __init__(self, *, error=None, wrong=()):
        self.batches, self.error, self.wrong = [], error, wrong
        self.go = asyncio.Event()

    async def __call__(self, items):
        self.batches.append(list(items))
        await self.go.wait()
        if self.error or set(items) & set(self.wrong):
            raise self.error or ValueError("wrong")
        return [2 * item for item in items]


async def all_of(gathered, items, work):
    asking = [asyncio.create_task(gathered.do(item)) for item in items]
    await asyncio.sleep(0)
    work.go.set()
    return await asyncio.gather(*asking, return_exceptions=True)


async def test_who_comes_alone_is_served_alone_and_at_once():
    work = Work()
    work.go.set()
    gathered = Gathered(work)
    assert [await gathered.do(1), await gathered.do(2)] == [2, 4]
    assert work.batches == [[1], [2]]


async def test_those_who_come_meanwhile_go_together_and_each_has_its_own_result():
    work = Work()
    gathered = Gathered(work)
    first = asyncio.create_task(gathered.do(0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    count = MOST_TOGETHER + 3
    assert await all_of(gathered, range(1, count), work) == [2 * item for item in range(1, count)]
    assert await first == 0
    assert [len(batch) for batch in work.batches] == [1, MOST_TOGETHER, 2]


async def test_a_wrong_item_fails_alone():
    work = Work(wrong=[2])
    first, second, third = await all_of(Gathered(work), [1, 2, 3], work)
    assert (first, third) == (2, 6)
    assert isinstance(second, ValueError)
    assert work.batches == [[1, 2, 3], [1], [2], [3]]


async def test_a_database_that_is_away_is_away_for_all_and_asked_once():
    work = Work(error=DatabaseAway(OSError()))
    found = await all_of(Gathered(work), [1, 2], work)
    assert all(isinstance(each, DatabaseAway) for each in found)
    assert len(work.batches) == 1


async def test_who_gives_up_leaves_the_others_their_results():
    work = Work()
    gathered = Gathered(work)
    asking = [asyncio.create_task(gathered.do(item)) for item in (1, 2)]
    await asyncio.sleep(0)
    asking[0].cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking[0]
    work.go.set()
    assert await asking[1] == 4
    assert await gathered.do(5) == 10
