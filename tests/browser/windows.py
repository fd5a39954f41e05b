"""An operator at a window of the State Corporation, who works by keyboard, and what that costs in keys."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from PIL import Image
from playwright.sync_api import Page, expect

from simulators.participants import STAFF_PASSWORD
from tests.browser.ncalayer_keys import give_key_by_keyboard
from tests.browser.persons import Person


def scan(pages: int = 2) -> bytes:
    """Return a scan of so many pages, as a document scanner gives one."""
    drawn = [Image.new("RGB", (620, 877), (255, 250 - 40 * page, 240)) for page in range(pages)]
    made = io.BytesIO()
    drawn[0].save(made, "TIFF", save_all=True, append_images=drawn[1:])
    return made.getvalue()


@dataclass
class Keys:
    """A keyboard that counts: what is typed is data, what is pressed is the workplace's own cost."""

    page: Page
    pressed: list[str] = field(default_factory=list)
    typed: int = 0

    def press(self, name: str, times: int = 1) -> None:
        """Press a key so many times."""
        for _ in range(times):
            self.page.keyboard.press(name)
            self.pressed.append(name)

    def go(self, name: str) -> None:
        """Press a key that leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.press(name)

    def type(self, text: str) -> None:
        """Type a text into the field that has the focus."""
        self.page.keyboard.type(text)
        self.typed += len(text)

    @property
    def at(self) -> str:
        """Return the name of the field that has the focus."""
        return str(self.page.evaluate("document.activeElement.name || document.activeElement.id || ''"))

    def fill(self, answers: Mapping[str, str], *, until: str) -> None:
        """Walk through a form with the tabulator, from the field that has the focus to the one named, and answer."""
        done: set[str] = set()
        for _ in range(60):
            name = self.at
            if name == until:
                return
            if answers.get(name) and name not in done:
                done.add(name)
                self._answer(answers[name])
            self.press("Tab")
        raise AssertionError(f"{until} is nowhere in the order of the tabulator")

    def _answer(self, value: str) -> None:
        kind = self.page.evaluate("document.activeElement.type")
        if kind == "checkbox":
            if not self.page.evaluate("document.activeElement.checked"):
                self.press("Space")
        elif kind == "radio":
            for _ in range(20):
                if self.page.evaluate("document.activeElement.value") == value:
                    break
                self.press("ArrowDown")
            self.press("Space")
        elif kind != "select-one":
            self.type(value)


class Window:
    """A window with its operator."""

    def __init__(self, person: Person, arm: str, *, number: int = 2) -> None:
        self.person = person
        self.page = person.page
        self.keys = Keys(person.page)
        self.arm = arm
        self.number = number

    def sign_in(self) -> None:
        """Process 1, by keyboard."""
        self.page.goto(f"{self.arm}/sign-in")
        self.page.keyboard.type(str(self.person.card.iin))
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(STAFF_PASSWORD)
        self.page.locator("#window").press_sequentially(str(self.number))
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        assert self.page.url == f"{self.arm}/"

    def begin(self, service: str) -> str:
        """Process 2: choose the service by its number in the list."""
        place = self.page.locator(f"button[name=service][value='{service}'] .arm-services__place").inner_text()
        if self.keys.at != "q":
            self.keys.press("F8")
        self.keys.type(place)
        self.keys.go("Enter")
        return self.page.url.split("/intakes/")[1][:14]

    def fill(self, answers: Mapping[str, str]) -> None:
        """Walk through the form with the tabulator, from the field that has the focus to the consent."""
        self.keys.fill(answers, until="consent_given")
        self.keys.press("Space")

    def look(self, name: str, known: object = ()) -> None:
        """Look at the page in the operator's language."""
        words = known if isinstance(known, list | tuple) else ()
        self.person.look(name, known=words, title=False)

    def sign(self) -> None:
        """Press the page's main key and give NCALayer the operator's own key, by keyboard too."""
        with self.page.context.expect_page() as opened:
            self.keys.press("F9")
        window = opened.value
        expect(window.locator("#question")).to_be_visible()
        with self.page.expect_navigation():
            give_key_by_keyboard(window, self.person.key)
        if not window.is_closed():
            window.wait_for_event("close", timeout=10_000)
