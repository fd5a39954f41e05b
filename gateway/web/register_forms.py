"""What the forms of couriers' registers carry, alike at the desk and at the State Corporation's windows."""

from __future__ import annotations

from collections.abc import Collection

from gateway.exchange.courier_register import MOST_COUNTED
from gateway.web.forms import Form, FormErrors
from gateway.web.translation import gettext as _

_MOST_DIGITS = 4


def sheets_in(form: Form, numbers: Collection[str], errors: FormErrors) -> dict[str, int]:
    """Return the sheets of the packages chosen, as far as they are written down; what is no number is an error."""
    found: dict[str, int] = {}
    for number in numbers:
        text = form.get(f"sheets_{number}")
        counted = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
        if counted and 1 <= int(text) <= MOST_COUNTED:
            found[number] = int(text)
        elif text:
            errors.add(f"sheets_{number}", _("Enter the number of sheets, from 1 to %(limit)s", limit=MOST_COUNTED))
    return found


def missing_in(form: Form) -> list[str]:
    """Return the packages of which the page said that they were not found, when that was confirmed; else none."""
    return form.get("missing").split() if form.get("missing_confirmed") == "yes" else []
