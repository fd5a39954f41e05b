"""What an operator is told of a key that does not fit."""

from datetime import UTC, datetime

import pytest

from gateway.eds.codes import ROWS, Code
from gateway.eds.verdict import Verdict
from gateway.flows.arm.errors import ArmCode, key_not_fit


def told(code):
    return key_not_fit(Verdict.of(code, at=datetime(2026, 3, 2, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (Code.SIGNER_NOT_IIN, ("сіздің ЖСН-іңізге", "с вашим", "is not yours")),
        (
            Code.SIGNER_NOT_BIN,
            ("Мемлекеттік корпорацияның БСН-іне", "БИН Государственной корпорации", "not the State Corporation's"),
        ),
    ],
)
def test_whose_number_was_expected_is_said(code, words):
    error = told(code)
    for word, said in zip(words, (error.text.kk, error.text.ru, error.text.en), strict=True):
        assert word in said
    assert (error.code, error.advice, error.facts["reason"]) == (ArmCode.CERTIFICATE_NOT_FIT, ROWS[code].advice, code)


def test_any_other_verdict_keeps_its_own_words():
    assert told(Code.CERTIFICATE_EXPIRED).text == ROWS[Code.CERTIFICATE_EXPIRED].text
