"""The scan field of the counter: a receipt leads to its application, a courier's register to its page."""

from __future__ import annotations

from aiohttp import web

from gateway.catalogue import Verb
from gateway.courier.errors import RegisterError
from gateway.courier.numbering import SERIES
from gateway.desk import DeskCode, DeskError
from gateway.desk.permissions import what_may
from gateway.terminal.codes import LONGEST, number_in, read_scan
from gateway.texts import Text
from gateway.web.csrf import form_of
from gateway.web.desk.counter_home import counter_home
from gateway.web.desk.courier_pages import has_courier
from gateway.web.desk.guard import desk_of, member_of
from gateway.web.forms import FormErrors
from gateway.web.pages import redirect
from gateway.web.translation import gettext as _
from gateway.web.translation import said

_NOT_HERE = Text(
    "Қолхаттағы нөмірді тексеріңіз: басқа мекеменің өтініші сол мекемеде ашылады.",
    "Сверьте номер с распиской: заявление другого учреждения открывается в том учреждении.",
    "Check the number on the receipt: another office's application is opened in that office.",
)


def routes() -> list[web.RouteDef]:
    """Return the routes of these pages."""
    return [web.post("/find", find)]


async def find(request: web.Request) -> web.StreamResponse:
    """Look a scanned or typed number up among what the member's office sees."""
    typed, errors = form_of(request).get("code")[:LONGEST], FormErrors()
    number = number_in(typed)
    if number is not None:
        try:
            return redirect(await _place_of(request, number))
        except (DeskError, RegisterError) as error:
            if isinstance(error, DeskError) and error.code is not DeskCode.NO_SUCH_CASE:
                raise
            errors.add("scan", said(error.text, _NOT_HERE if isinstance(error, DeskError) else error.advice))
    elif typed:
        errors.add("scan", _("This is no number of 14 digits: scan the receipt again or type what stands below it"))
    else:
        errors.add("scan", _("Scan the barcode of a receipt or type its number"))
    return await counter_home(request, errors, scan_code=read_scan(typed))


async def _place_of(request: web.Request, number: str) -> str:
    """Return the page of a number; of an application whose result is to be handed over here, the place to do it."""
    desk, member = desk_of(request), member_of(request)
    if number[:2] in SERIES.values() and has_courier(desk, member):
        return f"/courier/{(await desk.courier.find(member, number)).number}"
    case = await desk.cases.get(member, number)
    hands_over = Verb.HAND_OVER in what_may(case, member, desk.catalogue)
    return f"/cases/{number}#actions" if hands_over else f"/cases/{number}"
