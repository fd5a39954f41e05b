"""Reading a catalogue file: YAML without anchors, tags or guesses, and errors that name file and line.

A quick parser reads what is plain; PyYAML, whose nodes know their lines, is asked where something is not, and for the
line of an error.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from ryaml import InvalidYamlError, loads  # type: ignore[attr-defined] # its types do not say so

from gateway.catalogue.errors import CatalogueFileError

Model = TypeVar("Model", bound=BaseModel)
_Path = tuple[str | int, ...]

_MAX_DEPTH = 20
_SIGN = re.compile(r"[&*!]\S")
_KINDS = {
    **dict.fromkeys(("true", "false"), "bool"),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), "null"),
}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # C where libyaml is there
    """Takes a plain scalar for a number, true, false, nothing or a text, and guesses no more."""

    def resolve(self, kind: type[yaml.Node], value: str | None, implicit: Any) -> str:
        """Return the tag of a node."""
        if kind is not yaml.ScalarNode or value is None:
            return "map" if kind is yaml.MappingNode else "seq"
        if not implicit[0]:
            return "str"
        if value.isdecimal() and value.isascii():
            return "int"
        return _KINDS.get(value, "str")


def read_model(file: Path, model: type[Model]) -> Model:
    """Read one YAML file into `model`; raises `CatalogueFileError` with the file, the line and what was expected."""
    return Document(file).part((), model)


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


class Document:
    """The plain value of a YAML file, in which the line of every key and item can be found."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._text = file.read_text(encoding="utf-8")
        self._seen: set[int] = set()
        self.value: Any = self._quickly()

    def _quickly(self) -> Any:
        if not _may_name_nodes(self._text):
            with contextlib.suppress(InvalidYamlError, ValueError):
                value = loads(self._text)
                if _is_plain(value):
                    return value
        return None if self._root is None else self._plain(self._root, 0)

    @functools.cached_property
    def _root(self) -> yaml.Node | None:
        try:
            root: yaml.Node | None = yaml.compose(self._text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise CatalogueFileError(self._file, line, "", f"expected YAML, found {error.problem}") from error
        return root

    def part(self, path: _Path, model: type[Model]) -> Model:
        """Return the value at `path` as `model`; raises `CatalogueFileError`."""
        value = self.value
        for key in path:
            value = value[key]
        try:
            return model.model_validate_json(json.dumps(value, ensure_ascii=False))
        except ValidationError as error:
            first = min(error.errors(), key=lambda found: found["type"] != "extra_forbidden")
            raise self.error((*path, *first["loc"]), _expectation(first)) from error

    def error(self, path: _Path, expected: str) -> CatalogueFileError:
        """Return the error that names the line of `path`, or of the nearest part of it that the file has."""
        line, node = 1, self._root
        for key in path:
            found = _step(node, key)
            if found is None:
                break
            line, node = found
        return CatalogueFileError(self._file, line, ".".join(str(part) for part in path), expected)

    def _fail(self, node: yaml.Node, expected: str) -> CatalogueFileError:
        where = ".".join(str(part) for part in _path_to(self._root, node) or ())
        return CatalogueFileError(self._file, node.start_mark.line + 1, where, expected)

    def _plain(self, node: yaml.Node, depth: int) -> Any:
        if id(node) in self._seen:
            raise self._fail(node, "expected no anchors and aliases")
        if depth > _MAX_DEPTH:
            raise self._fail(node, "expected less nesting")
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.MappingNode):
            return self._map(node, depth)
        return [self._plain(item, depth + 1) for item in node.value]

    def _map(self, node: yaml.MappingNode, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                raise self._fail(key_node, "expected a plain word as a key")
            if key in values:
                raise self._fail(key_node, "expected each key once")
            values[key] = self._plain(value_node, depth + 1)
        return values

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        tag = node.tag
        if tag == "str":
            return node.value
        if tag == "int":
            return int(node.value)
        if tag == "bool":
            return node.value == "true"
        raise self._fail(node, f"expected a text, a number, true or false, found {node.value!r}")


def _may_name_nodes(text: str) -> bool:
    """Tell whether there may be an anchor, an alias or a tag; most often it is only part of a sentence."""
    return any(sign.start() == 0 or text[sign.start() - 1] in " \n[{,:-" for sign in _SIGN.finditer(text))


def _is_plain(value: Any) -> bool:
    """Tell whether there are only texts, numbers, true and false inside maps and lists."""
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    if isinstance(value, list):
        return all(map(_is_plain, value))
    return isinstance(value, str | int)


def _step(node: yaml.Node | None, key: str | int) -> tuple[int, yaml.Node] | None:
    """Return the line of a key or an item inside a node, and its value."""
    if isinstance(node, yaml.MappingNode):
        return next(
            ((name.start_mark.line + 1, value) for name, value in node.value if name.value == key),
            None,
        )
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        item = node.value[key]
        return item.start_mark.line + 1, item
    return None


def _path_to(node: yaml.Node | None, wanted: yaml.Node) -> _Path | None:
    """Return the way from a node to another inside it, a key counting as its value."""
    if node is wanted:
        return ()
    inner: list[tuple[str | int, yaml.Node]] = []
    if isinstance(node, yaml.MappingNode):
        if any(name is wanted for name, _ in node.value):
            return (str(wanted.value),)
        inner = [(str(name.value), value) for name, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        inner = list(enumerate(node.value))
    for key, value in inner:
        found = _path_to(value, wanted)
        if found is not None:
            return (key, *found)
    return None
