import asyncio
import secrets
from datetime import timedelta

import pytest
from aiohttp import web

from gateway.registries.errors import FileRefused, RegistryUnavailable, UnavailableCode
from gateway.registries.memory import MemoryFileStore
from gateway.registries.tempstorage import (
    MAX_FILE_BYTES,
    Credentials,
    FileGone,
    FileIdentifier,
    StoredFile,
    TempStorage,
    Upload,
)
from gateway.registries.tempstorage_messages import FileStatus, Operation, read_answer
from simulators.faults.kinds import Faults
from simulators.tempstorage.service import TempStorageService
from simulators.tempstorage.shelf import REMEMBERED, Shelf
from simulators.tempstorage.sweeping import sweeping
from tests.unit.registries.country import CalledShep

PASSWORDS = {"QYZMET_PORTAL": "one", "QYZMET_DESK": "two"}
UNKNOWN = FileIdentifier("00000000-0001-2d63-bfa9-000000000001")


@pytest.fixture
def shelf(store_database, clock) -> Shelf:
    return Shelf(store_database, clock, max_total=20_000_000)


@pytest.fixture
def shep(shelf, clock) -> CalledShep:
    service = TempStorageService(shelf, credentials=PASSWORDS, faults=Faults())
    return CalledShep({"EDS_TEMP_FILES": service.answer}, clock)


@pytest.fixture
def portal(shep) -> TempStorage:
    return TempStorage(shep, credentials=Credentials("QYZMET_PORTAL", "one"))


@pytest.fixture
def desk(shep) -> TempStorage:
    return TempStorage(shep, credentials=Credentials("QYZMET_DESK", "two"))


def a_file(process_id="p-1", content=b"%PDF-1.7 \x00\xff", hours=8) -> Upload:
    return Upload(process_id, content, "анықтама.pdf", "application/pdf", timedelta(hours=hours))


async def test_a_file_goes_from_one_participant_to_another(portal, desk):
    stored = await portal.upload(a_file())
    assert stored.identifier.startswith("00000000-0001-")
    assert stored.life_time == timedelta(hours=8)
    taken = await desk.download(stored.identifier)
    assert isinstance(taken, StoredFile)
    assert taken.content == b"%PDF-1.7 \x00\xff"
    assert taken.info is not None
    assert (taken.info.name, taken.info.uploader, taken.info.confirmed) == ("анықтама.pdf", "QYZMET_PORTAL", False)


