"""The files that NCANode's own tests check, asked over its contract here.

They are reference data outside the repository; without them these tests are skipped.
"""

import base64
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.clock import ManualClock
from gateway.eds.certificate import read_certificate
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.trust import Anchors
from gateway.web.checks.judging import Checkers, Checks

SHARED = Path(os.environ.get("QYZMET_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FOLDER = SHARED / "protocols" / "nca"
AUTHORITIES = ("ncanode/nca_gost2015_test.cer", "ncanode/nca_gost_test.crt", "ncanode/nca_rsa_test.crt")
SIGNED = [
    ("/xml/verify", "ncanode_xml/xmlservice_0.xml", 1),
    ("/wsse/verify", "ncanode_xml/wsse_1.xml", 1),
    ("/cms/verify", "ncanode_cms/cmsint_0.der", 1),
    ("/cms/verify", "ncanode_cms/signed_cms_one_signer.der", 1),
]

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real material is not here (QYZMET_SHARED)")


@pytest.fixture
async def ask(site):
    """Ask a site whose clock stands where the signers' certificates held; their responders are no more."""
    clock, nobody = ManualClock(datetime(2021, 6, 1, tzinfo=UTC)), MemoryFetcher()
    anchors = Anchors.of([read_certificate((FOLDER / name).read_bytes()) for name in AUTHORITIES])
    checkers = Checkers.over(anchors, RevocationChecker(nobody, clock), nobody, clock)
    client = await site(Checks(checkers, clock, always_ask=False))

    async def post(path, data, **more):
        field = {"cms": base64.b64encode(data).decode()} if path == "/cms/verify" else {"xml": data.decode()}
        response = await client.post(path, json=field | more)
        return await response.json()

    return post


@pytest.mark.parametrize(("path", "name", "signers"), SIGNED)
async def test_what_ncanode_calls_valid_is_valid_and_with_revocation_asked_undetermined(ask, path, name, signers):
    data = (FOLDER / name).read_bytes()
    answer = await ask(path, data)
    assert (answer["valid"], len(answer["signers"])) == (True, signers)
    told = answer["signers"][0]
    info = told["certificates"][0] if path == "/cms/verify" else told
    assert info["subject"]["iin"] == "123456789011"
    assert info["subject"]["dn"].endswith("SERIALNUMBER=IIN123456789011, SURNAME=ТЕСТОВ, CN=ТЕСТОВ ТЕСТ")
    answer = await ask(path, data, revocationCheck=["OCSP"])
    assert (answer["valid"], answer["verdict"]) == (False, "undetermined")


@pytest.mark.parametrize(("path", "name", "signers"), SIGNED)
async def test_with_one_letter_changed_it_is_not_valid(ask, path, name, signers):
    data = (FOLDER / name).read_bytes()
    marks = (b"lol_kek", b"<b>test</b>", b"Body", b"test", b"data")
    place = next(data.index(mark) + 1 for mark in marks if mark in data)
    changed = data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]
    answer = await ask(path, changed)
    assert answer.get("valid", False) is False
