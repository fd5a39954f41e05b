"""The operators' accounts: who gets in, who waits, and what a department is."""

import pytest

from gateway.catalogue import Body
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.operators import OperatorRole
from tests.integration.flows_arm.hall import CATALOGUE, PASSWORD, REPRESENTATIVE


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


async def test_an_account_needs_a_department_and_a_password(hall):
    provider = next(one.id for one in CATALOGUE.offices.values() if one.body is Body.PROVIDER)
    for department in (provider, "nowhere"):
        with pytest.raises(ValueError, match="not a department"):
            await hall.rooms.operators.seed(iin=REPRESENTATIVE, name="Ә", department=department, password="x")
    with pytest.raises(ValueError, match="needs a password"):
        await hall.rooms.operators.seed(iin=REPRESENTATIVE, name="Ә", department="karaganda-corporation")
