"""What process 3 found, in words: of the applicant, of a power of attorney, of a database that is silent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.flows.arm.finding import Verdict, WhyAbsent
from gateway.flows.arm.powers import PowerVerdict
from gateway.registries.errors import Registry
from gateway.web.dates import day
from gateway.web.translation import gettext as _
from gateway.web.translation import language, mark, spoken

_WHY_ABSENT = {
    WhyAbsent.NO_DATA: mark("%(registry)s has no data of the applicant. Check the IIN in the identity document."),
    WhyAbsent.DEAD: mark("By %(registry)s the person is dead: no application can be taken in from them."),
    WhyAbsent.REMOVED: mark("The applicant's record was taken out of %(registry)s."),
    WhyAbsent.LIQUIDATED: mark("By %(registry)s the organisation is liquidated."),
}
_WHY_NOT_THIS_POWER = {
    PowerVerdict.ABSENT: mark("%(registry)s does not know this power of attorney. Check its number and date."),
    PowerVerdict.REVOKED: mark("By %(registry)s the power of attorney is revoked."),
    PowerVerdict.EXPIRED: mark("By %(registry)s the term of the power of attorney is over."),
    PowerVerdict.NOT_YET_VALID: mark("By %(registry)s the power of attorney is not in force yet."),
    PowerVerdict.OF_ANOTHER: mark("By %(registry)s the power of attorney was given by another person or to another."),
    PowerVerdict.OF_ANOTHER_MATTER: mark("By %(registry)s the power of attorney is not for services of the state."),
}


def registry_of(finding: Mapping[str, Any]) -> str:
    """Return the name of the database that answered, or did not."""
    return spoken(Registry(finding["registry"]).known_as) if finding.get("registry") else ""


def why(finding: Mapping[str, Any]) -> str:
    """Return why the data cannot be obtained; empty where they were found, or nothing is known."""
    verdict = finding.get("verdict")
    if verdict == Verdict.ABSENT:
        text = _WHY_ABSENT.get(WhyAbsent(finding.get("reason", WhyAbsent.NO_DATA)))
    else:
        text = next((said for power, said in _WHY_NOT_THIS_POWER.items() if power == verdict), None)
    return "" if text is None else _(text, registry=registry_of(finding))


def found_rows(finding: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what was found of the applicant."""
    if finding.get("verdict") != Verdict.FOUND:
        return []
    name = finding.get("name_ru") if language() == "ru" and finding.get("name_ru") else finding.get("name")
    rows = [(_("State database"), registry_of(finding)), (_("Name in the database"), str(name or ""))]
    if finding.get("birth_date"):
        rows.append((_("Date of birth"), day(str(finding["birth_date"]))))
    if finding.get("power_evidence"):
        rows.append((_("Power of attorney"), _("in force, %(registry)s", registry=spoken(Registry.ENIS.known_as))))
    return [{"key": key, "value": value} for key, value in rows if value]
