"""What the pages say and what is not translated: `python -m gateway.web.messages` lists it with file and line."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from gateway.texts import Language
from gateway.web.translation import LOCALE, TRANSLATED

HERE = Path(__file__).parent
SHARED_DOMAIN = "web"
AREAS = ("portal", "desk", "arm", "terminal")
_BESIDE = {"desk": ("terminal",), "arm": ("terminal",)}
"""Whose files an area reads beside its own: what the sites of terminals say in the same words."""
_METHODS = [("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}


@dataclass(frozen=True, slots=True)
class Message:
    """One text of the pages: its msgid (and the plural's) and where it stands."""

    text: str
    plural: str | None
    file: str
    line: int

    @property
    def domains(self) -> tuple[str, ...]:
        """The .po files that a page standing there reads."""
        area = next((area for area in AREAS if area in Path(self.file).parts), None)
        return (SHARED_DOMAIN, area, *_BESIDE.get(area, ())) if area else (SHARED_DOMAIN,)


@dataclass(frozen=True, slots=True)
class Missing:
    """A message that has no translation into a language."""

    message: Message
    language: Language


def messages(folder: Path = HERE) -> Iterator[Message]:
    """Extract every message of the handlers and templates under `folder`."""
    found = extract_from_dir(str(folder), _METHODS, {}, keywords=_KEYWORDS)
    for file, line, text, _comments, _context in found:
        if isinstance(text, tuple):
            yield Message(text[0], text[1] if len(text) > 1 else None, file, line)
        else:
            yield Message(text, None, file, line)


def untranslated(folder: Path = HERE, locale: Path = LOCALE) -> list[Missing]:
    """Return the messages without a translation in their own area's files."""
    known = {
        (language, path.stem): _translated(path)
        for language in TRANSLATED
        for path in sorted((locale / language).glob("*.po"))
    }
    return [
        Missing(message, language)
        for message in messages(folder)
        for language in TRANSLATED
        if not any(message.text in known.get((language, domain), ()) for domain in message.domains)
    ]


def _translated(path: Path) -> frozenset[str]:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parent.name, abort_invalid=True)
    return frozenset(
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and not message.fuzzy and _is_complete(message.string)
    )


def _is_complete(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def main() -> int:
    """Print what lacks a translation; the status is 1 when something does."""
    missing = untranslated()
    for one in missing:
        sys.stdout.write(f"{one.language.value}  {one.message.file}:{one.message.line}  {one.message.text}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