async def test_the_largest_file_fits_and_a_larger_one_is_not_even_sent(portal, desk, shep):
    content = bytes(range(256)) * (MAX_FILE_BYTES // 256)
    stored = await portal.upload(a_file(content=content))
    assert len(shep.asked[-1].xml) < 15 * 1024 * 1024
    taken = await desk.download(stored.identifier)
    assert isinstance(taken, StoredFile)
    assert taken.content == content
    asked = len(shep.asked)
    with pytest.raises(FileRefused):
        await portal.upload(a_file(content=content + b"x"))
    assert len(shep.asked) == asked


async def test_an_expired_file_says_so_and_its_content_is_thrown_away(portal, desk, clock, store_database):
    stored = await portal.upload(a_file(hours=8))
    clock.advance(timedelta(hours=8))
    assert await desk.download(stored.identifier) == FileGone(stored.identifier, FileStatus.EXPIRED)
    assert await desk.info(stored.identifier) == FileGone(stored.identifier, FileStatus.EXPIRED)
    assert await desk.confirm(stored.identifier) == FileGone(stored.identifier, FileStatus.EXPIRED)
    await portal.upload(a_file("p-2"))
    kept = await store_database.fetchval("SELECT count(*) FROM file WHERE content IS NOT NULL")
    assert kept == 1
    assert await desk.download(stored.identifier) == FileGone(stored.identifier, FileStatus.EXPIRED)


async def test_a_file_is_there_until_the_very_moment_it_expires(portal, desk, clock):
    stored = await portal.upload(a_file(hours=8))
    clock.advance(timedelta(hours=8) - timedelta(microseconds=1))
    assert isinstance(await desk.download(stored.identifier), StoredFile)
    clock.advance(timedelta(microseconds=1))
    assert await desk.download(stored.identifier) == FileGone(stored.identifier, FileStatus.EXPIRED)


async def test_a_confirmation_after_the_expiry_is_not_noted(portal, desk, clock, store_database):
    stored = await portal.upload(a_file(hours=8))
    clock.advance(timedelta(hours=8))
    assert await desk.confirm(stored.identifier) == FileGone(stored.identifier, FileStatus.EXPIRED)
    assert await store_database.fetchval("SELECT count(*) FROM file WHERE confirmed_at IS NOT NULL") == 0


async def test_a_sweep_throws_expired_contents_away_and_gives_the_space_back(portal, shelf, clock, store_database):
    async def space() -> int:
        return await store_database.fetchval("SELECT pg_total_relation_size('file')")

    for number in range(4):
        await portal.upload(a_file(f"p-{number}", secrets.token_bytes(2_000_000), hours=8))
    kept = await portal.upload(a_file("longer", hours=9))
    full = await space()
    assert full > 8_000_000
    clock.advance(timedelta(hours=8))
    assert await shelf.sweep() == 4
    assert await store_database.fetchval("SELECT count(*) FROM file WHERE content IS NOT NULL") == 1
    assert isinstance(await portal.download(kept.identifier), StoredFile)
    # Another transaction of this server may still see the old rows for a moment, which then hold their space.
    for _ in range(50):
        if await space() < full / 2:
            break
        await asyncio.sleep(0.1)
        await store_database.execute("VACUUM file")
    assert await space() < full / 2
    assert await shelf.sweep() == 0


async def test_information_about_a_file_outlives_its_content_and_is_forgotten_in_its_turn(portal, shep, shelf, clock):
    stored = await portal.upload(a_file(hours=8))
    expires = clock.now() + timedelta(hours=8)
    clock.advance(timedelta(days=2))
    await shelf.sweep()
    assert await portal.info(stored.identifier) == FileGone(stored.identifier, FileStatus.EXPIRED)
    (result,) = read_answer(shep.answered[-1].xml, Operation.GET_FILE_INFO).files
    assert result.info is not None
    assert (result.info.deleted, result.info.name, result.info.expires_at) == (True, "анықтама.pdf", expires)
    clock.set(expires + REMEMBERED)
    await shelf.sweep()
    assert await portal.info(stored.identifier) == FileGone(stored.identifier, FileStatus.NOT_FOUND)


async def test_a_file_deleted_before_its_time_stays_deleted_when_its_time_comes(portal, shelf, clock):
    stored = await portal.upload(a_file(hours=8))
    clock.advance(timedelta(hours=1))
    assert await shelf.delete(stored.identifier)
    clock.advance(timedelta(hours=8))
    await shelf.sweep()
    assert await portal.info(stored.identifier) == FileGone(stored.identifier, FileStatus.DELETED)


async def test_the_store_sweeps_by_itself_when_the_clock_moves(portal, shelf, clock, store_database):
    await portal.upload(a_file(hours=8))
    context = sweeping(shelf, clock, every=3_600)(web.Application())
    await anext(context)
    await asyncio.sleep(0)
    clock.advance(timedelta(hours=8))
    for _ in range(200):
        if not await store_database.fetchval("SELECT count(*) FROM file WHERE content IS NOT NULL"):
            break
        await asyncio.sleep(0.02)
        clock.advance(timedelta(seconds=1))
    assert await store_database.fetchval("SELECT count(*) FROM file WHERE content IS NOT NULL") == 0
    with pytest.raises(StopAsyncIteration):
        await anext(context)


async def test_a_flood_of_empty_files_is_bounded(store_database, clock):
    shelf = Shelf(store_database, clock, max_files=3)
    shep = CalledShep(
        {"EDS_TEMP_FILES": TempStorageService(shelf, credentials=PASSWORDS, faults=Faults()).answer}, clock
    )
    portal = TempStorage(shep, credentials=Credentials("QYZMET_PORTAL", "one"))
    for number in range(3):
        await portal.upload(a_file(f"p-{number}", b""))
    with pytest.raises(RegistryUnavailable) as caught:
        await portal.upload(a_file("p-3", b""))
    assert caught.value.facts["status"] == "NO_SPACE"


async def test_an_unknown_file_is_gone_and_a_deleted_one_too(portal, desk, shelf):
    assert await desk.download(UNKNOWN) == FileGone(UNKNOWN, FileStatus.NOT_FOUND)
    assert await desk.download(FileIdentifier("'; DROP TABLE file")) == FileGone(
        FileIdentifier("'; DROP TABLE file"), FileStatus.NOT_FOUND
    )
    stored = await portal.upload(a_file())
    assert await shelf.delete(stored.identifier)
    assert not await shelf.delete(stored.identifier)
    assert await desk.download(stored.identifier) == FileGone(stored.identifier, FileStatus.DELETED)


async def test_an_upload_made_twice_is_one_file(portal, store_database):
    first, second = await asyncio.gather(portal.upload(a_file()), portal.upload(a_file()))
    assert first.identifier == second.identifier
    assert await store_database.fetchval("SELECT count(*) FROM file") == 1
    with pytest.raises(RegistryUnavailable) as caught:
        await portal.upload(a_file(content=b"something else"))
    assert caught.value.facts["status"] == "BAD_REQUEST"


async def test_two_systems_do_not_meet_by_the_same_process_identifier(portal, desk):
    assert (await portal.upload(a_file())).identifier != (await desk.upload(a_file())).identifier


async def test_wrong_credentials_get_nothing(portal, shep):
    stored = await portal.upload(a_file())
    for credentials in (Credentials("QYZMET_PORTAL", "two"), Credentials("SOMEBODY", ""), Credentials("X", "one")):
        if not credentials.password:
            continue
        stranger = TempStorage(shep, credentials=credentials)
        with pytest.raises(RegistryUnavailable) as caught:
            await stranger.download(stored.identifier)
        assert (caught.value.code, caught.value.facts["status"]) == (UnavailableCode.REFUSED, "ACCESS_DENIED")


async def test_the_store_as_a_whole_is_bounded(portal):
    await portal.upload(a_file("p-1", b"x" * 10_000_000))
    with pytest.raises(RegistryUnavailable) as caught:
        await portal.upload(a_file("p-2", b"x" * 10_000_001))
    assert caught.value.facts["status"] == "NO_SPACE"


async def test_a_confirmation_is_noted_once(portal, desk, clock):
    stored = await portal.upload(a_file())
    await desk.confirm(stored.identifier)
    clock.advance(timedelta(hours=1))
    await portal.confirm(stored.identifier)
    found = await desk.info(stored.identifier)
    assert isinstance(found, StoredFile)
    assert found.info is not None
    assert found.info.confirmed


async def test_the_memory_store_behaves_as_the_real_one():
    store = MemoryFileStore()
    first, second = await store.upload(a_file()), await store.upload(a_file())
    assert first.identifier == second.identifier
    taken = await store.download(first.identifier)
    assert isinstance(taken, StoredFile)
    assert taken.content == a_file().content
    assert await store.download(UNKNOWN) == FileGone(UNKNOWN, FileStatus.NOT_FOUND)
    store.gone[first.identifier] = FileStatus.EXPIRED
    assert await store.download(first.identifier) == FileGone(first.identifier, FileStatus.EXPIRED)
