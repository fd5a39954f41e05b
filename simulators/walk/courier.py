"""The clerk at the provider's desk with the courier: packages and results checked against registers, by pages alone."""

from __future__ import annotations

from simulators.walk.browser import Page, PageSurprise
from simulators.walk.officials import Official
from simulators.walk.windows import COURIER, soon

_OK = 200


async def receive_packages(clerk: Official, register: str, *numbers: str) -> None:
    """Find the packages that came, listed or not, by their barcodes, and mark the register: their cases are opened."""
    page = await _asked(clerk, register)
    for number in numbers:
        page = await clerk.browser.submit(page, {"code": number}, form=page.form_to(f"/courier/{register}/scan"))
    await _mark(clerk, page, register)


async def send_results(clerk: Official, number: str) -> str:
    """Give a result to the courier with a register; returns its number."""
    wanted = f"//main//input[@name='number'][@value='{number}']"
    page = await soon(lambda: clerk.open("/courier/results"), wanted)
    page = await clerk.browser.submit(page, {"number": number, "courier": COURIER}, form=page.form(having="courier"))
    register = page.url.rsplit("/", 1)[1]
    if page.status != _OK or not register.isdecimal():
        raise PageSurprise(page, "the register of results")
    return register


async def _asked(clerk: Official, register: str) -> Page:
    way = f"//main//form[@action='/courier/{register}/close']"
    return await soon(lambda: clerk.open(f"/courier/{register}"), way)


async def _mark(clerk: Official, page: Page, register: str) -> None:
    form = page.form_to(f"/courier/{register}/close")
    asked = {"missing_confirmed": "yes"} if form.xpath(".//*[@name='missing_confirmed']") else {}
    page = await clerk.browser.submit(page, asked, form=form)
    if page.status != _OK or page.find(f"//main//form[@action='/courier/{register}/close']") is not None:
        raise PageSurprise(page, "the register, marked")
