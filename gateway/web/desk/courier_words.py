"""What a case's page says of the courier: with which register the package came, and how the result went back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.courier.notes import REGISTER, SENT, Carried
from gateway.exchange.courier_register import UNLISTED, Mark
from gateway.web.translation import gettext as _
from gateway.web.translation import mark

_SAID = {
    (Carried.PACKAGE, Mark.RECEIVED): mark("The package came with the courier's register %(number)s"),
    (Carried.PACKAGE, Mark.MISSING): mark("The package was missing in the courier's register %(number)s"),
    (Carried.PACKAGE, UNLISTED): mark("The package came beside the courier's register %(number)s"),
    (Carried.RESULT, SENT): mark("The result was given to the courier with register %(number)s"),
    (Carried.RESULT, Mark.RECEIVED): mark("The State Corporation received the result with register %(number)s"),
    (Carried.RESULT, Mark.MISSING): mark("The result was missing in register %(number)s at the State Corporation"),
    (Carried.RESULT, UNLISTED): mark("The State Corporation received the result beside register %(number)s"),
}


def courier_note(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a note of the courier as a step of the timeline."""
    number = str(facts[REGISTER])
    for (carried, said), words in _SAID.items():
        if facts.get(carried) == said:
            lost = {"outcome": _("Missing"), "colour": "red"} if said == Mark.MISSING else {}
            return {"title": _(words, number=number), **lost}
    return {"title": _("Register %(number)s", number=number)}
