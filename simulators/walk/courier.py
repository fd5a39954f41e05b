"""The clerk at the provider's desk with the courier: packages and results checked against registers, by pages alone."""

from __future__ import annotations

from lxml import html

from simulators.walk.browser import Page, PageSurprise
from simulators.walk.officials import Official
from simulators.walk.windows import COURIER, soon


async def receive_package(clerk: Official, register: str, number: str) -> None:
    """Find the package that a register lists by its barcode, and mark the register: the case is opened."""
    page = await _asked(clerk, register)
    page = await clerk.browser.submit(page, {"code": number}, form=_form(page, f"/courier/{register}/scan"))
    await _mark(clerk, page, register)


async def miss_package(clerk: Official, register: str) -> None:
    """Mark a register whose package is not among what came: it is missing, and stays expected."""
    await _mark(clerk, await _asked(clerk, register), register)


async def send_results(clerk: Official, number: str) -> str:
    """Give a result to the courier with a register; returns its number."""
    wanted = f"//main//input[@name='number'][@value='{number}']"
    page = await soon(lambda: clerk.open("/courier/results"), wanted)
    page = await clerk.browser.submit(page, {"number": number, "courier": COURIER}, form=page.form(having="courier"))
    register = page.url.rsplit("/", 1)[1]
    if page.status != _OK or not register.isdecimal():
        raise PageSurprise(page, "the register of results")
    return register


_OK = 200


async def _asked(clerk: Official, register: str) -> Page:
    way = f"//main//form[@action='/courier/{register}/close']"
    return await soon(lambda: clerk.open(f"/courier/{register}"), way)


async def _mark(clerk: Official, page: Page, register: str) -> None:
    form = _form(page, f"/courier/{register}/close")
    asked = {"missing_confirmed": "yes"} if form.xpath(".//*[@name='missing_confirmed']") else {}
    page = await clerk.browser.submit(page, asked, form=form)
    if page.status != _OK or page.find(f"//main//form[@action='/courier/{register}/close']") is not None:
        raise PageSurprise(page, "the register, marked")


def _form(page: Page, action: str) -> html.FormElement:
    form = page.find(f"//main//form[@action='{action}']")
    if not isinstance(form, html.FormElement):
        raise PageSurprise(page, f"the form {action}")
    return form
