"""`python -m bench`: raise the country, measure, print."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import warnings

import aiohttp
import asyncpg

from bench import crl, report, signatures, starts
from bench.applicants import Applicants
from bench.applications import Applications
from bench.parts import start
from bench.submission import Bench
from simulators.country import temporary_installation
from simulators.participants import write_settings


async def _run(submissions: int) -> None:
    report.imports(await asyncio.to_thread(starts.imports))
    async with temporary_installation() as installation:
        installation.save()
        await write_settings(installation)
        async with contextlib.AsyncExitStack() as stack:
            for name in ("world", "shep"):
                part = await start(name, installation.folder)
                stack.push_async_callback(part.stop)
            http = await stack.enter_async_context(aiohttp.ClientSession())
            url = await installation.database_url("channels")
            channels = await asyncpg.connect(url, server_settings={"search_path": "channels"})
            stack.push_async_callback(channels.close)
            applicants = Applicants(installation, http, channels)
            bench = Bench(installation, applicants, Applications(installation, channels))
            report.submission(await bench.measure(submissions))
            report.stalls(await bench.stalls(submissions), submissions)
        report.started(await starts.start_again(installation))


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--submissions", type=int, default=40, help="how many are measured in each way (40)")
    parser.add_argument("--only", choices=["crl", "signatures", "submissions"], help="measure this alone")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    wanted = {given.only} if given.only else {"crl", "signatures", "submissions"}
    report.machine()
    if "signatures" in wanted:
        report.signatures(asyncio.run(signatures.measure()))
    if "crl" in wanted:
        crl.show(crl.measure())
    if "submissions" in wanted:
        asyncio.run(_run(given.submissions))


if __name__ == "__main__":
    main()
