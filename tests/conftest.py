"""Fixtures of all tests: sockets are closed for unit tests, a real PostgreSQL stands ready for the others."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_socket
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from gateway.clock import ManualClock
from gateway.store import Store
from gateway.store.embedded import EmbeddedPostgres
from tests.schemas import Schemas

ROOT = Path(__file__).resolve().parents[1]
_INTEGRATION = ROOT / "tests/integration"
NewStore = Callable[..., Awaitable[Store]]

_MEMORY = Path("/dev/shm")  # which Linux keeps in memory
_ROOM = 6 * 2**30
"""Bytes that must be free there."""


def _lay_temporary_folders_in_memory() -> None:
    """Give databases and installations that are thrown away a folder in memory: a disk is several times slower."""
    if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


_lay_temporary_folders_in_memory()
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")  # how fast a busy machine draws examples says nothing of the code
settings.register_profile("sample", settings.get_profile("house"), max_examples=40)


class _Dealing(LoadFileScheduling):
    """Deals tests out to processes by file; what raises a simulated country of its own stays together."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return next((place for place, files in _TOGETHER.items() if file.startswith(files)), file)


_TOGETHER = {
    "hostile": ("tests/acceptance/hostile/",),
    "town": tuple(f"tests/acceptance/test_{name}.py" for name in ("forged_result", "office_booking", "once")),
    "browser": ("tests/browser/",),
    "outage": ("tests/outage/",),
}


_IN_SAMPLE = {"unit": 2}
"""Of the cases of one parametrised test so many are in the sample, from the first to the last; elsewhere the first."""
_ALL_OF_THE_FIRST = 6
"""Of the tests of one file with a real database so many are in the sample, and every second of those after them."""


def pytest_configure(config: pytest.Config) -> None:
    """Draw fewer examples in the sample, where a test does not say how many it needs."""
    if config.getoption("markexpr") == "not full":
        settings.load_profile("sample")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave most cases of a test with many to `make test-all`, where the test does not choose them itself.

    The same with the tests of a long file that each lay out a database of their own.
    """
    cases: dict[tuple[Path, str], list[pytest.Item]] = {}
    for item in items:
        if hasattr(item, "callspec"):
            cases.setdefault((item.path, item.location[2].split("[")[0]), []).append(item)
    for (path, _), several in cases.items():
        if any(item.get_closest_marker("full") for item in several):
            continue
        taken = _IN_SAMPLE.get(path.relative_to(ROOT / "tests").parts[0], 1)
        kept = {round(place * (len(several) - 1) / max(taken - 1, 1)) for place in range(taken)}
        for place, item in enumerate(several):
            if place not in kept:
                item.add_marker(pytest.mark.full)
    places: Counter[Path] = Counter()
    for item in items:
        if item.path.is_relative_to(_INTEGRATION) and not item.get_closest_marker("full"):
            places[item.path] += 1
            if places[item.path] > _ALL_OF_THE_FIRST and (places[item.path] - _ALL_OF_THE_FIRST) % 2:
                item.add_marker(pytest.mark.full)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    return _Dealing(config, log)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if "unit" in item.path.relative_to(ROOT / "tests").parts:
        pytest_socket.disable_socket(allow_unix_socket=True)


def pytest_runtest_teardown() -> None:
    pytest_socket.enable_socket()


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """An administrator's URL: `QYZMET_TEST_DATABASE_URL`, or an embedded server of this session."""
    given = os.environ.get("QYZMET_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="qyzmet-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder))
        yield server.start()
        server.stop()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at 10:00 of Monday, 2 March 2026 in Almaty."""
    return ManualClock(datetime(2026, 3, 2, 5, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def schemas(database_url: str) -> Schemas:
    """The schemas that the tests of this process borrow one after the other."""
    return Schemas(database_url)


@pytest.fixture
async def new_store(schemas: Schemas, clock: ManualClock) -> AsyncIterator[NewStore]:
    """Open stores on schemas of their own: `await new_store("desk", "gateway/desk/sql/case.sql", ...)`."""
    opened: list[Store] = []

    async def make(name: str, *sql_files: str) -> Store:
        opened.append(await schemas.open(name, *sql_files, clock=clock))
        return opened[-1]

    yield make
    for store in opened:
        await schemas.close(store)
