"""A participant's door in a process of its own, so that its memory can be measured; says its port when it serves.

The argument, if any, is how many bytes of bodies it holds at once.
"""

import asyncio
import sys

from aiohttp import web

from gateway.clock import RealClock
from gateway.serving import BoundedRunner, Bounds
from gateway.shep.door import MOST_BYTES_AT_ONCE, Bodies
from gateway.shep.participant import Participant, SyncReply
from tests.unit.shep.pki import checker, key_of


async def _answer(_question, _sender):
    return SyncReply(None)


async def main():
    clock = RealClock()
    most = int(sys.argv[1]) if len(sys.argv) > 1 else MOST_BYTES_AT_ONCE
    participant = Participant(
        gateways={"shep": [key_of("SHEP").certificate]},
        key=key_of("DESK"),
        checker=checker(clock),
        clock=clock,
        services={"SERVICE_ONE": _answer},
        bodies=Bodies(most),
    )
    app = web.Application()
    app.add_routes(participant.routes())
    runner = BoundedRunner(app, bounds=Bounds(lingering_seconds=2), shutdown_seconds=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
