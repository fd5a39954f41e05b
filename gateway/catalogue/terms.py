"""The closed lists that catalogue files choose from, and the small values they are written in."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator

from gateway.texts import Text

_MIXED_WORD = re.compile(r"[A-Za-z][а-яёәғқңөұүһіА-ЯЁӘҒҚҢӨҰҮҺІ]|[а-яёәғқңөұүһіА-ЯЁӘҒҚҢӨҰҮҺІ][A-Za-z]")
_SPACED_OUT = re.compile(r"(?:(?<=\s)|^)(?:\w\s){4,}\w(?=\s|$)")
_SPACED_LETTERS = 5
_LATIN = re.compile(r"[A-Za-z]")
_LINES = re.compile(r"([1-9][0-9]{0,5})(?:-([1-9][0-9]{0,5}))?")


class Channel(StrEnum):
    """Where an applicant may apply."""

    PORTAL = "portal"
    CORPORATION = "corporation"
    PROVIDER_OFFICE = "provider-office"
    RURAL_AKIM = "rural-akim"


class StepKind(StrEnum):
    """The kinds of numbered steps of a flow: үдеріс or процесс, шарт, and іс-әрекет or a bare number in a list."""

    PROCESS = "process"
    CONDITION = "condition"
    ACTION = "action"


class Party(StrEnum):
    """Which of our two participants performs a step of a flow."""

    CHANNELS = "channels"
    DESK = "desk"


class Check(StrEnum):
    """What a condition is decided by."""

    CREDENTIALS = "credentials"
    CERTIFICATE = "certificate"
    STATE_DATA = "state-data"
    DOCUMENTS = "documents"


class Body(StrEnum):
    """Who, beside the provider, does steps of a procedure."""

    PROVIDER = "provider"
    RURAL_AKIM = "rural-akim"
    DISTRICT_AKIM = "district-akim"
    PRECINCT_COMMISSION = "precinct-commission"
    COMMISSION = "commission"
    CORPORATION = "corporation"
    APPLICANT = "applicant"


class Role(StrEnum):
    """Who does a procedure step inside its body.

    `HEAD` is the head of the body, so at the akim's the akim; `EXECUTOR` is also what the acts call specialist
    (маман), employee or responsible person; `WORKER` is the corporation's employee outside the operating hall.
    """

    CLERK = "clerk"
    HEAD = "head"
    EXECUTOR = "executor"
    COMMISSION = "commission"
    OPERATOR = "operator"
    WORKER = "worker"
    COURIER = "courier"
    APPLICANT = "applicant"


class Verb(StrEnum):
    """One action of a procedure step; a step of the act may join several."""

    REGISTER = "register"
    RESOLVE = "resolve"
    CHECK_DOCUMENTS = "check-documents"
    DRAFT = "draft"
    SIGN = "sign"
    HAND_OVER = "hand-over"
    FORWARD = "forward"
    """Send the file to another body."""
    CONCLUDE = "conclude"
    """A commission examines and gives its act and its conclusion."""
    INSPECT = "inspect"
    """The executor inspects on the spot (housing conditions) and draws up the act."""
    CONVENE = "convene"
    """Set the date and time of the commission's session."""
    SUMMON = "summon"
    """Tell the commission's members of the session."""
    RECOMMEND = "recommend"
    """The commission sits; its minutes carry its recommendation."""
    DECIDE = "decide"
    """The head decides and writes the resolution."""
    INFORM = "inform"
    """Tell the applicant in writing of a decision that is not the result yet."""
    SUBMIT = "submit"
    """The applicant brings what the decision asks for."""
    RECORD = "record"
    """Enter the applicant's data in a state register."""
    SEND_FILE = "send-file"
    """Send the file to the body that pays."""
    ACCEPT = "accept"
    """The corporation takes the documents in and gives a receipt."""
    DISPATCH = "dispatch"
    """The corporation sends the documents to the provider."""
    COLLECT = "collect"
    """The corporation fetches the result from the provider."""


class Outcome(StrEnum):
    """What a decided application ends in."""

    ISSUED = "issued"
    NEGATIVE = "negative"
    """A result that says no: a conclusion of impossibility, a certificate of not belonging. It is no refusal."""
    REFUSED = "refused"
    QUEUED = "queued"
    """The applicant is entered in the record and the queue."""
    CANCELLED = "cancelled"


class HandOver(StrEnum):
    """How the result reaches the applicant."""

    ELECTRONIC = "electronic"
    PICK_UP_NOTICE = "pick-up-notice"
    COUNTER = "counter"
    RURAL_AKIM = "rural-akim"
    CORPORATION = "corporation"


