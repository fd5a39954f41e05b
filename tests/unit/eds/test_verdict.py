from __future__ import annotations

import json
import re

import pytest

from gateway.clock import ManualClock
from gateway.eds.codes import ROWS, Code, Status
from gateway.eds.keys import SoftwareKey
from gateway.eds.policies import (
    bin_is,
    iin_is,
    is_certificate,
    judge,
    may_authenticate,
    may_sign,
    role_in,
)
from gateway.eds.roles import Role
from gateway.eds.trust import CertificateChecker
from gateway.eds.verdict import Verdict, worst
from gateway.identity.numbers import Bin, Iin
from tests.unit.eds import pki

KAZAKH = re.compile("[әғқңөұүһі]", re.IGNORECASE)


def test_every_code_has_its_row_and_every_row_its_code() -> None:
    assert set(ROWS) == set(Code)


@pytest.mark.parametrize("code", Code)
def test_every_row_speaks_all_three_languages(code: Code) -> None:
    row = ROWS[code]
    for text in (row.text, row.advice):
        assert all((text.kk, text.ru, text.en))
        assert KAZAKH.search(text.kk)
        assert not KAZAKH.search(re.sub("ЭЦҚ|і", "", text.ru))
        assert not re.search("[а-яё]", text.en, re.IGNORECASE) or "ЭЦҚ" in text.en
        assert all(sentence.endswith((".", "pki.gov.kz.")) for sentence in (text.kk, text.ru, text.en))


def test_only_ok_is_valid_and_only_what_a_later_try_may_settle_is_undetermined() -> None:
    assert [code for code in Code if ROWS[code].status is Status.VALID] == [Code.OK]
    undetermined = [code for code in Code if ROWS[code].status is Status.UNDETERMINED]
    assert {*undetermined} - {"hash-too-slow"} == {
        Code.CONTENT_MISSING,
        Code.REVOCATION_UNAVAILABLE,
        Code.REVOCATION_STALE,
        Code.REVOCATION_FORGED,
        Code.TIMESTAMP_AHEAD,
        Code.TIMESTAMP_UNTRUSTED,
        Code.TIMESTAMP_UNAVAILABLE,
    }


def test_the_worst_of_several_decides() -> None:
    ok, unknown, bad = (Verdict.of(code, at=pki.NOW) for code in (Code.OK, Code.REVOCATION_STALE, Code.SIGNER_NOT_IIN))
    assert worst((ok, unknown, bad)) is bad
    assert worst((unknown, ok)) is unknown
    assert worst((ok, Verdict.of(Code.OK, at=pki.NOW, facts={"second": "yes"}))) is ok
    with pytest.raises(ValueError, match="without a check"):
        worst(())


async def test_verdict_renders_as_json(checker: CertificateChecker, key: SoftwareKey, clock: ManualClock) -> None:
    found = json.loads(json.dumps((await checker.check(key.certificate)).to_json()))
    assert found["verdict"] == "valid"
    assert found["code"] == "ok"
    assert found["certificate"]["iin"] == "850101100013"
    assert found["revocation"]["source"] == "ocsp"
    assert len(found["path"]) == 3
    assert set(found["text"]) == {"kk", "ru", "en"}


def synthetic(kind: type[Iin | Bin], beginning: str) -> str:
    from gateway.identity.numbers import check_digit

    for number in range(1000):
        eleven = f"{beginning}{number:03d}"[:11]
        digit = check_digit(eleven)
        if digit is not None:
            return str(kind.parse(eleven + digit))
    raise AssertionError


IIN, OTHER_IIN = synthetic(Iin, "85010120"), synthetic(Iin, "86010120")
BIN, OTHER_BIN = synthetic(Bin, "75014000"), synthetic(Bin, "76014000")


def test_signer_is_held_against_every_rule(nca: pki.Authority) -> None:
    roles = (Role.LEGAL_ENTITY, Role.SIGNING_RIGHT)
    official = nca.person("official", iin=IIN, bin=BIN, roles=roles).certificate
    authentication = nca.person("auth", usage=pki.AUTH).certificate
    rules = (iin_is(Iin.parse(IIN)), bin_is(Bin.parse(BIN)), role_in({Role.HEAD, Role.SIGNING_RIGHT}), may_sign())
    assert judge(official, *rules, is_certificate(official), at=pki.NOW).valid
    for certificate, rule, code in (
        (official, iin_is(Iin.parse(OTHER_IIN)), Code.SIGNER_NOT_IIN),
        (official, bin_is(Bin.parse(OTHER_BIN)), Code.SIGNER_NOT_BIN),
        (authentication, bin_is(Bin.parse(BIN)), Code.SIGNER_NOT_BIN),
        (official, role_in({Role.HEAD}), Code.ROLE_NOT_FIT),
        (official, role_in(()), Code.ROLE_NOT_FIT),
        (authentication, may_sign(), Code.KEY_NOT_FOR_SIGNING),
        (official, may_authenticate(), Code.KEY_NOT_FOR_AUTHENTICATION),
        (official, is_certificate(authentication), Code.NOT_THE_CHOSEN_CERTIFICATE),
    ):
        verdict = judge(certificate, rule, at=pki.NOW)
        assert (verdict.status, verdict.code) == (Status.INVALID, code)
        assert verdict.certificate == certificate
