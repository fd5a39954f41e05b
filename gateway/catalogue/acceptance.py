"""How documents are taken in: receipts, representation, the queue."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from gateway.catalogue.citation import Cited
from gateway.catalogue.terms import Channel, Identifier, LinesOf, NoticeFact, Strict


class ReceiptKind(StrEnum):
    """What the applicant is given when documents are taken in, or refused."""

    COUPON = "coupon"
    """The tear-off coupon of the application (өтініштің үзбелі талоны)."""
    RECEIPT = "receipt"
    REFUSAL_RECEIPT = "refusal-receipt"
    BARCODE_RECEIPT = "barcode-receipt"
    COPY_MARK = "copy-mark"
    """A mark on the copy of the application."""


class Receipt(Cited):
    """A receipt, where it is given, and what it must state."""

    id: Identifier
    kind: ReceiptKind
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    states: tuple[NoticeFact, ...] = ()


class Representation(StrEnum):
    """Whether and how somebody may act for the applicant."""

    NONE = "none"
    ANY = "any"
    NOTARISED = "notarised"
    NOTARISED_DATA = "notarised-data"
    """Any power of attorney; its data are entered only when it is notarised."""


class PowerOfAttorney(Strict):
    """The rule on powers of attorney, and on which channels the act states it."""

    rule: Representation
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)]
    lines: LinesOf


class Queue(Strict):
    """How applicants are received on a channel; `bookable` when the ticket may be booked through the portal."""

    channel: Channel
    electronic: bool = False
    bookable: bool = False
    lines: LinesOf
