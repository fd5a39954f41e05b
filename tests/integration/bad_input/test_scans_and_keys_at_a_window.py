"""Scans that are none and keys with which nobody here may sign: told of at a window, with what may change."""

from __future__ import annotations

import pytest

from gateway.catalogue.kinds import documents_of
from gateway.eds.codes import ROWS, Code
from gateway.eds.roles import Role
from gateway.eds.xmldsig import sign_enveloped
from gateway.flows.arm.errors import ArmCode
from gateway.scans import ScanCode
from gateway.web.forms import MIB
from gateway.web.signing import as_base64
from tests.integration.bad_input.inputs import NOT_A_PDF
from tests.integration.bad_input.windows import Bad, Tried, Try, Windows, listed
from tests.integration.flows_arm.hall import CATALOGUE, CERTIFICATE, REPRESENTATIVE, SUPPORT, scan

DOCUMENT = documents_of(CATALOGUE.service(SUPPORT), None)[0].id
NO_SCANS = (
    ("of 0 bytes", b"", "application/pdf", ScanCode.EMPTY),
    ("that is a program", NOT_A_PDF, "application/pdf", ScanCode.TYPE),
    ("that is a page of the web", b"<html><script>alert(1)</script></html>", "text/html", ScanCode.TYPE),
    ("that breaks off", scan(2)[:200], "image/tiff", ScanCode.UNREADABLE),
    ("of 16 MB", b"%PDF-1.7\n" + b"%" * 16 * MIB, "application/pdf", ScanCode.TOO_LARGE),
)
FIXED = frozenset({"application", "event"})
"""What an attempt to fix an application with a key that does not fit leaves: the judged certificate, and its note."""


def added(content: bytes, media_type: str) -> Tried:
    async def tried(windows: Windows) -> Try:
        number = await windows.hall.asked(await windows.operator(), SUPPORT)
        file = ("scan.pdf", content, media_type)
        page = f"/intakes/{number}/documents"
        return Try(page, page, {"do": f"add:{DOCUMENT}", f"file_{DOCUMENT}": file})

    return tried


def replaced(content: bytes, media_type: str) -> Tried:
    """A good page stands there, and is to be scanned anew."""

    async def tried(windows: Windows) -> Try:
        operator, flow = await windows.operator(), windows.hall.rooms.flow
        number = await windows.hall.asked(operator, SUPPORT)
        await flow.scan(operator, number, DOCUMENT, name="1.tiff", media_type="image/tiff", content=scan())
        (page,) = (await flow.intake(operator, number)).pages[DOCUMENT]
        address, mark = f"/intakes/{number}/documents", f"{DOCUMENT}:1:{page.sha256}"
        file = ("scan.pdf", content, media_type)
        return Try(address, address, {"do": f"replace:{mark}", f"page_{DOCUMENT}_1": file})

    return tried


def chosen(verdict: Code, **key: object) -> Tried:
    """A certificate is chosen; without `key` it is the operator's own, of which the НУЦ says the verdict."""

    async def tried(windows: Windows) -> Try:
        operator = await windows.operator()
        number = await windows.hall.with_documents(operator, CERTIFICATE)
        windows.hall.trust.code = Code.OK if key else verdict
        certificate = windows.hall.key(operator, **key).certificate.pem
        page = f"/intakes/{number}/certificate"
        return Try(page, page, {"certificate": certificate}, verdict=verdict)

    return tried


def signed(verdict: Code) -> Tried:
    """The certificate was good when it was chosen."""

    async def tried(windows: Windows) -> Try:
        windows.hall.trust.code = Code.OK
        operator = await windows.operator()
        number = await windows.hall.ready(operator, CERTIFICATE)
        windows.hall.trust.code = verdict
        page = f"/intakes/{number}/sign"
        return Try(page, page, {"signed": as_base64(await windows.hall.signed(operator, number))}, verdict=verdict)

    return tried


async def signed_by_another(windows: Windows) -> Try:
    """Not with the certificate that was chosen."""
    operator = await windows.operator()
    number = await windows.hall.ready(operator, CERTIFICATE)
    other = windows.hall.key(operator, label="another key of the operator")
    page, document = f"/intakes/{number}/sign", await windows.hall.signed(operator, number, other)
    return Try(page, page, {"signed": as_base64(document)}, verdict=Code.NOT_THE_CHOSEN_CERTIFICATE)


