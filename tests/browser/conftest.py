"""One country and one Chromium for all tests of this folder, gone when the last of them is over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.browser.inspection import Inspector
from tests.browser.persons import Person
from tests.browser.stage import CHROMIUM, VENDOR, Stage
from tests.browser.watch import Watch

HERE = Path(__file__).parent
_STAGE = pytest.StashKey[Stage]()
NewPerson = Callable[..., Person]


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (QYZMET_CHROMIUM may name it)")
    if not (VENDOR / "axe.min.js").exists():
        pytest.skip("the front-end files are not there: run `python -m gateway.web.vendor`")
    stage = Stage.open()
    request.config.stash[_STAGE] = stage
    yield stage
    stage.close()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Close the stage after the last browser test: the other tests need the machine, and event loops of their own."""
    stage = item.config.stash.get(_STAGE, None)
    if stage is not None and (nextitem is None or HERE not in nextitem.path.parents):
        stage.close()


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go: `QYZMET_SCREENSHOTS`, or a folder that pytest clears away."""
    given = os.environ.get("QYZMET_SCREENSHOTS")
    folder = Path(given) if given else tmp_path_factory.mktemp("screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def new_person(stage: Stage, screenshots: Path) -> Iterator[NewPerson]:
    """Open browsers: `new_person("applicant-karaganda", language="kk")`; each is watched until the test ends."""
    with ExitStack() as opened:

        def make(name: str, *, language: str = "kk") -> Person:
            context = stage.browser.new_context(locale="kk-KZ", viewport={"width": 1366, "height": 900})
            opened.callback(context.close)
            watch = Watch(context)
            opened.callback(watch.finish)
            inspector = Inspector(screenshots)
            opened.callback(inspector.finish)
            return Person(stage, context, watch, name=name, language=language, inspector=inspector)

        yield make
