"""`qyzmet walk` as a newcomer or a program calls it: a process of its own with its temporary country."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

PATIENCE = 120


async def qyzmet(*words, database_url):
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name("qyzmet")), *words,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"QYZMET_DATABASE_URL": database_url},
    )  # fmt: skip
    try:
        out, errors = await asyncio.wait_for(process.communicate(), PATIENCE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode, out.decode(), errors.decode()


@pytest.mark.full
async def test_a_program_gets_the_trail_with_flow_kind_number_and_outcome(database_url):
    status, out, errors = await qyzmet(
        "walk", "--channel", "portal", "--service", "unemployed-certificate", "--json", database_url=database_url
    )
    assert status == 0, errors
    told = json.loads(out)
    assert told["matches"]
    assert told["state"] == "issued"
    assert told["verification"]["verdict"] == "valid"
    steps = [(one["flow"], one["kind"], one["number"], one["outcome"]) for one in told["trail"]]
    assert steps[0] == ("portal", "process", 1, "done")
    assert steps[-1] == ("portal", "process", 8, "done")
    assert told["walked"] == told["expected"]


@pytest.mark.full
async def test_a_person_sees_the_trail_and_the_verdict(database_url):
    status, out, errors = await qyzmet(
        "walk", "--service", "unemployed-certificate", "--fail", "condition-3:absent", database_url=database_url
    )
    assert status == 0, errors
    assert "condition 3   failed" in out
    assert "process 7   done" in out
    assert "the trail matches the act" in out
    assert "the document (refused): valid" in out


@pytest.mark.full
async def test_wrong_usage_raises_nothing_and_ends_with_64(database_url):
    status, out, errors = await qyzmet("walk", database_url=database_url)
    assert (status, out) == (64, "")
    assert "--service" in errors
