import os
from pathlib import Path

import pytest

from gateway.schema_folder import schema_folder
from gateway.shep.schema import Edition
from tests.integration.shep.world import a_world

INTERFACES = {
    "sync": ("SyncChannel/v10/Interfaces/SyncChannelHttp_Service.wsdl", "SyncChannel.wsdl"),
    "async": ("AsyncChannel/v10/Interfaces/AsyncChannelHttp_Service.wsdl", "AsyncChannel.wsdl"),
    "client": ("AsyncChannel/v10/Interfaces/AsyncChannelClientHttp_Service.wsdl", "AsyncChannelClient.wsdl"),
}
OURS = [pytest.param(edition, marks=pytest.mark.full) for edition in Edition]


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


@pytest.fixture
async def pulling(database_url, clock, new_store):
    """A world whose desk fetches its messages."""
    async with a_world(database_url=database_url, clock=clock, new_store=new_store, pulls=("DESK",)) as world:
        yield world


@pytest.fixture(params=[*OURS, "bip_v10", "bip_v10_nitec_sample"])
def wsdl(request):
    """Where the WSDL of an interface lies, in both editions, ours and the published ones."""
    if isinstance(request.param, Edition):
        return lambda interface: schema_folder(request.param.folder) / INTERFACES[interface][1]
    published = request.getfixturevalue("facts") / request.param
    return lambda interface: published / INTERFACES[interface][0]
