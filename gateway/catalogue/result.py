"""What a service may end in: the documents, their wording, and the grounds of refusal."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from gateway.catalogue.terms import (
    Body,
    Channel,
    Identifier,
    LinesOf,
    Medium,
    Outcome,
    Role,
    Strict,
    Wording,
)
from gateway.texts import places_of

FactId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
KNOWN_PLACES = frozenset({"applicant_name", "applicant_number", "provider", "service", "issued_on"})
"""What every document can name without a fact of its own."""


class FactKind(StrEnum):
    """How a fact is written."""

    TEXT = "text"
    DATE = "date"
    MONEY = "money"
    CHOICE = "choice"


class FactChoice(Strict):
    """One of the values that a fact may have."""

    id: Identifier
    label: Wording


class Fact(Strict):
    """Something that the executor states in the result; a date is given as YYYY-MM-DD, money in whole tenge."""

    id: FactId
    kind: FactKind
    label: Wording
    required: bool = True
    choices: tuple[FactChoice, ...] = ()

    @model_validator(mode="after")
    def _choices_belong_to_a_choice(self) -> Self:
        if (self.kind is FactKind.CHOICE) != bool(self.choices):
            raise ValueError("expected choices for a fact of kind choice, and for no other")
        return self


class StatementWording(Strict):
    """One statement of a result, with {places}; it is left out without the fact that `needs` names."""

    kk: str
    ru: str
    needs: FactId | None = None


class ResultTemplate(Strict):
    """The wording of a result's document; the forms are in the Standards, so that it is assumed here."""

    facts: tuple[Fact, ...] = ()
    body: Annotated[tuple[StatementWording, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _places_are_known(self) -> Self:
        known = KNOWN_PLACES | {fact.id for fact in self.facts}
        for statement in self.body:
            for text in (statement.kk, statement.ru):
                if not (places := places_of(text)) <= known:
                    found = sorted(places - known)
                    raise ValueError(f"expected a fact of this result or one of {sorted(KNOWN_PLACES)}, found {found}")
            if statement.needs is not None and statement.needs not in known:
                raise ValueError(f"expected a fact of this result, found {statement.needs!r}")
        return self


class Signer(Strict):
    """Who signs a result; the order of a list of signers is that of signing."""

    role: Role
    body: Body = Body.PROVIDER


class ResultKind(Strict):
    """A document in which the service may end.

    `channels` and `kinds` narrow where it is given; a refusal names its grounds (`Service.grounds`, or those that all
    services share), beside those of the conditions.
    """

    id: Identifier
    outcome: Outcome
    title: Wording
    channels: tuple[Channel, ...] = ()
    kinds: tuple[Identifier, ...] = ()
    medium: Medium = Medium.BOTH
    signers: Annotated[tuple[Signer, ...], Field(min_length=1)] = (Signer(role=Role.HEAD),)
    grounds: tuple[Identifier, ...] = ()
    template: ResultTemplate | None = None
    lines: LinesOf
    assumed: bool = False
    """The act names no such result, but its steps cannot do without."""

    @model_validator(mode="after")
    def _has_its_words(self) -> Self:
        if self.outcome is Outcome.REFUSED:
            if self.template is not None or not self.grounds:
                raise ValueError("expected grounds and no template for a refusal")
        elif self.template is None:
            raise ValueError("expected a template, the wording of the document")
        return self


class Ground(Strict):
    """A ground of refusal of one service."""

    id: Identifier
    text: Wording
    lines: LinesOf | None = None
    assumed: bool = False

    @model_validator(mode="after")
    def _stands_on_something(self) -> Self:
        if not self.assumed and self.lines is None:
            raise ValueError("expected lines of the act, or assumed: true")
        return self
