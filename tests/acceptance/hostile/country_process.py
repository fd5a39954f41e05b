"""The whole country as one process of its own: `python country_process.py ADMIN_URL`.

It says where it lives as a line of JSON on its standard output, logs to its standard error as the parts of `qyzmet up`
do, and ends when its standard input closes. A process of its own, so that tests see what an attacker sees: answers,
memory, logs.
"""

from __future__ import annotations

import asyncio
import json
import sys

import uvloop

from gateway.web.logs import configure_logs
from simulators.country import country, temporary_installation


async def _run(admin_url: str) -> None:
    async with temporary_installation(admin_url) as installation, country(installation):
        installation.save()
        sys.stdout.write(json.dumps({"folder": str(installation.folder)}) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    configure_logs(sys.stderr)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_run(sys.argv[1]))