class ServiceForm(StrEnum):
    """In what form the act provides the service; plain electronic where the degree of automation is not stated."""

    ELECTRONIC_FULL = "electronic-full"
    ELECTRONIC_PARTIAL = "electronic-partial"
    ELECTRONIC = "electronic"
    PAPER = "paper"


class ApplicantKind(StrEnum):
    """Who may apply."""

    INDIVIDUAL = "individual"
    LEGAL_ENTITY = "legal-entity"
    ENTREPRENEUR = "entrepreneur"


class Medium(StrEnum):
    """On what a result is made out."""

    PAPER = "paper"
    ELECTRONIC = "electronic"
    BOTH = "both"


class Unit(StrEnum):
    """Units in which the acts count time."""

    MINUTES = "minutes"
    HOURS = "hours"
    WORKING_DAYS = "working-days"
    CALENDAR_DAYS = "calendar-days"
    MONTHS = "months"


class CountedFrom(StrEnum):
    """The moment a duration is counted from."""

    STEP = "step"
    SUBMISSION = "submission"
    BEFORE_SESSION = "before-session"
    """Counted back from the commission's session."""


class NoticeFact(StrEnum):
    """What the act wants a notification or a receipt to state."""

    RESULT_DATE = "result-date"
    RESULT_TIME = "result-time"
    PLACE = "place"
    ADDRESS = "address"
    CONTACTS = "contacts"
    REGISTRATION_DATE = "registration-date"
    REGISTRATION_TIME = "registration-time"
    APPLICATION_NUMBER = "application-number"
    SERVICE_KIND = "service-kind"
    DOCUMENT_COUNT = "document-count"
    DOCUMENT_TITLES = "document-titles"
    ACCEPTOR = "acceptor"
    BARCODE = "barcode"


class Strict(BaseModel):
    """The base of every model: nothing unknown, nothing coerced, nothing changed later."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True, order=True)
class Lines:
    """A range of lines of the act's text, both ends included."""

    first: int
    last: int

    @classmethod
    def parse(cls, value: Any) -> Lines:
        """Read `12` or `12-34`; raises `ValueError`."""
        if isinstance(value, Lines):
            return value
        return _read_lines(str(value))

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def _read_lines(value: str) -> Lines:
    match = _LINES.fullmatch(value)
    if match is None:
        raise ValueError("expected lines of the act: a number such as 1391, or a range such as 1387-1390")
    first = int(match[1])
    last = int(match[2] or first)
    if last < first:
        raise ValueError(f"expected a range that does not run backwards, found {value}")
    return Lines(first, last)


def clean_wording(value: Any, language: str) -> str:
    """Return one language's wording; raises `ValueError` for what the acts' printing leaves behind.

    The sources write Latin i for Cyrillic і and space letters out; neither belongs in the catalogue.
    """
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"expected a text in {language}, found nothing")
    if language != "en" and _LATIN.search(value) and (mixed := _MIXED_WORD.search(value)):
        raise ValueError(f"expected words of one alphabet in {language}, found {mixed[0]!r} (Latin beside Cyrillic)")
    words = value.split()
    if len([word for word in words if len(word) == 1]) >= _SPACED_LETTERS and _SPACED_OUT.search(value):
        raise ValueError(f"expected words without letter-spacing in {language}")
    return " ".join(words)


def parse_text(value: Any) -> Text:
    """Read a map of kk, ru and en; raises `ValueError` when one is absent or empty."""
    if isinstance(value, Text):
        return value
    if not isinstance(value, dict) or set(value) != {"kk", "ru", "en"}:
        raise ValueError("expected a text in the three languages: a map with exactly kk, ru and en")
    return Text(*(clean_wording(value[language], language) for language in ("kk", "ru", "en")))


def _text_to_dict(text: Text) -> dict[str, str]:
    return {"kk": text.kk, "ru": text.ru, "en": text.en}


LinesOf = Annotated[Lines, PlainValidator(Lines.parse), PlainSerializer(str)]
"""Lines of the service's own act, written `12` or `12-34`."""

Wording = Annotated[Text, PlainValidator(parse_text), PlainSerializer(_text_to_dict)]
"""A text in the three languages."""

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
"""An id in lower case with hyphens."""


def is_for(named: Collection[str], one: str | None) -> bool:
    """Tell whether what names some channels or kinds of the service, or none and so all, is for this one."""
    return not named or one in named


class Duration(Strict):
    """A span of time as an act states it."""

    value: Annotated[int, Field(ge=1, le=366)]
    unit: Unit
    counted_from: CountedFrom = CountedFrom.STEP
    at_most: bool = False
    assumed: bool = False
    """Not in the act, which leaves it to the Standard."""
