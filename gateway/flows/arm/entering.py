"""Process 2 in detail: what the operator enters of the applicant, of a representative, and in the form.

Karaganda act, lines 981-987; Almaty act, lines 201-205. Everything is checked at once and every problem is named at its
own field. The data of a power of attorney are entered only when it is notarised, where the act says so (Karaganda,
lines 986-987): what was typed of another kind is left aside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from gateway.catalogue.acceptance import Representation
from gateway.catalogue.form import FieldType, FormField, FormProblem, FormProblemCode
from gateway.catalogue.kinds import check_application, fields_of, kind_of
from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.office import Office
from gateway.catalogue.terms import Channel
from gateway.clock import ALMATY
from gateway.exchange.acceptance import Power, PowerKind, Representative
from gateway.exchange.applicants import NumberAsked, applicants_on, may_apply, number_asked
from gateway.exchange.form_checks import NUMBER_CHECKS
from gateway.flows.errors import who_may_apply
from gateway.identity.numbers import Bin, Iin, NumberError, parse_number
from gateway.results.alphabet import unprintable
from gateway.results.names import NameOf, clean_name, name_of, name_text
from gateway.terminal.typed import LONGEST_VALUE
from gateway.texts import Text

LONGEST_POWER_NUMBER = 60
OWN_KEYS = (
    "applicant_number",
    "applicant_name",
    "office",
    "representative",
    "representative_number",
    "representative_name",
    "power_kind",
    "power_number",
    "power_date",
)
"""What is entered beside the form's own fields."""
ONE_PERSON = Text(
    "Өкіл мен көрсетілетін қызметті алушы бір адам болмауға тиіс.",
    "Представитель и услугополучатель не могут быть одним лицом.",
    "The representative and the applicant cannot be one person.",
)
_TEXTS = {
    "too_long": Text(
        "Мәтінді қысқартыңыз: {limit} таңбаға дейін.",
        "Сократите текст до {limit} знаков.",
        "Shorten it to {limit} characters.",
    ),
    "entitled": Text(
        "Бұл қызметті тек {who} ала алады.", "Эту услугу могут получить только {who}.", "Only {who} may apply for it."
    ),
    "office": Text(
        "Көрсетілетін қызметті берушіні тізімнен таңдаңыз.",
        "Выберите услугодателя из списка.",
        "Choose the provider from the list.",
    ),
    "representative": Text(
        "Акт бойынша бұл жерде өкілдің өтініш беруі көзделмеген.",
        "По акту здесь подача заявления представителем не предусмотрена.",
        "By the act a representative cannot apply here.",
    ),
    "representative_number": Text(
        "Өкілдің ЖСН-ін енгізіңіз.", "Введите ИИН представителя.", "Enter the IIN of the representative."
    ),
    "same": ONE_PERSON,
    "power_kind": Text(
        "Сенімхаттың түрін таңдаңыз.", "Выберите вид доверенности.", "Choose the kind of the power of attorney."
    ),
    "notarised": Text(
        "Акт бойынша сенімхат нотариат куәландырған болуға тиіс.",
        "По акту доверенность должна быть нотариально удостоверена.",
        "By the act the power of attorney must be notarised.",
    ),
    "power_number": Text(
        "Нотариат куәландырған сенімхаттың нөмірін енгізіңіз.",
        "Введите номер нотариальной доверенности.",
        "Enter the number of the notarised power of attorney.",
    ),
    "power_date": Text(
        "Сенімхаттың күнін енгізіңіз: ол болашақта болмауға тиіс.",
        "Введите дату доверенности: она не должна быть в будущем.",
        "Enter the date of the power of attorney, which must not be in the future.",
    ),
}


_NAME_OF = {
    NumberAsked.IIN: NameOf.PERSON,
    NumberAsked.BIN: NameOf.ORGANISATION,
    NumberAsked.EITHER: NameOf.ANYBODY,
}
_APPLICANT_NUMBER = {
    NumberAsked.IIN: Text(
        "Көрсетілетін қызметті алушының ЖСН-ін енгізіңіз.",
        "Введите ИИН услугополучателя.",
        "Enter the applicant's IIN.",
    ),
    NumberAsked.BIN: Text(
        "Көрсетілетін қызметті алушының БСН-ін енгізіңіз.",
        "Введите БИН услугополучателя.",
        "Enter the applicant's BIN.",
    ),
    NumberAsked.EITHER: Text(
        "Көрсетілетін қызметті алушының ЖСН-ін немесе БСН-ін енгізіңіз.",
        "Введите ИИН или БИН услугополучателя.",
        "Enter the applicant's IIN or BIN.",
    ),
}


