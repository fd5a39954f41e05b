from datetime import timedelta

from gateway.flows.authorisation import AuthorisationRefused, Authorised, Entered
from gateway.identity.numbers import parse_number
from tests.integration.flows.town import IIN, OTHER_IIN, PASSWORD


async def enter(town, number=IIN, password=PASSWORD, source="192.0.2.1", session="session of the login"):
    opened = []

    def open_session(account):
        opened.append(account)
        return session

    entered = Entered(parse_number(number), password, source)
    return await town.rooms.authorisation.process_1_authorise(entered, open_session), opened


async def recorded(town):
    rows = await town.store.database.fetch("SELECT * FROM event WHERE kind <> 'note' ORDER BY id")
    return [f"{row['kind']} {row['number']} {row['outcome']}" for row in rows]


async def test_a_registered_applicant_enters_and_process_1_and_condition_1_are_recorded(town, account):
    outcome, opened = await enter(town)
    assert isinstance(outcome, Authorised)
    assert opened == [account]
    assert await recorded(town) == ["process 1 done", "condition 1 passed"]


async def test_a_wrong_password_and_an_unknown_number_get_the_same_process_2(town, account):
    wrong, opened = await enter(town, password="another password")
    unknown, none = await enter(town, number=OTHER_IIN)
    assert wrong == unknown == AuthorisationRefused()
    assert opened == none == []
    assert await recorded(town) == ["process 1 done", "condition 1 failed", "process 2 done"] * 2


async def test_after_failures_even_the_right_password_must_wait(town, account, clock):
    for _ in range(4):
        await enter(town, password="another password")
    assert (await enter(town))[0] == AuthorisationRefused(timedelta(seconds=2))
    clock.advance(timedelta(seconds=2))
    assert isinstance((await enter(town))[0], Authorised)


async def test_the_login_stands_at_the_beginning_of_the_applications_trail(town, account, key):
    await enter(town)
    number = await town.ready("unemployed-certificate", account, key, session="session of the login")
    assert await town.steps(number) == [
        "process 1 done",
        "condition 1 passed",
        "process 3 done",
        "condition 2 passed",
    ]
    assert IIN not in str(await town.rooms.journal.trail(number))
