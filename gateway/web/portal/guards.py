"""Who may see a page of the portal, and what the flow's refusals look like as pages."""

from __future__ import annotations

from urllib.parse import quote

from aiohttp import web

from gateway.flows.errors import ApplicationUnknown, FlowError
from gateway.texts import Text
from gateway.web.pages import is_local
from gateway.web.refusals import NotFound, PageError
from gateway.web.sessions import Handler, session_of

_LONGEST_NEXT = 300


class StepNotPossible(PageError):
    """The flow does not allow this step now."""

    status = 409
    code = "step-not-possible"
    title = Text("Бұл қадам қазір мүмкін емес", "Этот шаг сейчас невозможен", "This step is not possible now")
    what = Text(
        "Өтініштің қазіргі күйінде бұл әрекет орындалмайды.",
        "В нынешнем состоянии заявления это действие не выполняется.",
        "This is not done in the application's present state.",
    )
    advice = Text(
        "Жеке кабинетте өтініштің күйін қараңыз.",
        "Посмотрите состояние заявления в личном кабинете.",
        "Look at the state of the application in your cabinet.",
    )


@web.middleware
async def flow_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Show what the flow refuses as a page; an application of another applicant is as unknown as one that never was."""
    try:
        return await handler(request)
    except ApplicationUnknown as error:
        raise NotFound(error.text) from error
    except FlowError as error:
        raise StepNotPossible.of(error, error.advice) from error


def applicant_of(request: web.Request) -> int:
    """Return the account that is signed in; otherwise the person is sent to sign in and comes back.

    Operators' sessions lie in the same table: their accounts are no bare numbers, and are signed out here.
    """
    session = session_of(request)
    account = session.account
    if account is not None and not (account.isascii() and account.isdecimal()):
        session.sign_out()
        account = None
    if account is None:
        back = request.path if request.method == "GET" else "/cabinet"
        raise web.HTTPSeeOther(f"/sign-in?next={quote(back)}")
    return int(account)


def next_of(value: str) -> str:
    """Return the page to go to after signing in: an address of this site, else the cabinet."""
    return value if len(value) <= _LONGEST_NEXT and is_local(value) else "/cabinet"
