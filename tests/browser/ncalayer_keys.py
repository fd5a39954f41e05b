"""NCALayer's window worked by its keyboard, as whoever signs all day works it."""

from __future__ import annotations

from playwright.sync_api import Page

from simulators.keys import KEY_PASSWORD

_MOST_TABS = 60
_AT = "document.activeElement.id || document.activeElement.name || ''"


def give_key_by_keyboard(window: Page, key: str, password: str = KEY_PASSWORD) -> None:
    """Find a key by its name where there are many, choose it, type its password, and confirm with Enter."""
    if _tab_to(window, "find", "key") == "find":
        window.keyboard.type(key)
        _tab_to(window, "key")
    for _ in range(_MOST_TABS):
        if window.evaluate("document.activeElement.value") == key:
            break
        window.keyboard.press("ArrowDown")
    window.keyboard.press("Space")
    _tab_to(window, "password")
    window.keyboard.type(password)
    window.keyboard.press("Enter")


def _tab_to(window: Page, *names: str) -> str:
    """Press the tabulator until one of the named fields has the focus, and return which."""
    for _ in range(_MOST_TABS):
        window.keyboard.press("Tab")
        at = str(window.evaluate(_AT))
        if at in names:
            return at
    raise AssertionError(f"the tabulator reaches none of {names}")