@dataclass(frozen=True, slots=True)
class Entered:
    """What came of entering; without problems it may be signed once the rest is done."""

    problems: tuple[FormProblem, ...]
    other_persons: bool = False
    """Others were entered before than are now: the consent that was given then is nobody's."""


@dataclass(frozen=True, slots=True)
class EnteringReading:
    """What was typed, read: of the persons what is whole, of the form what is valid."""

    applicant: Iin | Bin | None
    name: str | None
    office: str | None
    representative: Representative | None
    fields: Mapping[str, str]
    person_problems: tuple[FormProblem, ...]
    """What is wrong with the applicant, the provider chosen or the representative."""
    form_problems: tuple[FormProblem, ...]

    @property
    def problems(self) -> tuple[FormProblem, ...]:
        """All of them, in the order of the page."""
        return (*self.person_problems, *self.form_problems)


def providers_for(catalogue: Catalogue, service: Service, department: Office) -> tuple[Office, ...]:
    """Return the providers of a service whose applications a department takes in."""
    return tuple(office for office in catalogue.offices_of(service.id) if office.id in department.serves)


def representation_on(service: Service) -> Representation:
    """Return how the act lets somebody act for the applicant through the State Corporation; not at all by default."""
    rules = (one.rule for one in service.powers_of_attorney if Channel.CORPORATION in one.channels)
    return next(rules, Representation.NONE)


def consent_fields(service: Service, kind: str | None) -> tuple[FormField, ...]:
    """Return the fields of the form in which the applicant consents."""
    return tuple(field for field in fields_of(service, kind) if field.type is FieldType.CONSENT)


def asks_consent(service: Service, kind: str | None = None) -> bool:
    """Tell whether the applicant's consent to the use of data is obtained, by the act or by the form."""
    return service.consent is not None or bool(consent_fields(service, kind))


def known_keys(service: Service) -> frozenset[str]:
    """Return everything that may be typed for a service."""
    return frozenset(OWN_KEYS) | {field.id for field in service.form}


def read_typed(
    service: Service, typed: Mapping[str, str], offices: tuple[Office, ...], *, now: datetime, consented: bool
) -> EnteringReading:
    """Check what was typed. The consent of the form is no matter of typing: it stands where it was given."""
    today = now.astimezone(ZoneInfo(ALMATY)).date()
    problems: list[FormProblem] = []
    # (1) Who applies: a number by its check digit, of somebody who may, under a name that a document can print.
    applicant = _applicant(service, typed.get("applicant_number", ""), problems)
    name = _name("applicant_name", typed.get("applicant_name", ""), _whose(service, applicant), problems)
    office = _office(typed.get("office", ""), offices, problems)
    # (2) Who came for the applicant, where the act lets anybody, and by what power of attorney.
    representative = None
    if typed.get("representative", "") == "yes":
        representative = _representative(representation_on(service), typed, applicant, today, problems)
    # (3) Structure and format of the form of the chosen kind.
    kind = kind_of(service, typed)
    consents = {field.id: "true" if consented else "" for field in consent_fields(service, kind)}
    own = {field.id: typed.get(field.id, "") for field in fields_of(service, kind)} | consents
    form = check_application(service, Channel.CORPORATION, own, today=today, checks=NUMBER_CHECKS)
    return EnteringReading(
        applicant=applicant,
        name=name,
        office=office,
        representative=representative,
        fields=form.values,
        person_problems=tuple(problems),
        form_problems=tuple(one for one in form.problems if one.field not in consents),
    )


def overlong(typed: Mapping[str, str]) -> tuple[FormProblem, ...]:
    """Return a problem for each value that is too long to be kept at all."""
    text = _TEXTS["too_long"].format(limit=LONGEST_VALUE)
    return tuple(
        FormProblem(name, FormProblemCode.TOO_LONG, text) for name, value in typed.items() if len(value) > LONGEST_VALUE
    )


def numbers_typed(typed: Mapping[str, str]) -> tuple[str, str]:
    """Return the digits of the applicant's number and of the representative's as they are typed, valid or not."""
    come = typed.get("representative_number", "") if typed.get("representative") == "yes" else ""
    return _digits(typed.get("applicant_number", "")), _digits(come)