async def signed_of_another(windows: Windows) -> Try:
    """What was signed is another application."""
    operator = await windows.operator()
    number, other = [await windows.hall.ready(operator, CERTIFICATE) for _ in range(2)]
    view = await windows.hall.rooms.flow.intake(operator, other)
    assert view.application.draft is not None
    page, document = f"/intakes/{number}/sign", sign_enveloped(view.application.draft, windows.hall.key(operator))
    return Try(page, page, {"signed": as_base64(document)}, verdict=Code.DOCUMENT_NOT_AS_SHOWN)


WITHOUT_BIN = {"bin": None, "roles": (Role.INDIVIDUAL,)}
KEYS = (
    Bad("expired", chosen(Code.CERTIFICATE_EXPIRED), 400, ArmCode.CERTIFICATE_NOT_FIT, FIXED),
    Bad("revoked", chosen(Code.CERTIFICATE_REVOKED), 400, ArmCode.CERTIFICATE_NOT_FIT, FIXED),
    Bad("of unknown status", chosen(Code.REVOCATION_UNAVAILABLE), 400, ArmCode.CERTIFICATE_NOT_FIT, FIXED),
    Bad(
        "another person's",
        chosen(Code.SIGNER_NOT_IIN, iin=str(REPRESENTATIVE)),
        400,
        ArmCode.CERTIFICATE_NOT_FIT,
        FIXED,
    ),
    Bad("without a BIN", chosen(Code.SIGNER_NOT_BIN, **WITHOUT_BIN), 400, ArmCode.CERTIFICATE_NOT_FIT, FIXED),
    Bad("another BIN's", chosen(Code.SIGNER_NOT_BIN, bin="760440000999"), 400, ArmCode.CERTIFICATE_NOT_FIT, FIXED),
    Bad("expired since the choice", signed(Code.CERTIFICATE_EXPIRED), 409, ArmCode.CERTIFICATE_NOT_FIT, FIXED),
    Bad("revoked since the choice", signed(Code.CERTIFICATE_REVOKED), 409, ArmCode.CERTIFICATE_NOT_FIT, FIXED),
    Bad("another key than the chosen", signed_by_another, 400, ArmCode.SIGNED_DOCUMENT),
    Bad("over another application", signed_of_another, 400, ArmCode.SIGNED_DOCUMENT),
)
SCANS = (
    *(Bad(f"a scan {what}", added(content, kind), 400, code) for what, content, kind, code in NO_SCANS),
    *(Bad(f"anew, a scan {what}", replaced(content, kind), 400, code) for what, content, kind, code in NO_SCANS),
)
IN_THE_SAMPLE = ("a scan of 0 bytes", "expired")


@pytest.mark.parametrize("bad", listed(*SCANS, sample=IN_THE_SAMPLE))
async def test_a_scan_that_is_none_is_told_of_and_changes_nothing(windows: Windows, bad: Bad) -> None:
    await windows.refuses(bad)


@pytest.mark.parametrize("bad", listed(*KEYS, sample=IN_THE_SAMPLE))
async def test_a_key_that_does_not_fit_sends_nothing(windows: Windows, bad: Bad) -> None:
    await windows.refuses(bad)


@pytest.mark.full
@pytest.mark.parametrize("verdict", [Code.CERTIFICATE_EXPIRED, Code.CERTIFICATE_REVOKED])
async def test_the_certificate_of_the_shift_is_judged_anew_with_each_application(
    windows: Windows, verdict: Code
) -> None:
    operator = await windows.operator()
    window = await windows.window(operator)
    first = await windows.hall.with_documents(operator, CERTIFICATE)
    await window.get(f"/intakes/{first}/documents")
    await window.go(first)
    await window.sign(first)
    assert window.path == f"/intakes/{first}/accepted"
    second = await windows.hall.with_documents(operator, CERTIFICATE)
    windows.hall.trust.code = verdict
    await window.get(f"/intakes/{second}/documents")
    page = await window.go(second)
    assert window.path == f"/intakes/{second}/certificate"
    assert ROWS[verdict].text.kk in page
    assert windows.hall.sent.sent == [first]
