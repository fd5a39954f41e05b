"""The application's form: its fields and documents, and the check of structure and format that the flow asks for.

Both acts fill the form "with regard to its structural and format requirements" (Karaganda lines 1376-1377, Almaty
lines 283-284) and leave the fields to the Standard; those fields are assumed and say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from gateway.catalogue.terms import Identifier, LinesOf, Strict, Wording
from gateway.texts import Text

FieldId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]


class FieldType(StrEnum):
    """What a field holds."""

    TEXT = "text"
    MULTILINE = "multiline"
    DATE = "date"
    PHONE = "phone"
    EMAIL = "email"
    IIN = "iin"
    BIN = "bin"
    CHOICE = "choice"
    CONSENT = "consent"


class Choice(Strict):
    """One of the answers a choice field offers."""

    id: Identifier
    label: Wording


class FormField(Strict):
    """One field of the form."""

    id: FieldId
    type: FieldType
    label: Wording
    hint: Wording | None = None
    required: bool = True
    min_length: Annotated[int, Field(ge=0)] = 0
    max_length: Annotated[int, Field(ge=1, le=4000)] = 200
    pattern: str | None = None
    choices: tuple[Choice, ...] = ()
    not_future: bool = False
    kinds: tuple[Identifier, ...] = ()
    """The kinds of the service for which it is filled in; all when empty."""
    assumed: bool = False
    lines: LinesOf | None = None

    @property
    def own_pattern(self) -> str | None:
        """Return `pattern` with the digits of ASCII alone: no register reads the others."""
        if self.pattern is None:
            return None
        return spell_classes(self.pattern, {r"\d": "0-9"})

    @field_validator("pattern")
    @classmethod
    def _pattern_compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"expected a regular expression, found one with an error: {error}") from error
        return pattern

    @model_validator(mode="after")
    def _stands_on_something(self) -> Self:
        if (self.type is FieldType.CHOICE) != bool(self.choices):
            raise ValueError("expected choices for a field of type choice, and for no other")
        if not self.assumed and self.lines is None:
            raise ValueError("expected lines of the act, or assumed: true")
        return self


class MediaType(StrEnum):
    """Media types that an attached document may have."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


_SIGNATURES = {
    MediaType.PDF: b"%PDF-",
    MediaType.JPEG: b"\xff\xd8\xff",
    MediaType.PNG: b"\x89PNG\r\n\x1a\n",
}


class DocumentWhen(StrEnum):
    """When alone a document is attached."""

    REPRESENTATIVE = "representative"
    """A representative applies, by a power of attorney."""


class DocumentKind(Strict):
    """A kind of document that is attached to the application."""

    id: Identifier
    title: Wording
    required: bool = True
    media_types: Annotated[tuple[MediaType, ...], Field(min_length=1)]
    max_bytes: Annotated[int, Field(ge=1, le=50_000_000)]
    kinds: tuple[Identifier, ...] = ()
    """The kinds of the service for which it is attached; all when empty."""
    when: DocumentWhen | None = None
    """When alone it is attached; always when absent."""
    assumed: bool = False
    lines: LinesOf | None = None

    @model_validator(mode="after")
    def _stands_on_something(self) -> Self:
        if not self.assumed and self.lines is None:
            raise ValueError("expected lines of the act, or assumed: true")
        return self


def spell_classes(pattern: str, spelt: Mapping[str, str]) -> str:
    """Return a regular expression with the escapes of `spelt` written out, inside its own brackets or new ones."""
    told, in_brackets, place = [], False, 0
    while place < len(pattern):
        sign = pattern[place : place + 2] if pattern[place] == "\\" else pattern[place]
        place += len(sign)
        in_brackets = sign == "[" or (in_brackets and sign != "]")
        members = spelt.get(sign)
        if members is None:
            told.append(sign)
        else:
            told.append(members if in_brackets else f"[{members}]")
    return "".join(told)


class FormProblemCode(StrEnum):
    """What can be wrong with a field or a document."""

    MISSING = "missing"
    TOO_SHORT = "too-short"
    TOO_LONG = "too-long"
    WRONG_FORMAT = "wrong-format"
    NOT_A_CHOICE = "not-a-choice"
    IN_FUTURE = "in-future"
    KIND_CLOSED = "kind-not-on-this-channel"
    UNKNOWN_FIELD = "unknown-field"
    WRONG_MEDIA_TYPE = "wrong-media-type"
    TOO_LARGE = "too-large"
    EMPTY = "empty"


