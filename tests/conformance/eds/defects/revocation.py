"""Revocation data with one defect each: lists and OCSP answers that must not be taken for a good word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from gateway.eds.codes import Code
from gateway.eds.der import encode, encode_integer, encode_oid
from gateway.eds.revocation.policy import Order, RevocationPolicy
from tests.conformance.eds.defects.case import Answer, Case, Sample
from tests.conformance.eds.defects.forging import (
    CRL_URL,
    DAY,
    DELTA_URL,
    EKU,
    EMAIL_PROTECTION,
    FRESHEST,
    KEY_USAGE,
    NO_CHECK,
    NOW,
    NULL,
    OCSP_SIGNING,
    OCSP_URL,
    UNKNOWN_OID,
    Authority,
    Land,
    key_id,
    name,
    oid_list,
    person,
    points,
    usage,
    utc,
)
from tests.conformance.eds.defects.statuses import (
    HOLD,
    REVOKED,
    UNKNOWN,
    crl,
    entry,
    nonce_of,
    ocsp,
    responder,
    revoked,
    serial_of,
    silence,
    single,
)

UNAVAILABLE, STALE, FORGED = Code.REVOCATION_UNAVAILABLE, Code.REVOCATION_STALE, Code.REVOCATION_FORGED
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SHA1_RSA = encode(0x30, encode_oid("1.2.840.113549.1.1.5"), NULL)
BY_LIST = RevocationPolicy(order=Order.CRL_FIRST, fallback=False)
BY_OCSP = RevocationPolicy(order=Order.OCSP_FIRST, fallback=False)
HOUR = timedelta(hours=1)


def listed(
    make: Callable[[Land, bytes], bytes],
    *,
    delta: Callable[[Land, bytes], bytes] | None = None,
    policy: RevocationPolicy = BY_LIST,
) -> Callable[[Land], Sample]:
    """A good certificate and a list (and its delta) about it; the root says nothing about the authority."""

    def sample(land: Land) -> Sample:
        leaf = land.person(extensions={FRESHEST: points(DELTA_URL)}) if delta else land.person()
        serial = serial_of(leaf)
        answers: dict[str, Answer] = {CRL_URL: make(land, serial)}
        if delta:
            answers[DELTA_URL] = delta(land, serial)
        return Sample(leaf, (land.nca.certificate,), answers, (), policy)

    return sample


def answered(
    make: Callable[[Land, bytes, bytes], bytes], *, policy: RevocationPolicy = BY_OCSP
) -> Callable[[Land], Sample]:
    """A good certificate and a responder that answers `make(land, serial, nonce)`."""

    def sample(land: Land) -> Sample:
        leaf = land.person()

        def respond(request: bytes) -> bytes:
            return make(land, serial_of(leaf), nonce_of(request))

        return Sample(leaf, (land.nca.certificate,), {OCSP_URL: respond}, (), policy)

    return sample


def by(make: Callable[[Land], Authority], *, embedded: bool = True) -> Callable[[Land, bytes, bytes], bytes]:
    """A good answer by whom it must not come from."""
    return lambda land, serial, nonce: ocsp(
        make(land), single(land.nca, serial), nonce=nonce, embedded=None if embedded else ()
    )


def good(**options: object) -> Callable[[Land, bytes, bytes], bytes]:
    """An answer "good" by the authorised responder, something else about it being wrong."""
    single_options = {
        name: options.pop(name) for name in ("status", "this_update", "next_update", "more_single") if name in options
    }
    if "more_single" in single_options:
        single_options["more"] = single_options.pop("more_single")
    return lambda land, serial, nonce: ocsp(
        responder(land.nca, land),
        single(land.nca, serial, **single_options),  # type: ignore[arg-type]
        **({"nonce": nonce} | options),  # type: ignore[arg-type]
    )


def _namesake(land: Land) -> Authority:
    return Authority(land.nca.name, land.key("stranger"))


def _person(land: Land) -> Authority:
    return Authority(person(), land.key("person"), land.person())


def _own_responder(land: Land, **changes: object) -> Authority:
    return responder(land.nca, land, **changes)


def _strangers_responder(land: Land) -> Authority:
    return responder(_namesake(land), land)


def _self_signed_responder(land: Land) -> Authority:
    signer = land.key("stranger")
    subject = name(("2.5.4.3", "OCSP responder"), ("2.5.4.6", "KZ"))
    return responder(Authority(subject, signer), land, "stranger")


def _may_not_sign_lists(land: Land) -> Sample:
    issuer = land.root.establishes(name(("2.5.4.3", "ТІЗІМСІЗ")), land.key("below"), extensions={KEY_USAGE: usage(4)})
    leaf = issuer.certifies(key_info=land.key("person").key_info)
    return Sample(leaf, (issuer.certificate,), {CRL_URL: crl(issuer)}, (), BY_LIST)


def _revoked_authority(land: Land) -> Sample:
    """A good certificate of an authority that its root has revoked."""
    issuer = land.root.establishes(
        name(("2.5.4.3", "ҚАЙТАРЫЛҒАН")),
        land.key("below"),
        points=points("http://root.test/root.crl"),
        serial=encode_integer(78),
    )
    leaf = issuer.certifies(key_info=land.key("person").key_info)
    answers: dict[str, Answer] = {
        CRL_URL: crl(issuer),
        "http://root.test/root.crl": crl(land.root, entry(encode_integer(78), REVOKED)),
    }
    return Sample(leaf, (issuer.certificate,), answers, (), BY_LIST)


LISTS = (
    Case("crl-names-the-certificate", Code.CERTIFICATE_REVOKED, listed(lambda land, it: crl(land.nca, entry(it)))),
    Case(
        "crl-holds-the-certificate", Code.CERTIFICATE_ON_HOLD, listed(lambda land, it: crl(land.nca, entry(it, HOLD)))
    ),
    Case("crl-expired", STALE, listed(lambda land, it: crl(land.nca, next_update=NOW - HOUR))),
    Case(
        "crl-expired-under-the-strict-profile",
        Code.CRL_EXPIRED,
        listed(
            lambda land, it: crl(land.nca, next_update=NOW - HOUR),
            policy=RevocationPolicy(order=Order.CRL_FIRST, fallback=False, expired_crl_is_negative=True),
        ),
    ),
    Case("crl-older-than-the-policy-allows", STALE, listed(lambda land, it: crl(land.nca, this_update=NOW - 3 * DAY))),
    Case("crl-made-in-the-future", STALE, listed(lambda land, it: crl(land.nca, this_update=NOW + HOUR))),
    Case("crl-signed-by-another-key", FORGED, listed(lambda land, it: crl(land.nca, signer=land.key("stranger")))),
    Case(
        "crl-signed-by-another-key-that-poses-as-the-right-one",
        FORGED,
        listed(lambda land, it: crl(land.nca, signer=land.key("stranger"), authority_key=_key_id(land.nca))),
    ),
    Case("crl-of-another-issuer", FORGED, listed(lambda land, it: crl(land.root))),
    Case("crl-of-an-issuer-that-may-not-sign-lists", FORGED, _may_not_sign_lists),
    Case("crl-signature-one-bit-wrong", FORGED, listed(lambda land, it: _last_bit(crl(land.nca)))),
    Case(
        "crl-content-changed-after-signing",
        FORGED,
        listed(lambda land, it: crl(land.nca, entry(it)).replace(it, it[:-1] + b"\x01")),
    ),
    Case("crl-signed-with-sha-1", FORGED, listed(lambda land, it: crl(land.nca, inner=SHA1_RSA)), ("rsa",)),
    Case("crl-empty-file", UNAVAILABLE, listed(lambda land, it: b"")),
    Case("crl-is-a-web-page", UNAVAILABLE, listed(lambda land, it: b"<html>403</html>")),
    Case("crl-cut-short", UNAVAILABLE, listed(lambda land, it: crl(land.nca)[:-40])),
    Case("crl-bytes-after-the-end", UNAVAILABLE, listed(lambda land, it: crl(land.nca) + b"\x00")),
    Case(
        "crl-algorithm-inside-is-not-the-one-outside",
        UNAVAILABLE,
        listed(lambda land, it: crl(land.nca, outer=encode(0x30, encode_oid("1.2.840.113549.1.1.13"), NULL))),
    ),
    Case(
        "crl-unknown-critical-extension",
        UNAVAILABLE,
        listed(lambda land, it: crl(land.nca, more=((UNKNOWN_OID, (True, NULL)),))),
    ),
    Case(
        "crl-entry-with-unknown-critical-extension",
        UNAVAILABLE,
        listed(lambda land, it: crl(land.nca, entry(encode_integer(1), None, ((UNKNOWN_OID, (True, NULL)),)))),
    ),
    Case("crl-is-a-delta-without-base", UNAVAILABLE, listed(lambda land, it: crl(land.nca, base=13))),
    Case(
        "crl-delta-names-the-certificate",
        Code.CERTIFICATE_REVOKED,
        listed(lambda land, it: crl(land.nca), delta=lambda land, it: crl(land.nca, entry(it, REVOKED), base=14)),
    ),
    Case(
        "crl-forged-delta-lifts-a-revocation",
        Code.CERTIFICATE_REVOKED,
        listed(
            lambda land, it: crl(land.nca, entry(it, REVOKED)),
            delta=lambda land, it: crl(land.nca, entry(it, 8), base=14, signer=land.key("stranger")),
        ),
    ),
    Case("issuer-revoked", Code.ISSUER_REVOKED, _revoked_authority),
)


def _key_id(authority: Authority) -> bytes:
    return key_id(authority.signer.key_info)


def _last_bit(data: bytes) -> bytes:
    return data[:-1] + bytes((data[-1] ^ 1,))


ANSWERS = (
    Case("ocsp-revoked", Code.CERTIFICATE_REVOKED, answered(good(status=revoked()))),
    Case("ocsp-on-hold", Code.CERTIFICATE_ON_HOLD, answered(good(status=revoked(NOW - DAY, HOLD)))),
    Case("ocsp-never-issued", Code.CERTIFICATE_NOT_KNOWN_TO_ISSUER, answered(good(status=revoked(EPOCH, HOLD)))),
    Case("ocsp-unknown", UNAVAILABLE, answered(good(status=UNKNOWN))),
    Case("ocsp-try-later", UNAVAILABLE, answered(lambda land, it, nonce: silence(3))),
    Case("ocsp-success-without-an-answer", UNAVAILABLE, answered(lambda land, it, nonce: silence(0))),
    Case(
        "ocsp-error-with-an-answer",
        UNAVAILABLE,
        answered(lambda land, it, nonce: ocsp(_own_responder(land), single(land.nca, it), nonce=nonce, status=2)),
    ),
    Case("ocsp-empty", UNAVAILABLE, answered(lambda land, it, nonce: b"")),
    Case("ocsp-is-a-web-page", UNAVAILABLE, answered(lambda land, it, nonce: b"<html>Try again</html>")),
    Case("ocsp-too-large", UNAVAILABLE, answered(good(more=((UNKNOWN_OID, (False, bytes(70_000))),)))),
    Case("ocsp-signed-by-nobody-known", FORGED, answered(by(_self_signed_responder))),
    Case("ocsp-signed-by-a-namesake-of-the-issuer", FORGED, answered(by(_namesake, embedded=False))),
    Case("ocsp-responder-of-a-namesake-of-the-issuer", FORGED, answered(by(_strangers_responder))),
    Case("ocsp-signed-by-the-certificate-itself", FORGED, answered(by(_person))),
    Case("ocsp-responder-certificate-missing", FORGED, answered(by(_own_responder, embedded=False))),
    Case(
        "ocsp-responder-without-its-key-usage",
        FORGED,
        answered(by(lambda land: _own_responder(land, extensions={EKU: oid_list(EMAIL_PROTECTION)}))),
    ),
    Case(
        "ocsp-responder-expired",
        FORGED,
        answered(by(lambda land: _own_responder(land, not_after=utc(NOW - DAY)))),
    ),
    Case(
        "ocsp-responder-not-yet-valid",
        FORGED,
        answered(by(lambda land: _own_responder(land, not_before=utc(NOW + DAY)))),
    ),
    Case(
        "ocsp-responder-whose-revocation-nobody-checks",
        FORGED,
        answered(by(lambda land: _own_responder(land, without=(NO_CHECK,)))),
    ),
    Case(
        "ocsp-responder-of-the-root",
        FORGED,
        answered(by(lambda land: responder(land.root, land, extensions={EKU: oid_list(OCSP_SIGNING)}))),
    ),
    Case("ocsp-signature-one-bit-wrong", FORGED, answered(good(spoil=True))),
    Case("ocsp-signed-with-sha-1", FORGED, answered(good(algorithm=SHA1_RSA)), ("rsa",)),
    Case("ocsp-without-the-nonce", FORGED, answered(good(nonce=None))),
    Case("ocsp-with-another-nonce", FORGED, answered(good(nonce=encode(0x04, bytes(16))))),
    Case(
        "ocsp-about-another-serial-number",
        UNAVAILABLE,
        answered(lambda land, it, nonce: ocsp(_own_responder(land), single(land.nca, encode_integer(5)), nonce=nonce)),
    ),
    Case(
        "ocsp-about-another-issuer",
        UNAVAILABLE,
        answered(lambda land, it, nonce: ocsp(_own_responder(land), single(land.root, it), nonce=nonce)),
    ),
    Case(
        "ocsp-about-a-namesake-of-the-issuer",
        UNAVAILABLE,
        answered(
            lambda land, it, nonce: ocsp(
                _own_responder(land), single(land.nca, it, issuer_key=land.key("stranger").key_info), nonce=nonce
            )
        ),
    ),
    Case(
        "ocsp-two-answers-that-contradict-each-other",
        UNAVAILABLE,
        answered(
            lambda land, it, nonce: ocsp(
                _own_responder(land), single(land.nca, it), single(land.nca, it, revoked()), nonce=nonce
            )
        ),
    ),
    Case("ocsp-about-nothing", UNAVAILABLE, answered(lambda land, it, nonce: ocsp(_own_responder(land), nonce=nonce))),
    Case("ocsp-stale", STALE, answered(good(this_update=NOW - HOUR))),
    Case(
        "ocsp-past-its-next-update",
        STALE,
        answered(good(this_update=NOW - 2 * timedelta(minutes=1), next_update=NOW - timedelta(minutes=1))),
    ),
    Case("ocsp-from-the-future", STALE, answered(good(this_update=NOW + HOUR))),
    Case("ocsp-unknown-critical-extension", UNAVAILABLE, answered(good(more=((UNKNOWN_OID, (True, NULL)),)))),
    Case(
        "ocsp-unknown-critical-extension-of-the-answer",
        UNAVAILABLE,
        answered(good(more_single=((UNKNOWN_OID, (True, NULL)),))),
    ),
)

REVOCATION = LISTS + ANSWERS
