"""The windows of a department, and what is tried at them: which form with what, and what must be answered."""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import count
from typing import Any

import pytest
from _pytest.mark import ParameterSet
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from gateway.catalogue.acceptance import Representation
from gateway.clock import ManualClock
from gateway.courier.errors import RegisterCode, RegisterError
from gateway.eds.codes import Code
from gateway.eds.verdict import Verdict
from gateway.flows.arm.errors import ArmCode, ArmError, key_not_fit
from gateway.flows.arm.handing_over_errors import HandOverCode, HandOverError, other_person
from gateway.flows.arm.operators import Operator
from gateway.scans import ScanCode, ScanRefused
from gateway.texts import Text
from tests.integration.bad_input.unchanged import differing, everything
from tests.integration.flows_arm.decided import HERE, Results
from tests.integration.flows_arm.department import Department
from tests.integration.flows_arm.hall import Hall
from tests.integration.web_arm.conftest import Browser

LANGUAGES = ("kk", "ru", "en")
_ANY_MOMENT = datetime(2026, 3, 2, tzinfo=UTC)


@dataclass(frozen=True)
class Try:
    """What is sent: the form of an `action` on a page, with what is filled in; without an `action` the page itself.

    `facts` are what the message names, `verdict` is the reason of a key that does not fit, `rule` is the act's on
    representatives, and `meanwhile` happens while the page stands open.
    """

    page: str
    action: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)
    verdict: Code | None = None
    rule: Representation = Representation.NONE
    meanwhile: Callable[[], Awaitable[object]] | None = None


Tried = Callable[["Windows"], Awaitable[Try]]


@dataclass(frozen=True)
class Bad:
    """One bad input: how it is answered, and the tables that must change all the same."""

    what: str
    tried: Tried
    status: int
    code: StrEnum
    changes: frozenset[str] = frozenset()


class Windows:
    """A department's hall behind its site, with a browser for each operator."""

    def __init__(self, hall: Hall, clock: ManualClock, server: TestServer) -> None:
        self.hall, self.clock = hall, clock
        self.department = Department(hall)
        self._server = server
        self._browsers: dict[int, Browser] = {}
        self._numbers = count(73_900_000_000_001)

    @property
    def app(self) -> web.Application:
        """The site itself."""
        return self._server.app

    def pass_minutes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    async def operator(self, department: str = HERE, serial: int = 1) -> Operator:
        return await self.hall.operator(department, serial)

    async def window(self, operator: Operator) -> Browser:
        """The operator's browser, signed in."""
        if operator.id not in self._browsers:
            self._browsers[operator.id] = Browser(TestClient(self._server), self.hall)
            await self._browsers[operator.id].sign_in(operator)
        return self._browsers[operator.id]

    async def close(self) -> None:
        for browser in self._browsers.values():
            await browser.client.session.close()

    async def results(self, department: str = HERE) -> Results:
        return await Results.build(self.hall, department)

    async def decided(self, department: str = HERE, **options: object) -> str:
        """An application whose result came to a department."""
        return await (await self.results(department)).decided(str(next(self._numbers)), **options)

    async def taken_in(self, department: str = HERE, **options: object) -> str:
        """An application that a department took in."""
        return await (await self.results(department)).taken_in(str(next(self._numbers)), **options)

    async def refuses(self, bad: Bad) -> None:
        """Try a bad input in each language and hold the answer, and every table, against what must be."""
        for language in LANGUAGES:
            tried = await bad.tried(self)
            browser = await self.window(await self.operator())
            await browser.get(f"/?lang={language}")
            if tried.action:
                await browser.get(tried.page)
            if tried.meanwhile is not None:
                await tried.meanwhile()
            before, sent = await everything(self.hall.store), list(self.hall.sent.sent)
            if tried.action:
                await browser.post(tried.action, **tried.fields)
            else:
                await browser.get(tried.page)
            assert browser.status == bad.status, browser.page
            words = html.unescape(browser.page)
            for text in told(bad.code, tried):
                assert getattr(text, language) in words, f"{getattr(text, language)!r} is not in\n{words}"
            if bad.status not in (200, 400):
                assert bad.code.value in words, "a page of its own names the code"
            for name in {"code", "identity_number"} & tried.fields.keys():
                # The field of a register's packages is filled by one scan after another, and stands empty for the next.
                stays = bad.status == 400 and "/registers/" not in tried.action
                assert not stays or f'value="{tried.fields[name]}"' in words, "what was typed stays"
            assert differing(before, await everything(self.hall.store)) == bad.changes
            assert self.hall.sent.sent == sent


def told(code: StrEnum, tried: Try) -> tuple[Text, ...]:
    """What an operator must read: what happened, and what to do."""
    error: Any
    if tried.verdict is not None:
        error = key_not_fit(Verdict.of(tried.verdict, at=_ANY_MOMENT))
    elif code is ArmCode.OTHER_PERSON:
        error = other_person(tried.rule)
    elif isinstance(code, HandOverCode):
        error = HandOverError(code)
    elif isinstance(code, RegisterCode):
        error = RegisterError(code, **tried.facts)
    elif isinstance(code, ScanCode):
        error = ScanRefused(code)
    else:
        error = ArmError(ArmCode(code), **tried.facts)
    assert error.advice is not None, f"{code} does not say what to do"
    return error.text, error.advice


def listed(*inputs: Bad, sample: Collection[str]) -> list[ParameterSet]:
    """Return them as cases by their names; all but those of the sample are left to the whole suite."""
    assert set(sample) & {one.what for one in inputs}, "the sample names none of them"
    return [pytest.param(one, id=one.what, marks=() if one.what in sample else pytest.mark.full) for one in inputs]
