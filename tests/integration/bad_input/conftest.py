"""Bad input of every kind: the answer is a clear message that says what to do, and nothing is changed.

| what | where it is refused | and besides, in |
|---|---|---|
| wrong check digit | counter: form and applicant; portal: form | hostile/test_login.py, web_portal/test_guards.py |
| missing person | whatever is drafted but a refusal | desk/test_procedure.py, browser/test_refusals.py |
| dead person | shown to the executor, who decides; a window takes nothing in | unit/desk/test_registers.py |
| liquidated organisation | shown to the executor, who decides | unit/desk/test_registers.py |
| wrong office | the counter, the case, the forwarding | desk/test_intake.py, desk/test_rights.py |
| a step out of order | every action | desk/test_rights.py |
| two people on one task | the claim, the old page | desk/test_rights.py, web_desk/test_pages.py |
| a result that lacks a field | the draft, by the field's own name | desk/test_procedure.py |
| an unreadable attachment | portal, counter, condition, check | flows/test_portal.py, hostile/test_uploads.py |
| a wrong or foreign barcode | every field of a window that takes one | unit/terminal, web_arm/test_window_pages.py |
| a receipt already served | the search, the hand-over | flows_arm/test_handing_over.py |
| another department's application | the search, the page, the courier | hostile/test_windows.py |
| a person other than on the receipt | the hand-over | flows_arm/test_handing_over.py |
| a scan that is none or too large | the window's documents | integration/scans |
| a key that does not fit | choice and signature at a window | flows_arm/test_sending.py |
| a double press | every button of a window that has an effect | web_arm/test_window_pages.py |

"Nothing is changed" is held against a digest of every table; what may differ is named where it is allowed, such as the
portal's draft, which keeps what was typed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from aiohttp.test_utils import TestServer

from gateway import scans
from gateway.web.arm import make_arm_app
from gateway.web.sessions import MemorySessions
from tests.integration.bad_input.windows import Windows
from tests.integration.flows.conftest import account, key, town
from tests.integration.flows_arm.hall import Hall
from tests.integration.paper_work import Rooms
from tests.integration.web_desk.conftest import new_browser, workplace

__all__ = ["account", "key", "new_browser", "town", "workplace"]


@pytest.fixture
async def rooms(workplace) -> Rooms:
    return Rooms(workplace)


@pytest.fixture
async def windows(new_store, clock) -> AsyncIterator[Windows]:
    hall = await Hall.build(new_store, clock)
    async with TestServer(make_arm_app(hall.rooms, sessions=MemorySessions(), real_time=clock)) as server:
        windows = Windows(hall, clock, server)
        yield windows
        await windows.close()


@pytest.fixture(scope="module", autouse=True)
def _no_reading_process_is_left() -> Iterator[None]:
    yield
    scans.close()
