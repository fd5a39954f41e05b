"""Who may do what: every action by every wrong role, out of order, in another office, on another's work."""

from __future__ import annotations

import asyncio

import pytest

from gateway.catalogue import Outcome as Ending
from gateway.catalogue import Role
from gateway.desk import Decision, DeskCode, DeskError, Search
from gateway.eds.codes import Code, Status

KARAGANDA, ALMATY = "unemployed-certificate", "guardianship-certificate"
ADOPTION = "adoption-candidate-registration"
VERBS = {
    KARAGANDA: ["register", "resolve", "draft", "sign", "hand-over"],
    ALMATY: ["register", "resolve", "check-documents", "draft", "sign", "hand-over"],
    ADOPTION: ["register", "resolve", "check-documents", "inspect", "draft", "sign", "hand-over"],
}
OWNERS = {
    "register": "clerk",
    "resolve": "head",
    "check-documents": "executor",
    "inspect": "executor",
    "draft": "executor",
    "sign": "head",
    "hand-over": "clerk",
}


def owner_of(service: str, verb: str) -> str:
    """Who does an action; at an adoption the act lets the executor hand the result over."""
    return "executor" if (service, verb) == (ADOPTION, "hand-over") else OWNERS[verb]


async def act(workplace, verb: str, member, number: str, version: int):  # noqa: PLR0911 - one return an action
    """Try an action with otherwise good arguments."""
    actions = workplace.desk.actions
    match verb:
        case "register":
            return await actions.register(member, number, version=version)
        case "resolve":
            executors = await workplace.desk.staff.executors(member)
            return await actions.resolve(member, number, version=version, executor=executors[0].id)
        case "check-documents":
            return await actions.check_documents(member, number, version=version, fault=None)
        case "inspect":
            return await actions.inspect(member, number, version=version, act="Тексерілді.")
        case "draft":
            decision = Decision(Ending.ISSUED, {"registered_on": "2025-11-03"})
            return await actions.draft(member, number, version=version, decision=decision)
        case "sign":
            return await workplace.desk.issue.sign(member, number, version=version, signed=b"<signed/>")
        case "hand-over":
            return await workplace.desk.issue.hand_over(member, number, version=version)
    raise AssertionError(verb)


async def state(workplace, number: str) -> list:
    tables = ("casefile", "case_step", "case_action", "event", "blob", "timer")
    rows = [await workplace.store.database.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]
    return [*rows, len(workplace.sent.sent)]


async def refused(workplace, number: str, attempt) -> DeskCode:
    """Return the code of a refusal that changed nothing."""
    before = await state(workplace, number)
    with pytest.raises(DeskError) as caught:
        await attempt
    assert await state(workplace, number) == before
    for text in (caught.value.text.kk, caught.value.text.ru, caught.value.text.en):
        assert text
        assert "{" not in text
    return caught.value.code


@pytest.mark.parametrize(
    ("service", "verb"),
    [pytest.param(service, verb, id=f"{service}-{verb}") for service, verbs in VERBS.items() for verb in verbs],
)
async def test_each_action_is_refused_to_every_wrong_role_and_office(workplace, service: str, verb: str) -> None:
    prefix = "" if service == KARAGANDA else "a-"
    number = await workplace.submit(service)
    if service == KARAGANDA:
        await workplace.ask(number)
    case = await workplace.to(number, verb, prefix=prefix)
    for role in ("clerk", "head", "executor"):
        if role == owner_of(service, verb):
            continue
        member = workplace.staff[f"{prefix}{role}"]
        code = await refused(workplace, number, act(workplace, verb, member, number, case.version))
        assert code is DeskCode.WRONG_ROLE
    stranger = workplace.staff[("a-" if prefix == "" else "") + owner_of(service, verb)]
    code = await refused(workplace, number, act(workplace, verb, stranger, number, case.version))
    assert code is DeskCode.NO_SUCH_CASE
    await workplace.do(number, prefix=prefix)


@pytest.mark.parametrize("service", list(VERBS))
async def test_every_other_action_is_out_of_order_at_every_step(workplace, service: str) -> None:
    prefix = "" if service == KARAGANDA else "a-"
    number = await workplace.submit(service)
    if service == KARAGANDA:
        await workplace.ask(number)
    for verb in VERBS[service]:
        case = await workplace.to(number, verb, prefix=prefix)
        for other in set(OWNERS) - {verb}:
            member = workplace.staff[f"{prefix}{owner_of(service, other)}"]
            code = await refused(workplace, number, act(workplace, other, member, number, case.version))
            assert code is DeskCode.WRONG_ORDER
    closed = await workplace.to(number, "nothing", prefix=prefix)
    for verb in OWNERS:
        member = workplace.staff[f"{prefix}{owner_of(service, verb)}"]
        code = await refused(workplace, number, act(workplace, verb, member, number, closed.version))
        assert code is DeskCode.CASE_CLOSED


