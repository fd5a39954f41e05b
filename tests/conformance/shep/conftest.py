import os
from pathlib import Path

import pytest

from tests.integration.shep.world import a_world


@pytest.fixture(scope="session")
def facts():
    """The folder of the published WSDL, XSD and samples."""
    given = os.environ.get("QYZMET_SHARED")
    shared = Path(given) if given else Path(__file__).resolve().parents[3].parent / "shared"
    folder = shared / "protocols" / "shep"
    if not folder.is_dir():
        pytest.skip(f"the published material is not here: {folder}")
    return folder


@pytest.fixture
async def world(database_url, clock, new_store):
    async with a_world(database_url=database_url, clock=clock, new_store=new_store) as world:
        yield world
