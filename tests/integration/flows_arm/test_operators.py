"""The operators' accounts: who gets in, who waits, whose access ends, and what a department is."""

from datetime import timedelta

import pytest

from gateway.catalogue import Body
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.operators import OperatorRole, account_in, session_account
from tests.integration.flows_arm.hall import CATALOGUE, PASSWORD, REPRESENTATIVE

NEW_PASSWORD = "Жаңа құпиясөз 2026"


def refusal(code: ArmCode):
    return pytest.raises(ArmError, match=f"^{code}(,|$)")


async def test_an_operator_logs_in_with_iin_and_password(hall, operator):
    found = await hall.rooms.operators.log_in(str(operator.iin), PASSWORD, source="192.0.2.1")
    assert found == operator
    assert await hall.rooms.operators.member(operator.id) == operator


@pytest.mark.parametrize("iin", ["", "not a number", str(REPRESENTATIVE)])
async def test_an_unknown_number_and_a_wrong_password_are_told_alike(hall, operator, iin):
    with refusal(ArmCode.LOGIN_REFUSED) as unknown:
        await hall.rooms.operators.log_in(iin, PASSWORD, source="192.0.2.1")
    with refusal(ArmCode.LOGIN_REFUSED) as wrong:
        await hall.rooms.operators.log_in(str(operator.iin), "wrong", source="192.0.2.2")
    assert unknown.value.text == wrong.value.text


async def test_guessing_is_slowed_down_and_says_for_how_long(hall, operator):
    for _ in range(4):
        with pytest.raises(ArmError):
            await hall.rooms.operators.log_in(str(operator.iin), "wrong", source="192.0.2.1")
    with refusal(ArmCode.LOGIN_DELAYED) as caught:
        await hall.rooms.operators.log_in(str(operator.iin), PASSWORD, source="192.0.2.1")
    assert str(caught.value.facts["seconds"]) in caught.value.text.kk


async def test_a_session_is_unlocked_with_the_own_password_alone(hall, operator):
    assert await hall.rooms.operators.verify(operator, PASSWORD)
    assert not await hall.rooms.operators.verify(operator, "wrong")
    for _ in range(3):
        assert not await hall.rooms.operators.verify(operator, "wrong")
    with refusal(ArmCode.LOGIN_DELAYED):
        await hall.rooms.operators.verify(operator, PASSWORD)


async def test_an_account_that_was_closed_is_nobodys(hall, operator):
    await hall.store.database.execute("UPDATE operator SET active = false WHERE id = $1", operator.id)
    assert await hall.rooms.operators.member(operator.id) is None
    with refusal(ArmCode.LOGIN_REFUSED):
        await hall.rooms.operators.log_in(str(operator.iin), PASSWORD, source="192.0.2.1")
    assert not await hall.rooms.operators.verify(operator, PASSWORD)


async def test_seeding_again_keeps_the_password_and_changes_the_rest(hall, operator):
    again = await hall.rooms.operators.seed(
        iin=operator.iin, name="Басқа аты", department="temirtau-corporation", role=OperatorRole.SUPERVISOR
    )
    assert (again.id, again.department, again.is_supervisor) == (operator.id, "temirtau-corporation", True)
    assert await hall.rooms.operators.log_in(str(operator.iin), PASSWORD, source="192.0.2.1") == again


async def session_of(hall, operator) -> str:
    """Begin a session of an operator as the pages do and return its digest."""
    digest, expires_at = f"{operator.id:064x}", hall.store.clock.now() + timedelta(hours=1)
    account = session_account(operator.id)
    await hall.rooms.sessions.create(digest, {"at": "window"}, account=account, expires_at=expires_at)
    return digest


async def test_an_account_that_is_not_named_any_more_is_closed_and_its_sessions_end(hall, operator):
    gone = await hall.operator(serial=2)
    kept, ended = await session_of(hall, operator), await session_of(hall, gone)
    assert await hall.rooms.operators.close_others([operator.iin]) == 1
    assert (await hall.rooms.operators.member(gone.id), await hall.rooms.sessions.load(ended)) == (None, None)
    with refusal(ArmCode.LOGIN_REFUSED):
        await hall.rooms.operators.log_in(str(gone.iin), PASSWORD, source="192.0.2.1")
    assert await hall.rooms.operators.member(operator.id) == operator
    assert await hall.rooms.sessions.load(kept) is not None
    assert await hall.rooms.operators.close_others([operator.iin]) == 0


async def test_an_account_that_is_named_again_is_open_again_with_its_password(hall, operator):
    await hall.rooms.operators.close_others([])
    again = await hall.operator()
    assert await hall.rooms.operators.log_in(str(operator.iin), PASSWORD, source="192.0.2.1") == again


async def test_a_password_that_is_reset_counts_alone_and_ends_the_sessions(hall, operator):
    account = {"iin": operator.iin, "name": operator.name, "department": operator.department}
    digest, operators = await session_of(hall, operator), hall.rooms.operators
    await operators.seed(**account, password=NEW_PASSWORD)
    assert await hall.rooms.sessions.load(digest) is not None
    await operators.seed(**account, password=NEW_PASSWORD, reset=True)
    assert await hall.rooms.sessions.load(digest) is None
    with refusal(ArmCode.LOGIN_REFUSED):
        await operators.log_in(str(operator.iin), PASSWORD, source="192.0.2.1")
    assert (await operators.log_in(str(operator.iin), NEW_PASSWORD, source="192.0.2.2")).id == operator.id


async def test_a_start_with_the_same_reset_puts_nobody_out(hall, operator):
    account = {"iin": operator.iin, "name": operator.name, "department": operator.department}
    digest = await session_of(hall, operator)
    stored = "SELECT password_hash FROM operator WHERE id = $1"
    before = await hall.store.database.fetchval(stored, operator.id)
    await hall.rooms.operators.seed(**account, password=PASSWORD, reset=True)
    await hall.rooms.operators.seed(**account, password_hash=before, reset=True)
    assert await hall.store.database.fetchval(stored, operator.id) == before
    assert await hall.rooms.sessions.load(digest) is not None


async def test_an_account_needs_a_department_and_a_password(hall):
    provider = next(one.id for one in CATALOGUE.offices.values() if one.body is Body.PROVIDER)
    for department in (provider, "nowhere"):
        with pytest.raises(ValueError, match="not a department"):
            await hall.rooms.operators.seed(iin=REPRESENTATIVE, name="Ә", department=department, password="x")
    with pytest.raises(ValueError, match="needs a password"):
        await hall.rooms.operators.seed(iin=REPRESENTATIVE, name="Ә", department="karaganda-corporation")


async def test_an_operators_name_is_one_that_a_document_can_print(hall):
    """It stands in what is signed, and the provider's desk takes no other in."""
    account = {"iin": REPRESENTATIVE, "department": "karaganda-corporation", "password": "x"}
    with pytest.raises(ValueError, match="no document can print"):
        await hall.rooms.operators.seed(name="Әлімбекова\u202eГүлжан", **account)
    await hall.rooms.operators.seed(name="Әлімбекова Гүлжан", **account)


@pytest.mark.parametrize("account", ["", "1", "operator", "operator x", "operator 1 2", "operator 12345678901"])
def test_the_session_of_nobody_at_a_window_names_no_operator(account):
    assert account_in(session_account(42)) == 42
    assert account_in(account) is None