_PROBLEM_TEXTS = {
    FormProblemCode.MISSING: Text(
        "«{label}» жолын толтырыңыз", "Заполните поле «{label}»", "Fill in the field “{label}”"
    ),
    FormProblemCode.TOO_SHORT: Text(
        "«{label}»: кемінде {limit} таңба енгізіңіз",
        "«{label}»: введите не менее {limit} знаков",
        "“{label}”: enter at least {limit} characters",
    ),
    FormProblemCode.TOO_LONG: Text(
        "«{label}»: {limit} таңбадан асырмаңыз",
        "«{label}»: не более {limit} знаков",
        "“{label}”: no more than {limit} characters",
    ),
    FormProblemCode.WRONG_FORMAT: Text(
        "«{label}»: форматы дұрыс емес", "«{label}»: неверный формат", "“{label}”: the format is wrong"
    ),
    FormProblemCode.NOT_A_CHOICE: Text(
        "«{label}»: ұсынылған жауаптардың бірін таңдаңыз",
        "«{label}»: выберите один из предложенных ответов",
        "“{label}”: choose one of the answers offered",
    ),
    FormProblemCode.IN_FUTURE: Text(
        "«{label}»: күн болашақта болмауға тиіс",
        "«{label}»: дата не должна быть в будущем",
        "“{label}”: the date must not be in the future",
    ),
    FormProblemCode.KIND_CLOSED: Text(
        "«{label}»: таңдалған түр осы арна арқылы көрсетілмейді",
        "«{label}»: выбранный вид по этому каналу не предоставляется",
        "“{label}”: the kind you chose is not provided on this channel",
    ),
    FormProblemCode.UNKNOWN_FIELD: Text(
        "Нысанда «{label}» деген жол жоқ", "В форме нет поля «{label}»", "The form has no field “{label}”"
    ),
    FormProblemCode.WRONG_MEDIA_TYPE: Text(
        "«{label}»: файл PDF, JPEG немесе PNG форматында болуға тиіс",
        "«{label}»: файл должен быть в формате PDF, JPEG или PNG",
        "“{label}”: the file must be PDF, JPEG or PNG",
    ),
    FormProblemCode.TOO_LARGE: Text(
        "«{label}»: файл {limit} МБ-тан аспауға тиіс",
        "«{label}»: файл не должен превышать {limit} МБ",
        "“{label}”: the file must not exceed {limit} MB",
    ),
    FormProblemCode.EMPTY: Text("«{label}»: файл бос", "«{label}»: файл пуст", "“{label}”: the file is empty"),
}
_CONSENT_MISSING = Text(
    "Келісіміңізді растау үшін белгі қойыңыз", "Поставьте отметку о согласии", "Tick the box to give your consent"
)


@dataclass(frozen=True, slots=True)
class FormProblem:
    """One thing that is wrong, at the field or document it belongs to."""

    field: str
    code: FormProblemCode
    text: Text


@dataclass(frozen=True, slots=True)
class FormReading:
    """What was posted, cleaned, and what is wrong with it."""

    values: Mapping[str, str]
    problems: tuple[FormProblem, ...]


TYPE_PATTERNS = {
    FieldType.DATE: r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    FieldType.PHONE: r"\+7[0-9]{10}",
    FieldType.EMAIL: r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+",
    FieldType.IIN: r"[0-9]{12}",
    FieldType.BIN: r"[0-9]{12}",
    FieldType.CONSENT: r"true",
}
"""The format of a cleaned value by its field's type, in what XSD and Python read alike."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

FormatCheck = Callable[[str], Text | None]
"""Says what is wrong with a value that has its type's format, if anything is."""


def problem(field: str, label: Text, code: FormProblemCode, limit: object = "") -> FormProblem:
    """Name a problem in the three languages."""
    words = _PROBLEM_TEXTS[code]
    text = Text(
        words.kk.format(label=label.kk, limit=limit),
        words.ru.format(label=label.ru, limit=limit),
        words.en.format(label=label.en, limit=limit),
    )
    return FormProblem(field, code, text)


