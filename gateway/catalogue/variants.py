"""Flows that several services of an act share word for word: written once, and used with each service's own lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from gateway.catalogue.errors import CatalogueFileError
from gateway.catalogue.flow import FlowWords, NumberedStep, StepName
from gateway.catalogue.reading import Document, read_model
from gateway.catalogue.terms import (
    Channel,
    HandOver,
    Identifier,
    LinesOf,
    Strict,
    Wording,
)
from gateway.texts import Text


class FlowVariant(Strict):
    """A flow as it is worded in several services."""

    id: Identifier
    channel: Channel
    words: FlowWords
    registration: Wording | None = None
    steps: tuple[NumberedStep, ...]


class Difference(Strict):
    """How one service words a step of the variant otherwise; what is not given stays the variant's."""

    step: StepName
    text: Wording | None = None
    as_printed: str | None = None
    unnumbered: bool | None = None
    hand_over: HandOver | None = None
    ground: Identifier | None = None


class FlowUse(Strict):
    """A service's flow that follows a variant: the lines of each step, and the differences."""

    id: Identifier
    channel: Channel
    variant: Identifier
    lines: LinesOf
    registration: LinesOf | None = None
    skips: tuple[StepName, ...] = ()
    steps: Annotated[dict[StepName, LinesOf], Field(min_length=1)]
    differences: tuple[Difference, ...] = ()


def read_variants(folder: Path) -> dict[str, FlowVariant]:
    """Read every variant of a folder; raises `CatalogueFileError`."""
    variants = {}
    for file in sorted(folder.glob("*.yaml")):
        variant = read_model(file, FlowVariant)
        if variant.id != file.stem:
            raise CatalogueFileError(file, 1, "id", f"expected the file's own name {file.stem}, found {variant.id}")
        variants[variant.id] = variant
    return variants


def expand_flows(document: Document, variants: Mapping[str, FlowVariant]) -> None:
    """Put the variant's words into each flow of a service's file that follows one; raises `CatalogueFileError`."""
    flows = document.value.get("flows") if isinstance(document.value, dict) else None
    for index, flow in enumerate(flows if isinstance(flows, list) else ()):
        if isinstance(flow, dict) and "variant" in flow:
            path = ("flows", index)
            use = document.part(path, FlowUse)
            variant = variants.get(use.variant)
            if variant is None:
                raise document.error((*path, "variant"), f"expected one of {sorted(variants)}, found {use.variant}")
            document.value["flows"][index] = _expanded(document, path, use, variant)


def _expanded(document: Document, path: tuple[str | int, ...], use: FlowUse, variant: FlowVariant) -> dict[str, Any]:
    if use.channel is not variant.channel:
        raise document.error((*path, "channel"), f"expected the variant's channel {variant.channel}")
    known = {step.ref for step in variant.steps}
    if wrong := known.symmetric_difference({*use.steps, *use.skips}):
        named = ", ".join(sorted(str(ref) for ref in wrong))
        raise document.error((*path, "steps"), f"expected lines for each step of the variant and no other: {named}")
    differences = {one.step: _plain(one, exclude={"step"}) for one in use.differences}
    if unknown := differences.keys() - use.steps.keys():
        raise document.error((*path, "differences"), f"expected steps of this flow, found {min(unknown)}")
    flow = _plain(use, exclude={"steps", "differences", "registration"})
    flow["words"] = _plain(variant.words)
    if use.registration is not None and variant.registration is not None:
        flow["registration"] = {"text": _words(variant.registration), "lines": str(use.registration)}
    flow["steps"] = [
        _plain(step) | differences.get(step.ref, {}) | {"lines": str(use.steps[step.ref])}
        for step in variant.steps
        if step.ref in use.steps
    ]
    return flow


def _plain(model: Strict, *, exclude: set[str] | None = None) -> dict[str, Any]:
    return model.model_dump(mode="json", exclude_none=True, exclude_defaults=True, exclude=exclude)


def _words(text: Text) -> dict[str, str]:
    return {"kk": text.kk, "ru": text.ru, "en": text.en}
