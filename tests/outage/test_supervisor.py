"""Nothing outlives the supervisor, and nothing half-started is left behind."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from simulators.country import temporary_installation
from simulators.supervisor import ProcessFailed, Supervisor

SUPERVISE = """
import asyncio, sys
from pathlib import Path
from simulators.supervisor import Supervisor

async def main():
    supervisor = Supervisor(Path(sys.argv[1]))
    await supervisor.start("world")
    print(supervisor.pid("world"), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"


async def test_a_part_that_cannot_start_says_why_and_leaves_nothing(tmp_path):
    async with Supervisor(tmp_path) as supervisor:
        with pytest.raises(ProcessFailed, match=r"installation\.json"):
            await supervisor.start("world")
        assert not supervisor.alive("world")


async def test_a_part_that_is_not_ready_in_time_is_ended(tmp_path):
    async with Supervisor(tmp_path) as supervisor:
        starting = asyncio.create_task(supervisor.start("world", patience=0.2))
        await asyncio.sleep(0.1)
        pid = supervisor.pid("world")
        with pytest.raises(ProcessFailed):
            await starting
        assert not supervisor.alive("world")
        assert not runs(pid)


async def test_a_part_is_not_started_twice(tmp_path):
    async with Supervisor(tmp_path) as supervisor:
        starting = asyncio.create_task(supervisor.start("world"))
        await asyncio.sleep(0.1)
        with pytest.raises(ValueError, match="runs already"):
            await supervisor.start("world")
        with pytest.raises(ProcessFailed):
            await starting


@pytest.mark.full
async def test_a_part_ends_when_its_supervisor_is_killed(database_url):
    async with temporary_installation(database_url) as installation:
        installation.save()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SUPERVISE, str(installation.folder),
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            pid = int(await asyncio.wait_for(process.stdout.readline(), 60))
            assert runs(pid)
        finally:
            process.kill()
            await process.wait()
        for _ in range(150):
            if not runs(pid):
                return
            await asyncio.sleep(0.1)
        pytest.fail("the part outlived its supervisor")