def check_form(
    fields: tuple[FormField, ...],
    posted: Mapping[str, str],
    *,
    today: date,
    checks: Mapping[FieldType, FormatCheck] | None = None,
) -> FormReading:
    """Check what was posted against the form's structure and format.

    `checks` adds what the catalogue cannot know, such as the check digits of an IIN. Unknown names are problems too.
    """
    values: dict[str, str] = {}
    problems: list[FormProblem] = []
    for field in fields:
        value = _cleaned(field, posted.get(field.id, ""))
        found = _field_problem(field, value, today, (checks or {}).get(field.type))
        if found is not None:
            problems.append(found)
        elif value:
            values[field.id] = value
    known = {field.id for field in fields}
    for name in posted.keys() - known:
        shown = name[:40]
        problems.append(problem(shown, Text(shown, shown, shown), FormProblemCode.UNKNOWN_FIELD))
    return FormReading(values, tuple(problems))


def check_document(kind: DocumentKind, media_type: str, content: bytes) -> FormProblem | None:
    """Check an attached file's media type (by name and by its first bytes) and size."""
    if not content:
        return problem(kind.id, kind.title, FormProblemCode.EMPTY)
    if len(content) > kind.max_bytes:
        return problem(kind.id, kind.title, FormProblemCode.TOO_LARGE, kind.max_bytes // 1_000_000)
    accepted = {kind_of.value: kind_of for kind_of in kind.media_types}
    if media_type not in accepted or not content.startswith(_SIGNATURES[accepted[media_type]]):
        return problem(kind.id, kind.title, FormProblemCode.WRONG_MEDIA_TYPE)
    return None


def _cleaned(field: FormField, value: str) -> str:
    value = value.replace("\r\n", "\n").strip()
    if field.type is FieldType.PHONE:
        return re.sub(r"[ ()\u00a0-]", "", value)
    if field.type in (FieldType.IIN, FieldType.BIN):
        return re.sub(r"[ \u00a0-]", "", value)
    if field.type is FieldType.MULTILINE:
        return value
    return " ".join(value.split())


def _field_problem(  # noqa: PLR0911 - one return a problem, in the order a person would be told
    field: FormField, value: str, today: date, check: FormatCheck | None
) -> FormProblem | None:
    def found(code: FormProblemCode, limit: object = "") -> FormProblem:
        return problem(field.id, field.label, code, limit)

    if not value and field.required and field.type is FieldType.CONSENT:
        return FormProblem(field.id, FormProblemCode.MISSING, _CONSENT_MISSING)
    if not value:
        return found(FormProblemCode.MISSING) if field.required else None
    if len(value) > field.max_length:
        return found(FormProblemCode.TOO_LONG, field.max_length)
    if len(value) < field.min_length:
        return found(FormProblemCode.TOO_SHORT, field.min_length)
    if _CONTROL.search(value):
        return found(FormProblemCode.WRONG_FORMAT)
    if field.type is FieldType.CHOICE and value not in {choice.id for choice in field.choices}:
        return found(FormProblemCode.NOT_A_CHOICE)
    if field.type is FieldType.DATE:
        return _date_problem(field, value, today)
    if not _has_format(field, value):
        return found(FormProblemCode.WRONG_FORMAT)
    said = None if check is None else check(value)
    return None if said is None else FormProblem(field.id, FormProblemCode.WRONG_FORMAT, _with_label(field, said))


def _with_label(field: FormField, said: Text) -> Text:
    label = field.label
    return Text(f"«{label.kk}»: {said.kk}", f"«{label.ru}»: {said.ru}", f"“{label.en}”: {said.en}")


def _date_problem(field: FormField, value: str, today: date) -> FormProblem | None:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return problem(field.id, field.label, FormProblemCode.WRONG_FORMAT)
    if value != day.isoformat():
        return problem(field.id, field.label, FormProblemCode.WRONG_FORMAT)
    if field.not_future and day > today:
        return problem(field.id, field.label, FormProblemCode.IN_FUTURE)
    return None


def _has_format(field: FormField, value: str) -> bool:
    patterns = (TYPE_PATTERNS.get(field.type), field.own_pattern)
    return all(pattern is None or re.fullmatch(pattern, value) for pattern in patterns)
