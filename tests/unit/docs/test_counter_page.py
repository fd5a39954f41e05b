"""The page of the counter names the keys that its pages show, each once."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/reference/counter.md").read_text(encoding="utf-8")
TEMPLATES = ROOT / "gateway/web/templates"
ROWS = re.findall(r"^\| ((?:F|Alt\+)\w+)[ |]", PAGE, flags=re.MULTILINE)


def test_the_keys_of_the_page_are_those_that_the_counter_shows() -> None:
    told = re.findall(r'\("((?:F|Alt\+)\w+)', (TEMPLATES / "desk/counter_keys.html").read_text(encoding="utf-8"))
    assert sorted(ROWS) == sorted(told)


def test_every_key_that_a_page_of_the_counter_gives_is_told_of() -> None:
    pages = [*TEMPLATES.glob("desk/counter*.html"), TEMPLATES / "terminal/base.html"]
    given = {
        key for page in pages for key in re.findall(r'"((?:F\d{1,2}|Alt\+[A-Z]))"', page.read_text(encoding="utf-8"))
    }
    assert given <= set(ROWS)
    assert {"F2", "F8", "F9", "Alt+L"} <= given
