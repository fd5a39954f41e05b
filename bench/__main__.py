"""`python -m bench`: raise the country, measure, print."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import warnings

import aiohttp
import asyncpg
import uvloop

from bench import catalogue_load, crl, desk_lists, report, scans, signatures, starts, throughput, windows, wire
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


def _wire() -> None:
    report.round_trip(asyncio.run(wire.measure()))
    report.throughput(uvloop.run(throughput.measure()))
    try:
        from bench import attachment
    except ImportError:
        print("\nAn attachment's memory: bench/attachment.py is not here")
    else:
        report.attachment(asyncio.run(attachment.measure()))


_PARTS = ("catalogue", "crl", "desk-lists", "scans", "signatures", "submissions", "windows", "wire")


def main() -> None:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--submissions", type=int, default=40, help="how many are measured in each way (40)")
    parser.add_argument("--only", choices=_PARTS, help="measure this alone")
    size = windows.Size()
    parser.add_argument("--windows", type=int, default=size.windows, help=f"how many windows work ({size.windows})")
    parser.add_argument(
        "--period", type=float, default=size.period, help=f"seconds from intake to intake at a window ({size.period:g})"
    )
    parser.add_argument(
        "--seconds", type=float, default=size.seconds, help=f"how long the windows' work is measured ({size.seconds:g})"
    )
    parser.add_argument(
        "--alone", type=int, default=size.alone, help=f"how many intakes are done one after another ({size.alone})"
    )
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    wanted = {given.only} if given.only else set(_PARTS)
    report.machine()
    if "catalogue" in wanted:
        report.catalogue(catalogue_load.measure())
    if "desk-lists" in wanted:
        report.desk_lists(asyncio.run(desk_lists.measure()))
    if "scans" in wanted:
        report.scans(asyncio.run(scans.measure()))
    if "signatures" in wanted:
        report.signatures(asyncio.run(signatures.measure()))
    if "crl" in wanted:
        crl.show(crl.measure())
    if "submissions" in wanted:
        asyncio.run(_run(given.submissions))
    if "wire" in wanted:
        _wire()
    if "windows" in wanted:
        size = windows.Size(given.windows, given.seconds, given.period, given.alone)
        found = asyncio.run(windows.measure(size))
        report.windows(found)
        if found.problems:
            sys.exit(1)


if __name__ == "__main__":
    main()
