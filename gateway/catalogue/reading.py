"""Reading a catalogue file: YAML without anchors, tags or guesses, and errors that name file and line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from gateway.catalogue.errors import CatalogueFileError

Model = TypeVar("Model", bound=BaseModel)
_Path = tuple[str | int, ...]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_DEPTH = 20


def read_model(file: Path, model: type[Model]) -> Model:
    """Read one YAML file into `model`; raises `CatalogueFileError` with the file, the line and what was expected."""
    document = _Document(file)
    try:
        return model.model_validate_json(json.dumps(document.value, ensure_ascii=False))
    except ValidationError as error:
        first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
        path: _Path = first["loc"]
        line, where = document.line_of(path)
        raise CatalogueFileError(file, line, where, _expectation(first)) from error


def _expectation(error: Any) -> str:
    message = str(error["msg"])
    if error["type"] == "value_error":
        return message.removeprefix("Value error, ")
    if error["type"] == "extra_forbidden":
        return "expected no such key here"
    if error["type"] == "missing":
        return "expected this key, which is absent"
    found = error.get("input")
    shown = "" if isinstance(found, dict | list) else f", found {found!r}"
    return f"expected: {message}{shown}"


class _Document:
    """The plain value of a YAML file and the line of every key and item in it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lines: dict[_Path, int] = {(): 1}
        try:
            root = yaml.compose(file.read_text(encoding="utf-8"), Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise CatalogueFileError(file, line, "", f"expected YAML, found {error.problem}") from error
        self._nodes: set[int] = set()
        self.value = None if root is None else self._plain(root, ())

    def line_of(self, path: _Path) -> tuple[int, str]:
        """Return the line of the nearest part of `path` that the file has, and the path in words."""
        known = path
        while known not in self._lines:
            known = known[:-1]
        return self._lines[known], ".".join(str(part) for part in path)

    def _fail(self, node: yaml.Node, path: _Path, expected: str) -> CatalogueFileError:
        where = ".".join(str(part) for part in path)
        return CatalogueFileError(self._file, node.start_mark.line + 1, where, expected)

    def _plain(self, node: yaml.Node, path: _Path) -> Any:
        if id(node) in self._nodes:
            raise self._fail(node, path, "expected no anchors and aliases")
        if len(path) > _MAX_DEPTH:
            raise self._fail(node, path, "expected less nesting")
        self._nodes.add(id(node))
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._map(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _map(self, node: yaml.MappingNode, path: _Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise self._fail(key_node, path, "expected a plain word as a key")
            if key in values:
                raise self._fail(key_node, (*path, key), "expected each key once")
            self._lines[(*path, key)] = key_node.start_mark.line + 1
            values[key] = self._plain(value_node, (*path, key))
        return values

    def _scalar(self, node: yaml.Node, path: _Path) -> Any:
        tag = node.tag.rpartition(":")[2]
        if tag in ("str", "timestamp"):
            return node.value
        if tag == "int" and node.value.lstrip("-").isdecimal():
            return int(node.value)
        if tag == "bool" and node.value in ("true", "false"):
            return node.value == "true"
        raise self._fail(node, path, f"expected a text, a number, true or false, found {node.value!r}")
