"""Certificates named by their defect: each is refused with its own code, and what is only odd is not refused."""

from __future__ import annotations

import pytest

from gateway.eds.codes import ROWS, Status
from tests.conformance.eds.defects.case import Case
from tests.conformance.eds.defects.forging import FAMILIES, Land
from tests.conformance.eds.defects.table import DEFECTS, TOLERATED, verdict_of


@pytest.fixture(scope="module")
def lands() -> dict[str, Land]:
    return {family: Land(family) for family in FAMILIES}


def every(cases: tuple[Case, ...]) -> list[object]:
    return [pytest.param(case, family, id=f"{case.name}-{family}") for case in cases for family in case.families]


def test_names_are_used_once() -> None:
    names = [case.name for case in (*DEFECTS, *TOLERATED)]
    assert len(names) == len(set(names))
    assert len(DEFECTS) >= 40


@pytest.mark.parametrize(("case", "family"), every(DEFECTS))
async def test_defect_is_refused_by_its_code(case: Case, family: str, lands: dict[str, Land]) -> None:
    verdict = await verdict_of(case.make(lands[family]), lands[family])
    assert (verdict.code, dict(verdict.facts)) == (case.expected, dict(verdict.facts))
    assert verdict.status is ROWS[case.expected].status
    assert verdict.status is not Status.VALID


@pytest.mark.parametrize(("case", "family"), every(TOLERATED))
async def test_oddity_of_the_real_authority_is_no_defect(case: Case, family: str, lands: dict[str, Land]) -> None:
    verdict = await verdict_of(case.make(lands[family]), lands[family])
    assert verdict.valid, (verdict.code, verdict.facts)
