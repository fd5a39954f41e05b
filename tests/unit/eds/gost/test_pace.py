import threading

from gateway.eds.algorithms import GOST_2004_34311, GOST_2015_512_STREEBOG, GOST_2015_KEY, RSA_SHA256
from gateway.eds.gost import backends
from gateway.eds.gost.pace import at_its_pace, takes_long

GOST = (GOST_2015_512_STREEBOG.oid, GOST_2004_34311.oid, GOST_2015_KEY)


async def test_python_does_gost_beside_the_event_loop_and_nothing_else_goes_there():
    here = threading.get_ident()
    with backends.using(hashes="python", verifier="python"):
        assert takes_long()
        for algorithm in GOST:
            assert await at_its_pace(algorithm, threading.get_ident) != here
        assert await at_its_pace(RSA_SHA256.oid, threading.get_ident) == here


async def test_what_a_thread_works_with_is_what_was_chosen():
    with backends.using(hashes="python", verifier="python") as chosen:
        assert await at_its_pace(GOST[0], backends.chosen) == chosen
