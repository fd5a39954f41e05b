"""Which steps are done on a channel, in which order, at which body and within which term."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.catalogue import Body, Channel, Unit
from gateway.catalogue.procedure import Procedure

WORDS = {"kk": "қабылдайды", "ru": "принимает", "en": "accepts"}
DAY = {"value": 1, "unit": "working-days"}


def step(number: int, **more: Any) -> dict[str, Any]:
    action = {"verb": "register", "role": "clerk"}
    return {"number": number, "role": "clerk", "duration": DAY, "text": WORDS, "lines": "1", "actions": [action]} | more


def procedure(*steps: dict[str, Any], **more: Any) -> Procedure:
    values = {"id": "provider", "channels": ["provider-office", "rural-akim"], "paragraph": 5, "lines": "1-9"}
    return Procedure.model_validate_json(json.dumps(values | {"steps": steps} | more))


def numbers(of: Procedure, channel: Channel) -> list[int]:
    return [one.number for one in of.path(channel)]


def test_a_step_of_one_channel_is_passed_over_on_the_others() -> None:
    three = procedure(step(1), step(2, channels=["rural-akim"]), step(3))
    assert numbers(three, Channel.PROVIDER_OFFICE) == [1, 3]
    assert numbers(three, Channel.RURAL_AKIM) == [1, 2, 3]


def test_an_order_of_a_channel_is_not_that_of_the_numbers() -> None:
    """Service 17: the akim's step 4 must precede the provider's step 3."""
    order = {"channel": "rural-akim", "steps": [1, 3, 2], "lines": "4-5"}
    three = procedure(step(1), step(2), step(3, channels=["rural-akim"]), orders=[order])
    assert numbers(three, Channel.PROVIDER_OFFICE) == [1, 2]
    assert numbers(three, Channel.RURAL_AKIM) == [1, 3, 2]


def test_the_same_step_is_done_at_the_akims_on_the_akims_channel() -> None:
    first = procedure(step(1, elsewhere=[{"channel": "rural-akim", "body": "rural-akim"}])).step(1)
    assert first.body_on(Channel.PROVIDER_OFFICE) is Body.PROVIDER
    assert first.body_on(Channel.RURAL_AKIM) is Body.RURAL_AKIM


def test_a_term_of_a_channel_or_a_kind_replaces_the_steps_own_and_one_of_an_event_does_not() -> None:
    hours = {"value": 3, "unit": "hours"}
    days = {"value": 20, "unit": "calendar-days"}
    terms = [
        {"when": "documents-incomplete", "duration": days, "lines": "3"},
        {"output": "certificate", "duration": days, "lines": "3"},
        {"channel": "rural-akim", "duration": hours, "lines": "3"},
        {"kind": "loan", "duration": days, "lines": "3"},
    ]
    first = procedure(step(1, terms=terms)).step(1)
    assert first.term(Channel.PROVIDER_OFFICE).unit is Unit.WORKING_DAYS
    assert first.term(Channel.RURAL_AKIM).unit is Unit.HOURS
    assert first.term(Channel.PROVIDER_OFFICE, "loan").unit is Unit.CALENDAR_DAYS
    assert first.term(Channel.PROVIDER_OFFICE, "allowance").unit is Unit.WORKING_DAYS


def test_a_condition_stands_between_the_steps_with_a_number_of_its_own() -> None:
    condition = step(1, kind="condition", role="applicant", body="applicant", on_fail="cancelled")
    three = procedure(step(1), condition, step(2))
    assert [(one.kind, one.number) for one in three.steps] == [("step", 1), ("condition", 1), ("step", 2)]
    assert three.step(1).kind == "step"


@pytest.mark.parametrize(
    ("steps", "more", "expected"),
    [
        ([step(1), step(3)], {}, "run on from 1"),
        ([step(1, channels=["portal"])], {}, "channels of this procedure"),
        ([step(1, elsewhere=[{"channel": "portal", "body": "rural-akim"}])], {}, "channels of this procedure"),
        ([step(1, kind="condition")], {}, "on_fail for a condition"),
        ([step(1, on_fail="cancelled")], {}, "on_fail for a condition"),
        ([step(1, terms=[{"duration": DAY, "lines": "1"}])], {}, "at least one of channel"),
        (
            [step(1), step(2)],
            {"orders": [{"channel": "rural-akim", "steps": [2, 2], "lines": "1"}]},
            "every step of rural-akim once",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(steps: list[dict[str, Any]], more: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        procedure(*steps, **more)
