"""The schemas of the payloads: lxml decides, xmlschema explains what was wrong and where."""

from __future__ import annotations

import functools
import io
from itertools import islice
from typing import TYPE_CHECKING, Any

from lxml import etree

from gateway.exchange.errors import Problem
from gateway.schema_folder import schema_folder

if TYPE_CHECKING:
    import xmlschema

_MOST_PROBLEMS = 20
_LONGEST_FOUND = 80


class Schema:
    """One XSD and the document element that it is for: a file of `schemas/exchange`, or `source`."""

    def __init__(self, name: str, namespace: str, root: str, *, source: bytes | None = None) -> None:
        self.name = name
        self.namespace = namespace
        self.source = source
        self.root = f"{{{namespace}}}{root}"

    def accepts(self, root: etree._Element) -> bool:
        """Say whether `root` is this schema's document and follows it."""
        return root.tag == self.root and bool(self._deciding.validate(root))

    def explain(self, root: etree._Element) -> tuple[Problem, ...]:
        """Return the first places where `root` leaves the schema, each with what was expected there."""
        if root.tag != self.root:
            return (Problem("/", f"the document element {self.root}", str(root.tag)[:_LONGEST_FOUND]),)
        problems = tuple(_problem(error) for error in islice(self._explaining.iter_errors(root), _MOST_PROBLEMS))
        return problems or (Problem("/", f"a document of {self.name}", ""),)

    @functools.cached_property
    def _deciding(self) -> etree.XMLSchema:
        return etree.XMLSchema(etree.parse(io.BytesIO(self._read())))

    @functools.cached_property
    def _explaining(self) -> xmlschema.XMLSchema10:
        import xmlschema

        return xmlschema.XMLSchema10(self._read().decode(), allow="local", use_location_hints=False)

    def _read(self) -> bytes:
        return self.source or (schema_folder("exchange") / self.name).read_bytes()


def _problem(error: Any) -> Problem:
    found = error.obj if isinstance(error.obj, str) else ""
    return Problem(error.path or "/", error.reason or error.message, found[:_LONGEST_FOUND])
