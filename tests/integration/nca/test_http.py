"""The НУЦ over HTTP: statuses through OCSP and both lists, faults, downloads, and bad input that changes nothing."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from asn1crypto import core, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509 import ocsp
from yarl import URL

from gateway.clock import ManualClock
from gateway.identity.numbers import Bin, Iin
from gateway.store import Store
from simulators.nca import Fault, Holder, Reason, Service, Subject
from simulators.nca.ledger import AuthorityName, Issuer
from simulators.nca.profile import DeltaNumbering
from simulators.nca.publication import Publication

AIGUL = Subject.person(surname="Әбенова", name="Айгүл", patronymic="Қанатқызы", iin=Iin("900101200010"))
SYSTEM = Subject(common_name="QYZMET DESK", organisation="Жұмыспен қамту бөлімі", bin=Bin("740140000016"))
RSA_ISSUING = Issuer("rsa", AuthorityName.ISSUING)
OCSP_REQUEST = {"Content-Type": "application/ocsp-request"}
TSP_REQUEST = {"Content-Type": "application/timestamp-query"}


def ocsp_request(nca: Any, certificate: bytes, nonce: bytes = b"\x05" * 8) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        x509.load_der_x509_certificate(certificate),
        x509.load_der_x509_certificate(nca.authority.chains["rsa"].issuing.certificate),
        SHA256(),
    )
    return builder.add_extension(x509.OCSPNonce(nonce), critical=False).build().public_bytes(Encoding.DER)


async def ocsp_answer(nca: Any, certificate: bytes) -> ocsp.OCSPResponse:
    request = ocsp_request(nca, certificate)
    async with nca.http.post(f"{nca.url}/ocsp", data=request, headers=OCSP_REQUEST) as answer:
        assert answer.status == 200
        assert answer.content_type == "application/ocsp-response"
        return ocsp.load_der_ocsp_response(await answer.read())


async def crl(nca: Any, name: str) -> x509.CertificateRevocationList:
    async with nca.http.get(f"{nca.url}/crl/{name}.crl") as answer:
        assert answer.status == 200
        assert answer.content_type == "application/pkix-crl"
        return x509.load_der_x509_crl(await answer.read())


async def on_list(nca: Any, name: str, serial: str) -> str | None:
    """The reason with which a certificate stands on a list; None when it does not."""
    entry = (await crl(nca, name)).get_revoked_certificate_by_serial_number(int(serial, 16))
    if entry is None:
        return None
    try:
        return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason.value
    except x509.ExtensionNotFound:
        return "unspecified"


async def admin(nca: Any, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    async with nca.http.request(method, f"{nca.url}/admin/{path}", json=body) as answer:
        return answer.status, await answer.json()


async def seen(nca: Any, certificate: bytes, serial: str) -> tuple[str, str | None, str | None]:
    """What OCSP, the full list and the delta list say."""
    status = (await ocsp_answer(nca, certificate)).certificate_status.name
    return status, await on_list(nca, "nca_rsa", serial), await on_list(nca, "nca_d_rsa", serial)


async def test_every_change_of_a_status_is_seen_through_ocsp_and_both_lists(nca: Any, clock: ManualClock) -> None:
    await crl(nca, "nca_rsa")  # the base, before anything has changed
    issued = await nca.authority.issue("individual-sign", AIGUL, chain="rsa")
    path = f"certificates/{issued.serial}"
    assert await seen(nca, issued.certificate, issued.serial) == ("GOOD", None, None)

    status, body = await admin(nca, "POST", f"{path}/hold", {})
    assert (status, body["certificate"]["status"]) == (200, "hold")
    held = ("REVOKED", "certificateHold", "certificateHold")
    assert await seen(nca, issued.certificate, issued.serial) == held

    clock.advance(timedelta(minutes=1))
    assert (await admin(nca, "POST", f"{path}/unhold", {}))[0] == 200
    assert await seen(nca, issued.certificate, issued.serial) == ("GOOD", None, "removeFromCRL")

    clock.advance(timedelta(minutes=1))
    assert (await admin(nca, "POST", f"{path}/revoke", {"reason": "key_compromise"}))[0] == 200
    gone = ("REVOKED", "keyCompromise", "keyCompromise")
    assert await seen(nca, issued.certificate, issued.serial) == gone
    answer = await ocsp_answer(nca, issued.certificate)
    assert answer.revocation_time_utc == clock.now()

    status, body = await admin(nca, "POST", f"{path}/unhold", {})
    assert (status, body["error"]["code"]) == (409, "status-refused")
    assert await seen(nca, issued.certificate, issued.serial) == gone


async def test_an_expired_certificate_is_good_by_status_and_over_by_date_and_its_forerunner_revoked(
    nca: Any, clock: ManualClock
) -> None:
    await nca.authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    before = await nca.authority.holders.key_store("aigul", "sign")
    status, body = await admin(nca, "POST", f"certificates/{before.serial}/expire", {})
    assert status == 200
    assert datetime.fromisoformat(body["certificate"]["not_after"]) < clock.now()
    after = await nca.authority.holders.key_store("aigul", "sign")
    assert after.serial == body["certificate"]["serial"]
    assert await seen(nca, after.certificate, after.serial) == ("GOOD", None, None)
    assert (await seen(nca, before.certificate, before.serial))[:2] == ("REVOKED", "superseded")


async def test_a_revoked_certificate_leaves_the_lists_after_it_has_run_out(nca: Any, clock: ManualClock) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL, chain="rsa")
    await nca.authority.revoke(issued.serial, Reason.SUPERSEDED)
    clock.advance(timedelta(days=365, hours=1))
    assert await on_list(nca, "nca_rsa", issued.serial) == "superseded"
    clock.advance(timedelta(days=3))
    assert await on_list(nca, "nca_rsa", issued.serial) is None
    assert (await ocsp_answer(nca, issued.certificate)).certificate_status.name == "REVOKED"


async def test_lists_are_numbered_upwards_and_deltas_name_their_base(nca: Any, clock: ManualClock) -> None:
    def numbers(found: x509.CertificateRevocationList) -> int:
        return found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number

    def base(found: x509.CertificateRevocationList) -> int:
        extension = found.extensions.get_extension_for_class(x509.DeltaCRLIndicator)
        assert extension.critical
        return extension.value.crl_number

    assert numbers(await crl(nca, "nca_rsa")) == numbers(await crl(nca, "nca_rsa")) == 1
    issued = await nca.authority.issue("individual-sign", AIGUL, chain="rsa")
    await nca.authority.revoke(issued.serial)
    delta = await crl(nca, "nca_d_rsa")
    assert (numbers(delta), base(delta), len(delta)) == (2, 1, 1)
    clock.advance(timedelta(days=1, hours=1))
    full, delta = await crl(nca, "nca_rsa"), await crl(nca, "nca_d_rsa")
    assert (numbers(full), numbers(delta), base(delta), len(delta)) == (3, 3, 3, 0)
    assert full.next_update_utc - full.last_update_utc == timedelta(days=180)
    clock.advance(timedelta(days=-10))
    assert (await crl(nca, "nca_rsa")).last_update_utc == clock.now()
    root = await crl(nca, "root_rsa")
    assert len(root) == 0
    status, body = await admin(nca, "POST", "crl", {})
    assert (status, body["numbers"]["rsa"]) == (200, numbers(await crl(nca, "nca_rsa")))


async def test_the_responders_certificate_is_renewed_when_the_clock_has_left_it(nca: Any, clock: ManualClock) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL, chain="rsa")
    for days in (800, -1500):
        clock.advance(timedelta(days=days))
        (responder,) = (await ocsp_answer(nca, issued.certificate)).certificates
        assert responder.not_valid_before_utc <= clock.now() < responder.not_valid_after_utc


async def test_ocsp_answers_get_as_it_answers_post(nca: Any) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL, chain="rsa")
    for nonce in (b"\xff" * 8, b"\xfb\xef\xbe" * 3, b"\x01" * 8):  # base64 with /, + and plain letters
        text = base64.b64encode(ocsp_request(nca, issued.certificate, nonce)).decode()
        quoted = text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")
        for form in (text, quoted):
            async with nca.http.get(URL(f"{nca.url}/ocsp/{form}", encoded=True)) as answer:
                assert answer.status == 200
                response = ocsp.load_der_ocsp_response(await answer.read())
        assert response.certificate_status is ocsp.OCSPCertStatus.GOOD
        assert response.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == nonce


@pytest.mark.parametrize("garbage", [b"", b"\x30", b"<xml/>", b"\x30\x82\xff\xff", b"\x30\x0c" * 5000])
async def test_garbage_is_answered_in_the_words_of_its_protocol(nca: Any, garbage: bytes) -> None:
    async with nca.http.post(f"{nca.url}/ocsp", data=garbage, headers=OCSP_REQUEST) as answer:
        assert answer.status == 200
        response = ocsp.load_der_ocsp_response(await answer.read())
        assert response.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    async with nca.http.post(f"{nca.url}/tsp", data=garbage[:4000], headers=TSP_REQUEST) as answer:
        assert answer.status == 200
        status = core.SequenceOf.load(await answer.read(), spec=core.Any)[0].parse(tsp.PKIStatusInfo)
        assert status["status"].native == "rejection"


async def test_wrong_types_sizes_and_names_are_refused(nca: Any) -> None:
    for path, limit, headers in (("ocsp", 16 * 1024, OCSP_REQUEST), ("tsp", 4 * 1024, TSP_REQUEST)):
        async with nca.http.post(f"{nca.url}/{path}", data=b"x") as answer:
            assert answer.status == 415
        async with nca.http.post(f"{nca.url}/{path}", data=bytes(limit + 1), headers=headers) as answer:
            assert answer.status == 413

        async def endless(limit: int = limit) -> Any:
            for _ in range(limit):
                yield bytes(1024)

        async with nca.http.post(f"{nca.url}/{path}", data=endless(), headers=headers) as answer:
            assert answer.status == 413
    for path in ("crl/other.crl", "cert/other.cer", "crl/../admin/faults.crl", "ocsp"):
        async with nca.http.get(f"{nca.url}/{path}") as answer:
            assert answer.status in (404, 405)


async def test_certificates_of_the_authorities_are_handed_out(nca: Any) -> None:
    for name, certificate in nca.authority.ca_files().items():
        async with nca.http.get(f"{nca.url}/cert/{name}.cer") as answer:
            assert answer.content_type == "application/pkix-cert"
            assert await answer.read() == certificate


async def test_people_download_their_keys_and_systems_keys_are_not_handed_out(nca: Any) -> None:
    await nca.authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    await nca.authority.holders.enrol(Holder("desk", "system", SYSTEM, "secret", published=False))
    for path, usage in (("aigul.p12", "content_commitment"), ("aigul.auth.p12", "key_encipherment")):
        async with nca.http.get(f"{nca.url}/people/{path}") as answer:
            assert answer.status == 200
            assert answer.content_type == "application/x-pkcs12"
            _, certificate, _ = load_key_and_certificates(await answer.read(), b"Qwerty12")
        assert certificate is not None
        assert getattr(certificate.extensions.get_extension_for_class(x509.KeyUsage).value, usage)
    for path in ("desk.p12", "desk.sign.p12", "nobody.p12", "aigul.server.p12"):
        async with nca.http.get(f"{nca.url}/people/{path}") as answer:
            assert answer.status == 404
            assert (await answer.json())["error"]["code"] in ("unknown-holder", "unknown-purpose")
    async with nca.http.get(f"{nca.url}/people") as answer:
        (person,) = (await answer.json())["people"]
    assert person["files"]["sign"] == f"{nca.url}/people/aigul.sign.p12"
    assert "password" not in json.dumps(person)


async def test_the_one_gost_key_is_downloaded_under_either_purpose(nca: Any) -> None:
    await nca.authority.holders.enrol(Holder("umit", "individual", AIGUL, "Qwerty12"))
    bodies = set()
    for path in ("umit.p12", "umit.sign.p12", "umit.auth.p12"):
        async with nca.http.get(f"{nca.url}/people/{path}") as answer:
            assert answer.status == 200
            assert 'filename="GOST512_' in answer.headers["Content-Disposition"]
            bodies.add(await answer.read())
    assert len(bodies) == 1
    async with nca.http.get(f"{nca.url}/people") as answer:
        (person,) = (await answer.json())["people"]
    assert (person["chain"], person["algorithm"], list(person["files"])) == ("gost", "gost", ["sign"])


async def test_a_tester_chooses_the_chain_of_a_holder_and_of_a_certificate(nca: Any) -> None:
    body = {"id": "aigul", "kind": "individual", "subject": AIGUL.to_json(), "password": "Qwerty12"}
    assert (await admin(nca, "POST", "people", body))[1] == {"id": "aigul", "chain": "gost", "purposes": ["sign"]}
    said = (await admin(nca, "POST", "people", body | {"chain": "rsa"}))[1]
    assert said == {"id": "aigul", "chain": "rsa", "purposes": ["sign", "auth"]}
    asked = {"template": "individual-sign", "subject": AIGUL.to_json(), "password": "Qwerty12"}
    for chain in ("gost", "rsa"):
        status, made = await admin(nca, "POST", "certificates", asked | {"chain": chain})
        assert (status, made["certificate"]["chain"]) == (201, chain)
    assert (await admin(nca, "POST", "certificates", asked))[1]["certificate"]["chain"] == "gost"


async def test_the_page_lists_people_and_says_that_it_is_a_simulation(nca: Any) -> None:
    subject = Subject.person(surname="<b>Ким", name="Вера", iin=Iin("900101200010"))
    await nca.authority.holders.enrol(Holder("kim", "individual", subject, "<i>"))
    async with nca.http.get(f"{nca.url}/") as answer:
        assert answer.status == 200
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        html = await answer.text()
    assert "СИМУЛЯЦИЯ" in html
    assert "&lt;B&gt;КИМ ВЕРА" in html
    assert "<b>" not in html.lower()
    assert "<i>" not in html


async def test_the_admin_api_issues_lists_and_enrols(nca: Any) -> None:
    body = {"template": "individual-sign", "chain": "rsa", "subject": AIGUL.to_json(), "password": "Qwerty12"}
    status, made = await admin(nca, "POST", "certificates", body)
    assert status == 201
    key, certificate, _ = load_key_and_certificates(base64.b64decode(made["pkcs12"]), b"Qwerty12")
    assert key is not None
    assert certificate is not None
    serial = made["certificate"]["serial"]
    assert f"{certificate.serial_number:040x}" == serial
    status, found = await admin(nca, "GET", "certificates?iin=900101200010&status=good&limit=1")
    assert [one["serial"] for one in found["certificates"]] == [serial]
    colons = ":".join(serial[place : place + 2] for place in range(0, 40, 2)).upper()
    assert (await admin(nca, "GET", f"certificates/{colons}"))[0] == 200

    body = {"id": "aigul", "kind": "individual", "chain": "rsa", "subject": AIGUL.to_json(), "password": "Qwerty12"}
    assert (await admin(nca, "POST", "people", body))[0] == 201
    first = (await admin(nca, "GET", "people/aigul/sign"))[1]["serial"]
    renewed = (await admin(nca, "POST", "people/aigul/renew", {"purpose": "sign"}))[1]["serial"]
    assert first != renewed
    assert (await admin(nca, "GET", f"certificates/{first}"))[1]["certificate"]["reason"] == "superseded"
    assert (await admin(nca, "GET", "people"))[1]["people"][0]["purposes"] == ["sign", "auth"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "certificates", {}, 400, "request-refused"),
        ("POST", "certificates", {"template": "x", "subject": [], "password": "p"}, 400, "request-refused"),
        (
            "POST",
            "certificates",
            {"template": "x-y", "subject": {"common_name": "x"}, "password": "p"},
            400,
            "unknown-template",
        ),
        (
            "POST",
            "certificates",
            {"template": "individual-sign", "subject": {"common_name": "x"}, "password": "p"},
            400,
            "subject-unfit",
        ),
        (
            "POST",
            "certificates",
            {"template": "individual-auth", "chain": "gost", "subject": {"common_name": "x"}, "password": "p"},
            400,
            "unknown-template",
        ),
        (
            "POST",
            "people",
            {"id": "a", "kind": "individual", "chain": "dsa", "subject": {"common_name": "x"}, "password": "p"},
            400,
            "unknown-chain",
        ),
        ("POST", "certificates/zz/revoke", {}, 404, "unknown-certificate"),
        ("POST", "certificates/" + "9" * 60 + "/revoke", {}, 404, "unknown-certificate"),
        ("POST", "certificates/1234/revoke", {"reason": "boredom"}, 400, "request-refused"),
        ("POST", "certificates/1234/revoke", {"reason": "key_compromise"}, 404, "unknown-certificate"),
        ("POST", "certificates/1234/hold", {"please": True}, 400, "request-refused"),
        ("GET", "certificates?limit=100000", None, 400, "request-refused"),
        ("GET", "certificates?iin=1%27%20OR%201=1", None, 400, "request-refused"),
        ("PUT", "faults", {"ocsp": "explode"}, 400, "request-refused"),
        ("PUT", "faults", {"ocsp": "down", "tsp": "stale"}, 400, "request-refused"),
        (
            "POST",
            "people",
            {"id": "A", "kind": "individual", "subject": {"common_name": "x"}, "password": "p"},
            400,
            "holder-refused",
        ),
        ("POST", "people/nobody/renew", {"purpose": "sign"}, 404, "unknown-holder"),
        ("GET", "people/nobody/sign", None, 404, "unknown-holder"),
    ],
)
async def test_bad_admin_requests_are_named_and_change_nothing(
    nca: Any, store: Store, *, method: str, path: str, body: Any, status: int, code: str
) -> None:
    before = await snapshot(store)
    answered, said = await admin(nca, method, path, body)
    assert (answered, said["error"]["code"]) == (status, code)
    assert await snapshot(store) == before
    assert set(nca.faults.modes.values()) == {Fault.NONE}


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", b'{"ocsp": "down"}', 415),
        ("application/json", b"{", 415),
        ("application/json", b"[" * 20_000, 415),
        ("application/json", b"[]", 415),
        ("application/json", b"\xff", 415),
        ("application/json", b" " * 40_000, 413),
    ],
)
async def test_what_is_no_json_object_is_refused(nca: Any, content_type: str, body: bytes, status: int) -> None:
    headers = {"Content-Type": content_type}
    async with nca.http.put(f"{nca.url}/admin/faults", data=body, headers=headers) as answer:
        assert answer.status == status
        assert (await answer.json())["error"]["code"] in ("not-json", "too-large")
    assert nca.faults.modes[Service.OCSP] is Fault.NONE


async def test_faults_of_ocsp_are_those_asked_for(nca: Any, clock: ManualClock) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL, chain="rsa")
    request = ocsp_request(nca, issued.certificate)

    async def asked(fault: str) -> tuple[int, bytes]:
        assert (await admin(nca, "PUT", "faults", {"ocsp": fault}))[0] == 200
        async with nca.http.post(f"{nca.url}/ocsp", data=request, headers=OCSP_REQUEST) as answer:
            return answer.status, await answer.read()

    assert (await asked("down"))[0] == 503
    later = ocsp.load_der_ocsp_response((await asked("try-later"))[1])
    assert later.response_status is ocsp.OCSPResponseStatus.TRY_LATER
    with pytest.raises(ValueError, match="pars"):
        ocsp.load_der_ocsp_response((await asked("malformed"))[1])
    stale = ocsp.load_der_ocsp_response((await asked("stale"))[1])
    assert clock.now() - stale.this_update_utc == timedelta(days=30)
    other = ocsp.load_der_ocsp_response((await asked("wrong-nonce"))[1])
    assert other.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce != b"\x05" * 8
    verify_ocsp(other)
    with pytest.raises(InvalidSignature):
        verify_ocsp(ocsp.load_der_ocsp_response((await asked("broken-signature"))[1]))
    verify_ocsp(ocsp.load_der_ocsp_response((await asked("none"))[1]))


async def test_faults_of_lists_and_time_stamps_are_those_asked_for(nca: Any, clock: ManualClock) -> None:
    issuing = x509.load_der_x509_certificate(nca.authority.chains["rsa"].issuing.certificate).public_key()
    await admin(nca, "PUT", "faults", {"crl": "stale"})
    for name in ("nca_rsa", "nca_d_rsa"):
        stale = await crl(nca, name)
        assert stale.next_update_utc is not None
        assert stale.next_update_utc < clock.now()
        assert stale.is_signature_valid(issuing)
    await admin(nca, "PUT", "faults", {"crl": "broken-signature"})
    assert not (await crl(nca, "nca_rsa")).is_signature_valid(issuing)
    await admin(nca, "PUT", "faults", {"crl": "down", "tsp": "try-later"})
    async with nca.http.get(f"{nca.url}/crl/nca_rsa.crl") as answer:
        assert answer.status == 503
    async with nca.http.post(f"{nca.url}/tsp", data=b"\x30\x00", headers=TSP_REQUEST) as answer:
        status = core.SequenceOf.load(await answer.read(), spec=core.Any)[0].parse(tsp.PKIStatusInfo)
        assert status["fail_info"].native == {"time_not_available"}
    said = (await admin(nca, "GET", "faults"))[1]
    assert said["faults"] == {"ocsp": "none", "crl": "down", "tsp": "try-later"}


async def test_a_silent_service_does_not_hold_up_the_end(nca: Any) -> None:
    nca.faults.set(Service.OCSP, Fault.TIMEOUT)
    waiting = asyncio.create_task(nca.http.post(f"{nca.url}/ocsp", data=b"x", headers=OCSP_REQUEST))
    await asyncio.sleep(0.2)
    assert not waiting.done()
    started = time.monotonic()
    await nca.stop()
    assert time.monotonic() - started < 3
    assert (await waiting).status == 503


def verify_ocsp(response: ocsp.OCSPResponse) -> None:
    public_key: Any = response.certificates[0].public_key()
    public_key.verify(response.signature, response.tbs_response_bytes, padding.PKCS1v15(), SHA256())


async def snapshot(store: Store) -> list[tuple[str, int]]:
    """How many rows each table has, and the last status change."""
    tables = ("certificate", "status_change", "crl", "holder", "key_store", "responder")
    return [(table, await store.database.fetchval(f"SELECT count(*) FROM {table}")) for table in tables]


async def test_delta_lists_count_by_themselves_when_the_profile_says_so(nca: Any, clock: ManualClock) -> None:
    profile = nca.authority.profile.crl.model_copy(update={"delta_numbering": DeltaNumbering.OWN})
    authority = nca.authority
    publication = Publication(authority.store.database, clock, profile, authority.chains["rsa"].signers)
    for _ in range(3):
        await publication.publish(RSA_ISSUING)
    assert await authority.store.database.fetchval("SELECT crl_number FROM authority WHERE name = 'rsa-issuing'") == 3
    clock.advance(timedelta(days=2))
    await authority.store.database.execute("UPDATE authority SET crl_number = 13 WHERE name = 'rsa-issuing'")
    await publication.publish(RSA_ISSUING)
    delta = await crl(nca, "nca_d_rsa")
    assert delta.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number == 14
    assert delta.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 4