@pytest.mark.parametrize("verb", VERBS[KARAGANDA])
async def test_a_double_click_acts_once(workplace, verb: str) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, verb)
    executor = workplace.staff["executor"]
    draft = b"" if case.draft is None else await workplace.desk.cases.draft(executor, number)
    member = workplace.staff[OWNERS[verb]]

    async def click():
        if verb == "sign":
            signed = workplace.signatures.sign(draft)
            return await workplace.desk.issue.sign(member, number, version=case.version, signed=signed)
        return await act(workplace, verb, member, number, case.version)

    sent = len(workplace.sent.sent)
    first, second = await asyncio.gather(click(), click())
    assert first.version == second.version == case.version + 1
    told = len(workplace.sent.sent)
    assert told - sent == (3 if verb == "hand-over" else 1)
    third = await click()
    assert third.version == case.version + 1
    assert len(workplace.sent.sent) == told


async def test_two_heads_cannot_decide_on_one_page(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    case = await workplace.case(number)
    other = workplace.staff["clerk-2"]
    await workplace.do(number)
    code = await refused(workplace, number, act(workplace, "register", other, number, case.version))
    assert code is DeskCode.CHANGED


async def test_a_claimed_task_is_closed_to_colleagues(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    moves, first, second = workplace.desk.moves, workplace.staff["clerk"], workplace.staff["clerk-2"]
    case = await moves.claim(first, number, version=1)
    with pytest.raises(DeskError) as caught:
        await act(workplace, "register", second, number, case.version)
    assert caught.value.code is DeskCode.TAKEN
    assert first.name in caught.value.text.kk
    assert await refused(workplace, number, moves.claim(second, number, version=case.version)) is DeskCode.TAKEN
    assert await refused(workplace, number, moves.release(second, number, version=case.version)) is DeskCode.TAKEN
    case = await moves.release(first, number, version=case.version)
    case = await moves.claim(second, number, version=case.version)
    await act(workplace, "register", second, number, case.version)


async def test_claims_are_for_those_whose_turn_it_is(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    moves = workplace.desk.moves
    for who, code in (("head", DeskCode.WRONG_ROLE), ("executor", DeskCode.WRONG_ROLE), ("a-clerk", "no-case")):
        found = await refused(workplace, number, moves.claim(workplace.staff[who], number, version=1))
        assert found is (DeskCode.NO_SUCH_CASE if code == "no-case" else code)


async def test_the_head_takes_a_claim_away_with_a_reason(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    moves, head = workplace.desk.moves, workplace.staff["head"]
    case = await moves.claim(workplace.staff["clerk"], number, version=1)
    code = await refused(workplace, number, moves.release(head, number, version=case.version))
    assert code is DeskCode.REASON_MISSING
    case = await moves.release(head, number, version=case.version, reason="Қызметкер демалыста")
    assert case.claimed_by is None


async def test_only_the_appointed_executor_works(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, "draft")
    other, head, moves = workplace.staff["executor-2"], workplace.staff["head"], workplace.desk.moves
    assert await refused(workplace, number, act(workplace, "draft", other, number, case.version)) is (
        DeskCode.NOT_ASSIGNED
    )
    assert (await workplace.desk.lists.inbox(other)).cases == ()
    assign = {"executor": other.id, "reason": "Ауыстыру"}
    wrong = moves.assign(workplace.staff["executor"], number, version=case.version, **assign)
    assert await refused(workplace, number, wrong) is DeskCode.WRONG_ROLE
    bare = moves.assign(head, number, version=case.version, executor=other.id, reason=" ")
    assert await refused(workplace, number, bare) is DeskCode.REASON_MISSING
    case = await moves.assign(head, number, version=case.version, **assign)
    assert [found.number for found in (await workplace.desk.lists.inbox(other)).cases] == [number]
    await act(workplace, "draft", other, number, case.version)


async def test_a_resolution_names_an_executor_of_the_same_office(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    case = await workplace.to(number, "resolve")
    for who in ("a-executor", "clerk", "head"):
        attempt = workplace.desk.actions.resolve(
            workplace.staff["head"], number, version=case.version, executor=workplace.staff[who].id
        )
        assert await refused(workplace, number, attempt) is DeskCode.NO_SUCH_EXECUTOR


async def test_the_head_returns_a_draft_and_the_executor_draws_it_up_anew(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, "sign")
    first_number, first_draft = case.result_number, case.draft
    moves, head = workplace.desk.moves, workplace.staff["head"]
    bare = moves.send_back(head, number, version=case.version, reason="")
    assert await refused(workplace, number, bare) is DeskCode.REASON_MISSING
    case = await moves.send_back(head, number, version=case.version, reason="Күні қате")
    assert (case.awaits_verb, case.draft) == ("draft", None)
    decision = Decision(Ending.ISSUED, {"registered_on": "2025-11-04"})
    executor = workplace.staff["executor"]
    case = await workplace.desk.actions.draft(executor, number, version=case.version, decision=decision)
    assert case.result_number == first_number
    assert case.draft != first_draft
    steps = await workplace.desk.cases.steps(head, number)
    assert [step.step for step in steps] == [1, 2, 3, 4, 3, 4]
    actions = await workplace.desk.cases.actions(head, number)
    assert [one.reason for one in actions if one.verb == "return"] == ["Күні қате"]


async def test_the_executor_returns_an_assignment_to_the_head(workplace) -> None:
    number = await workplace.submit(ALMATY)
    case = await workplace.to(number, "check-documents", prefix="a-")
    executor = workplace.staff["a-executor"]
    case = await workplace.desk.moves.send_back(executor, number, version=case.version, reason="Басқа бөлім")
    assert (case.awaits_verb, case.executor) == ("resolve", None)
    await workplace.to(number, "nothing", prefix="a-")


async def test_documents_once_judged_are_not_judged_again_after_a_return(workplace) -> None:
    number = await workplace.submit(ALMATY)
    case = await workplace.to(number, "draft", prefix="a-")
    executor = workplace.staff["a-executor"]
    case = await workplace.desk.moves.send_back(executor, number, version=case.version, reason="Басқа бөлім")
    case = await workplace.do(number, prefix="a-")
    assert case.awaits_verb == "draft"
    await workplace.to(number, "nothing", prefix="a-")
    assert [step for step in workplace.steps(number) if step[0] == "condition"] == [("condition", 3, "passed")]


async def test_what_was_signed_must_be_the_draft(workplace) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, "sign")
    head = workplace.staff["head"]
    draft = await workplace.desk.cases.draft(head, number)
    changed = workplace.signatures.sign(draft.replace(b"2025", b"2015"))
    attempt = workplace.desk.issue.sign(head, number, version=case.version, signed=changed)
    assert await refused(workplace, number, attempt) is DeskCode.NOT_THE_DRAFT


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (Status.INVALID, Code.SIGNER_NOT_IIN, DeskCode.SIGNATURE_INVALID),
        (Status.INVALID, Code.ROLE_NOT_FIT, DeskCode.SIGNATURE_INVALID),
        (Status.UNDETERMINED, Code.REVOCATION_UNAVAILABLE, DeskCode.SIGNATURE_UNDETERMINED),
    ],
)
async def test_a_heads_signature_that_is_not_good_changes_nothing(workplace, status, code, expected) -> None:
    number = await workplace.submit(KARAGANDA)
    await workplace.ask(number)
    case = await workplace.to(number, "sign")
    head = workplace.staff["head"]
    signed = workplace.signatures.sign(await workplace.desk.cases.draft(head, number))
    workplace.signatures.status, workplace.signatures.code = status, code
    attempt = workplace.desk.issue.sign(head, number, version=case.version, signed=signed)
    assert await refused(workplace, number, attempt) is expected


async def test_nobody_sees_another_offices_cases(workplace) -> None:
    number = await workplace.submit(ALMATY)
    cases, lists = workplace.desk.cases, workplace.desk.lists
    for role in ("clerk", "head", "executor"):
        member = workplace.staff[role]
        for listing in (lists.inbox(member), lists.open(member), lists.search(member, Search(number=number))):
            assert (await listing).cases == ()
        for reading in (
            cases.get(member, number),
            cases.documents(member, number),
            cases.document(member, number, 1),
            cases.evidence(member, number),
            cases.answer(member, number, "gbdfl"),
            cases.signed_application(member, number),
            cases.draft(member, number),
            cases.signed_result(member, number),
            cases.steps(member, number),
            cases.actions(member, number),
            cases.trail(member, number),
        ):
            with pytest.raises(DeskError) as caught:
                await reading
            assert caught.value.code is DeskCode.NO_SUCH_CASE
    assert [case.number for case in (await lists.inbox(workplace.staff["a-clerk"])).cases] == [number]
    assert (await lists.inbox(workplace.staff["a-head"])).cases == ()


async def test_login_tells_nothing_and_slows_down(workplace) -> None:
    staff, member = workplace.desk.staff, workplace.staff["clerk"]
    found = await staff.log_in(f" {member.iin[:6]} {member.iin[6:]}", "Құпиясөз-2026", source="127.0.0.1")
    assert found == member
    assert found.role is Role.CLERK
    for typed, password in ((str(member.iin), "wrong"), ("750101100009", "wrong"), ("nonsense", "x")):
        with pytest.raises(DeskError) as caught:
            await staff.log_in(typed, password, source="127.0.0.1")
        assert caught.value.code is DeskCode.LOGIN_REFUSED
    codes = []
    for _ in range(4):
        with pytest.raises(DeskError) as caught:
            await staff.log_in(str(member.iin), "wrong", source="127.0.0.1")
        codes.append(caught.value.code)
    assert codes[-1] is DeskCode.LOGIN_DELAYED
    with pytest.raises(DeskError) as right_password:
        await staff.log_in(str(member.iin), "Құпиясөз-2026", source="127.0.0.1")
    assert right_password.value.code is DeskCode.LOGIN_DELAYED


async def test_a_dismissed_employee_is_nobody(workplace) -> None:
    member = workplace.staff["clerk"]
    await workplace.store.database.execute("UPDATE staff SET active = false WHERE id = $1", member.id)
    assert await workplace.desk.staff.member(member.id) is None
    with pytest.raises(DeskError):
        await workplace.desk.staff.log_in(str(member.iin), "Құпиясөз-2026", source="127.0.0.1")
