"""The reference of the catalogue's format: no key and no value of the model is missing from the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from gateway.catalogue import Service
from gateway.catalogue.load import OfficesFile
from gateway.catalogue.terms import CountedFrom
from gateway.catalogue.variants import FlowUse, FlowVariant

PAGE = (Path(__file__).resolve().parents[3] / "docs/reference/catalogue-format.md").read_text(encoding="utf-8")
_QUOTED = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", PAGE, flags=re.DOTALL | re.MULTILINE))
NAMED = {name for quoted in _QUOTED for name in re.findall(r"[a-z][a-z_/-]*", quoted)}


def reached(annotation: Any, seen: set[type]) -> Iterator[type]:
    """Every model and enum inside an annotation, and inside the fields of those models."""
    for part in get_args(annotation):
        yield from reached(part, seen)
    if isinstance(annotation, type) and annotation not in seen and issubclass(annotation, BaseModel | StrEnum):
        seen.add(annotation)
        yield annotation
        if issubclass(annotation, BaseModel):
            for field in annotation.model_fields.values():
                yield from reached(field.annotation, seen)


FOUND = [one for model in (Service, FlowUse, FlowVariant, OfficesFile) for one in reached(model, set())]
KEYS = sorted({(one.__name__, name) for one in FOUND if issubclass(one, BaseModel) for name in one.model_fields})
VALUES = sorted({(one.__name__, value.value) for one in FOUND if issubclass(one, StrEnum) for value in one})


def test_the_models_were_reached() -> None:
    assert {"Service", "Flow", "ProcedureStep", "Term", "ResultTemplate", "Receipt", "Office"} <= {
        name for name, _ in KEYS
    }
    assert ("CountedFrom", CountedFrom.BEFORE_SESSION.value) in VALUES


def test_every_key_is_described() -> None:
    assert [f"{model}.{key}" for model, key in KEYS if key not in NAMED] == []


def test_every_value_is_described() -> None:
    assert [f"{kind}: {value}" for kind, value in VALUES if value not in NAMED] == []
