"""What every page owes: a title, its language throughout, no overflow, no fault that axe-core calls serious."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from gateway.texts import Language
from gateway.web.desk.app import NAME as DESK
from gateway.web.portal.app import NAME as PORTAL
from simulators.population.cast import ORGANISATIONS, PEOPLE
from tests.browser.stage import VENDOR

LANGUAGES = ("kk", "ru", "en")
WIDTHS = (1366, 320)
SITES = {one.value: {PORTAL.to(one), DESK.to(one)} for one in Language}
"""The names of the two sites, with which every title ends."""
_LATIN = frozenset(
    ("XML", "PDF", "JPEG", "PNG", "TIFF", "SHA", "RSA", "OCSP", "CRL", "NCALayer", "JavaScript", "qyzmet")
) | frozenset(("Alt", "Enter", "Tab"))
"""Kinds of files, names of programs and of keys, the same in every language."""
_LATIN_WORD = re.compile(r"(?<![\w@./-])[A-Za-z]{3,}(?![\w@-]|\.\w|://)")
_KAZAKH_WORD = re.compile(r"\w*[ӘәҒғҚқҢңӨөҰұҮүҺһІі]\w*")
_RUSSIAN_WORD = re.compile(r"(?<![\w-])(?:и|или|для|по|от|на|с|в)(?![\w-])", re.IGNORECASE)
_NAMES = frozenset(
    word.casefold()
    for text in (
        *(person.full_name_kk for person in PEOPLE.values()),
        *(one.name_kk for one in ORGANISATIONS.values()),
    )
    for word in re.findall(r"\w+", text)
)
_WORDS = """() => {
  const language = document.documentElement.lang;
  const out = [document.title];
  const skipped = "script, style, template, noscript, pre, code";
  const foreign = (element) => {
    const marked = element.closest("[lang]");
    return marked && marked.lang !== language;
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() && !element.closest(skipped) && !foreign(element)) out.push(node.data);
  }
  for (const element of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt], [data-label]")) {
    if (foreign(element)) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt", "data-label"]) {
      if (element.getAttribute(name)) out.push(element.getAttribute(name));
    }
  }
  return out;
}"""
_OVERFLOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 0.5)
    .filter((one) => !one.closest(".qz-wide, .qz-document"))
    .map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 60)}`);
}"""
_AXE = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`)"""


class Inspector:
    """Holds pages against what they owe, gathers where they fall short, and takes their pictures."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.problems: list[str] = []

    def inspect(self, page: Page, name: str, language: str, *, known: Iterable[str] = (), title: bool = True) -> None:
        """Look at the page as it stands; `known` are words of the person's own that may be in another language."""
        found = [f"words of another language: {one}" for one in left_over(page.evaluate(_WORDS), language, known)]
        spoken = page.evaluate("document.documentElement.lang")
        if spoken != language:
            found.append(f"the page says that it is in {spoken}")
        own, _, site = page.title().rpartition(" – ")
        if title and not (own and site in SITES[language]):
            found.append(f"the title is {page.title()!r}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found += [f"wider than {width} pixels: {one}" for one in page.evaluate(_OVERFLOW)]
            page.screenshot(path=self._folder / f"{name}-{language}-{width}.png", full_page=True)
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})
        found += faults(page)
        self.problems += [f"{name} in {language}: {one}" for one in found]

    def finish(self) -> None:
        """Raise `AssertionError` with every shortcoming that was seen."""
        if self.problems:
            raise AssertionError("\n".join(self.problems))


def left_over(texts: list[str], language: str, known: Iterable[str]) -> list[str]:
    """Return the words of other languages: English in the Kazakh and Russian pages, Kazakh in the Russian ones."""
    if language == "en":
        return []
    own = {word.casefold() for text in known for word in re.findall(r"\w+", text)} | _NAMES
    found: list[str] = []
    for text in texts:
        words = [word for word in _LATIN_WORD.findall(text) if word not in _LATIN]
        if language == "ru":
            words += _KAZAKH_WORD.findall(text)
        else:
            words += _RUSSIAN_WORD.findall(text)
        found += [f"{word} in {text.strip()[:80]!r}" for word in words if word.casefold() not in own]
    return found


def faults(page: Page) -> list[Any]:
    """Return what axe-core finds serious or critical."""
    page.evaluate((VENDOR / "axe.min.js").read_text(encoding="utf-8"))
    found: list[Any] = page.evaluate(_AXE)
    return found