def _applicant(service: Service, typed: str, problems: list[FormProblem]) -> Iin | Bin | None:
    if not typed.strip():
        asked = _APPLICANT_NUMBER[number_asked(service, Channel.CORPORATION)]
        problems.append(FormProblem("applicant_number", FormProblemCode.MISSING, asked))
        return None
    try:
        number = parse_number(typed)
    except NumberError as error:
        problems.append(FormProblem("applicant_number", FormProblemCode.WRONG_FORMAT, error.text))
        return None
    if not may_apply(service, Channel.CORPORATION, number):
        entitled = applicants_on(service, Channel.CORPORATION)
        who = who_may_apply(kind for kind in service.applicants.kinds if kind in entitled)
        text = _TEXTS["entitled"].format(who=who)
        problems.append(FormProblem("applicant_number", FormProblemCode.WRONG_FORMAT, text))
        return None
    return number


def _whose(service: Service, applicant: Iin | Bin | None) -> NameOf:
    """Return whose name the applicant's is, where the number does not say so by who may apply at all."""
    return _NAME_OF[number_asked(service, Channel.CORPORATION)] if applicant is None else name_of(applicant)


def _name(field: str, typed: str, whose: NameOf, problems: list[FormProblem]) -> str | None:
    name = clean_name(typed, whose)
    if name is None:
        code = FormProblemCode.WRONG_FORMAT if typed.strip() else FormProblemCode.MISSING
        problems.append(FormProblem(field, code, name_text(whose)))
    return name


def _office(typed: str, offices: tuple[Office, ...], problems: list[FormProblem]) -> str | None:
    """The only provider need not be chosen."""
    if not typed and len(offices) == 1:
        return offices[0].id
    if typed not in {office.id for office in offices}:
        code = FormProblemCode.NOT_A_CHOICE if typed else FormProblemCode.MISSING
        problems.append(FormProblem("office", code, _TEXTS["office"]))
        return None
    return typed


def _representative(
    rule: Representation,
    typed: Mapping[str, str],
    applicant: Iin | Bin | None,
    today: date,
    problems: list[FormProblem],
) -> Representative | None:
    if rule is Representation.NONE:
        problems.append(FormProblem("representative", FormProblemCode.NOT_A_CHOICE, _TEXTS["representative"]))
        return None
    before = len(problems)
    number = _representative_number(typed.get("representative_number", ""), applicant, problems)
    name = _name("representative_name", typed.get("representative_name", ""), NameOf.PERSON, problems)
    power = _power(rule, typed, today, problems)
    if len(problems) > before or number is None or name is None or power is None:
        return None
    return Representative(number, name, power)


def _representative_number(typed: str, applicant: Iin | Bin | None, problems: list[FormProblem]) -> Iin | None:
    if not typed.strip():
        problems.append(_missing("representative_number"))
        return None
    try:
        number = Iin.parse(typed)
    except NumberError as error:
        problems.append(FormProblem("representative_number", FormProblemCode.WRONG_FORMAT, error.text))
        return None
    if number == applicant:
        problems.append(FormProblem("representative_number", FormProblemCode.WRONG_FORMAT, _TEXTS["same"]))
        return None
    return number


def _power(rule: Representation, typed: Mapping[str, str], today: date, problems: list[FormProblem]) -> Power | None:
    try:
        kind = PowerKind(typed.get("power_kind", ""))
    except ValueError:
        problems.append(_missing("power_kind"))
        return None
    if rule is Representation.NOTARISED and kind is not PowerKind.NOTARISED:
        problems.append(FormProblem("power_kind", FormProblemCode.NOT_A_CHOICE, _TEXTS["notarised"]))
        return None
    if rule is Representation.NOTARISED_DATA and kind is not PowerKind.NOTARISED:
        return Power(kind)
    number = " ".join(typed.get("power_number", "").split())
    if len(number) > LONGEST_POWER_NUMBER or unprintable(number) or (not number and kind is PowerKind.NOTARISED):
        problems.append(_missing("power_number"))
    issued_on = _day(typed.get("power_date", ""))
    if issued_on is None or issued_on > today:
        problems.append(_missing("power_date"))
        return None
    return Power(kind, number, issued_on)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _digits(typed: str) -> str:
    return "".join(sign for sign in typed if sign.isdecimal())


def _missing(field: str) -> FormProblem:
    return FormProblem(field, FormProblemCode.MISSING, _TEXTS[field])
