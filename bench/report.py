"""What is printed: ratios first, the times they were made of beside them."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bench.catalogue_load import CatalogueLoad
from bench.desk_lists import SIZES, DeskLists
from bench.load import CONNECTIONS
from bench.scans import AT_ONCE as SCANNING
from bench.scans import Scans
from bench.signatures import Signatures
from bench.starts import BARE, MODULES, Import, Start
from bench.submission import AT_ONCE, Figure, Way
from bench.throughput import ROUNDS, Beside
from bench.watched import Stall
from bench.window_found import ACCEPTS, Phase
from bench.windows import WindowsLoad
from bench.wire import RoundTrip

_WAYS = {
    Way.MET: "the certificate was checked in this process within the minute",
    Way.NEW: "this process has never seen the certificate",
}


def machine() -> None:
    """Say when and on what this was measured."""
    load = os.getloadavg()[0]
    day = datetime.now(UTC).date()
    cores = os.cpu_count() or 1
    print(f"{day}, {cores} cores, {platform.machine()}, Python {platform.python_version()}, load {load:.1f}")
    if load > cores / 2:
        print("The machine is busy: what switches between processes costs more now, and the ratios are too high.")


def imports(found: Sequence[Import]) -> None:
    """Print what importing each part costs beside a bare web server."""
    bare = next(one.cpu for one in found if one.module == BARE)
    print(f"\nImports, as multiples of `import {BARE}` ({1000 * bare:.0f} ms CPU)")
    for one in found:
        if one.module != BARE:
            heaviest = ", ".join(f"{name} {share:.0%}" for name, share in one.heaviest)
            print(f"  {MODULES[one.module]:16} {one.cpu / bare:4.1f}  {heaviest}")


def catalogue(found: CatalogueLoad) -> None:
    """Print what reading the catalogue costs."""
    print(f"\nThe catalogue: {found.files} files, {found.bytes / 1e6:.1f} MB, CPU, the least of five")
    print(f"  load_catalogue   {found.ours:6.1f} ms")
    print(f"  YAML parser bare {found.yaml:6.1f} ms  ratio {found.ours / found.yaml:5.1f}")
    print(f"  json.loads       {found.json:6.1f} ms  ratio {found.ours / found.json:5.1f}")


def desk_lists(found: DeskLists) -> None:
    """Print what lists and searches of the desk cost with few and with many cases."""
    few, many = SIZES
    print(f"\nThe desk's lists with {few:,} and with {many:,} cases, medians in milliseconds, asked by turns")
    for one in found.lists:
        rows = " and ".join(f"{count:.3g}" for count in one.rows)
        print(f"  {one.label:42} {one.few:6.2f} {one.many:6.2f}  ratio {one.ratio:4.2f}  ({rows} rows)")
    for one in found.reports:
        rows = " and ".join(f"{count:,.0f}" for count in one.rows)
        print(f"  {one.label:42} {one.few:6.1f} {one.many:6.1f}  over {rows} applications")
    print(f"  filled in {found.filled[0]:.0f} and {found.filled[1]:.0f} s; {found.megabytes:,.0f} MB with indexes")


def stalls(found: Mapping[str, Sequence[Stall]], submissions: int) -> None:
    """Print the turns of the event loop that took the processor for more than a millisecond."""
    print("\nTurns of the channels' event loop over 1 ms of CPU (watched, which slows it), the longest places first")
    for name, ones in found.items():
        _turns(name, ones, f" in {submissions} submissions" if name == "submissions" else "")


def _turns(name: str, ones: Sequence[Stall], beside: str) -> None:
    print(f"  {name}: {len(ones)}{beside}")
    places: dict[str, list[float]] = {}
    for one in ones:
        places.setdefault(one.place, []).append(1000 * one.cpu)
    for place, taken in sorted(places.items(), key=lambda item: -max(item[1]))[:6]:
        print(f"    {max(taken):6.1f} ms at most, {len(taken):3} times  {place}")


def started(found: Start) -> None:
    """Print the second start."""
    print(f"\nSecond start of all parts, in the order of `make up`: {found.total:.1f} s")
    for name, (seconds, cpu) in found.parts.items():
        print(f"  {name:10} ready after {seconds:4.1f} s, {cpu:4.1f} s CPU")
    print(f"  first page of the portal {found.first_page:.0f} ms, later ones {found.later_page:.0f} ms")


def submission(figures: Sequence[Figure]) -> None:
    """Print the cost of one portal submission beside its floor."""
    print("\nOne portal submission, from the POST of the signed application to its hand-over to ЭҮШ")
    for figure in figures:
        alone = figure.alone
        print(f"\n  {_WAYS[figure.way]}")
        print(
            f"    gateway {alone.milliseconds:6.2f} ms CPU  (of which idling {alone.idle_milliseconds:.2f};"
            f" {alone.submissions} one after another, {min(alone.chunks):.2f} to {max(alone.chunks):.2f})"
        )
        if figure.together is not None:
            together = figure.together
            print(
                f"    gateway {together.milliseconds:6.2f} ms CPU  (of which idling {together.idle_milliseconds:.2f};"
                f" {AT_ONCE} at once, {together.submissions / together.seconds:.0f} a second)"
            )
        print(f"    floor   {figure.floor:6.2f} ms CPU  (with the XML parsed too: {figure.floor + figure.parsing:.2f})")
        print(f"    ratio   {figure.ratio:6.1f}")
        for count in figure.counts:
            print(f"      {count.label:34} {count.done:5.1f} done, {count.distinct:5.1f} needed")


def round_trip(found: RoundTrip) -> None:
    """Print what one question through ЭҮШ costs its client."""
    print("\nOne question to ГБД ФЛ through ЭҮШ and back, the client's process on one core (medians)")
    print(f"  client  {found.ask:6.2f} ms CPU")
    print(f"  floor   {found.floor:6.2f} ms CPU  (and a bare HTTP exchange of the same size: {found.exchange:.2f})")
    print(f"  ratio   {found.ratio:6.2f}  (with the bare exchange in the floor: {found.ratio_with_exchange:.2f})")
    for label, number in Counter(one.label for one in found.operations).items():
        print(f"    {label:34} {number}")


def throughput(found: Beside) -> None:
    """Print how many unsigned questions a second are answered, beside WireMock."""
    print(
        f"\nUnsigned questions over {CONNECTIONS} connections, {found.size} bytes an answer, medians of {ROUNDS} rounds"
    )
    other = found.wiremock
    for one in (*found.ours, *([] if other is None else [other])):
        share = "" if other is None or one is other else f"  of WireMock's {one.a_second / other.a_second:.2f}"
        print(
            f"  {one.label:36} {one.a_second:6.0f} a second, half within {one.wait(0.5):5.1f} ms,"
            f" 95% within {one.wait(0.95):5.1f} ms, {one.cpu:5.2f} ms CPU each{share}"
        )
    if other is None:
        print(f"  WireMock is passed over: {found.absent}")


def attachment(found: Mapping[str, float]) -> None:
    """Print how much memory an attachment takes at its peak."""
    print("\nPeak memory of one attachment, as multiples of its size")
    for label, ratio in found.items():
        print(f"  {label:50} {ratio:5.2f}")


def signatures(found: Signatures) -> None:
    """Print what a check of a signed document costs."""
    print(
        f"\nOne enveloped signature over a document of {found.document} bytes, revocation cached (microseconds of CPU)"
    )
    for cost in found.costs:
        print(
            f"  {cost.label:50} {cost.ours:8.0f}  floor {cost.floor:8.0f}  ratio {cost.ratio:5.2f}"
            f"  (floor with parsing {cost.floor + cost.parsing:.0f}, ratio {cost.ratio_with_parsing:.2f})"
        )
    own = found.costs[0].ours
    for name, value in found.peers.items():
        print(f"  the same RSA document by {name:25} {value:8.0f}  of ours {value / own:5.2f} (no path, no revocation)")
    for name, value in found.gost.items():
        print(f"  GOST-2015, {name:45} {value:8.0f}")
    flat = found.flat
    print(
        f"  10,000 signers in a row: first tenth {flat.first:.0f}, last tenth {flat.last:.0f}"
        f" (ratio {flat.last / flat.first:.2f}), {flat.megabytes:.1f} MB grown in the second half"
    )


def scans(found: Scans) -> None:
    """Print what reading, showing and combining scans costs."""
    print(f"\nScans, A4 at 300 dpi, {found.processes} processes that read; medians in milliseconds, by turns")
    for one in found.jobs:
        print(
            f"  {one.label:40} {one.megabytes:5.1f} MB {one.ours:7.1f}  floor {one.floor:7.1f} ({one.floor_label})"
            f"  ratio {one.ratio:5.2f}"
        )
        print(
            f"  {'':40} {SCANNING * 2} at once: {one.throughput:6.1f} pages a second,"
            f" {one.throughput / one.floor_throughput:5.2f} of the bare loop on one core"
        )
    print(
        f"  a process takes its first scan after {found.start:.0f} ms, holds {found.resident:.0f} MB then"
        f" and {found.peak:.0f} MB at most"
    )


def windows(found: WindowsLoad) -> None:
    """Print how long the State Corporation's windows wait alone and all together, and what became of their work."""
    size, seen = found.size, found.found
    print(
        f"\n{size.windows} windows, an intake every {size.period:g} s at each, over {size.seconds:g} s after a ramp of"
        f" {size.period:g} s; idle: {size.alone} intakes one after another. Waits in milliseconds"
    )
    alone, work = seen.waits(Phase.ALONE, ACCEPTS), seen.waits(Phase.WORK, ACCEPTS)
    print(f"  acceptance, idle   {len(alone):6} half within {alone.of(0.5):6.0f}, 95% within {alone.of(0.95):6.0f}")
    print(f"  acceptance, loaded {len(work):6} half within {work.of(0.5):6.0f}, 95% within {work.of(0.95):6.0f}")
    print(
        f"  ratio {found.ratio:5.1f}  (95% loaded to half idle; to 95% idle {work.of(0.95) / alone.of(0.95):.1f},"
        f" half to half {work.of(0.5) / alone.of(0.5):.1f})"
    )
    requests = seen.waits(Phase.WORK)
    print(
        f"  accepted in all {len(seen.numbers)}, failed {len(seen.errors)}, at the desk never {len(found.lost)}, more"
        f" than once {len(found.again)}; {len(seen.late)} begun over a second late, {max(seen.late, default=0):.1f} s"
        " at most"
    )
    print(
        f"  from the acceptance to the desk half within {found.to_desk.of(0.5):.0f}, 95% within"
        f" {found.to_desk.of(0.95):.0f}"
    )
    a_second = len(requests) / size.seconds
    print(f"  {a_second:.0f} requests a second, 95% within {requests.of(0.95):.0f}; the slowest kinds")
    for label in seen.labels()[:12]:
        idle, loaded = seen.waits(Phase.ALONE, label), seen.waits(Phase.WORK, label)
        print(
            f"    {label:42} {len(loaded):6} half {loaded.of(0.5):6.0f}, 95% {loaded.of(0.95):6.0f}"
            f"  (idle {idle.of(0.5):5.0f}, {idle.of(0.95):5.0f})"
        )
    cores = (f"{name} {one:.2f} ({found.at_rest.get(name, 0):.2f})" for name, one in found.cpu.items())
    print(f"  cores taken, at rest in brackets: {', '.join(cores)}; in all {sum(found.cpu.values()):.2f}")
    of_one = (f"{name} {1000 * one:.0f}" for name, one in found.of_one.items())
    print(f"  CPU of one intake alone: {', '.join(of_one)}; in all {1000 * sum(found.of_one.values()):.0f} ms")
    _turns(
        "turns of the channels' event loop over 1 ms of CPU (watched)", found.stalls, f" in {found.stalled_in} intakes"
    )
    for problem in found.problems[:10]:
        print(f"  WRONG: {problem}")
