"""Signed tokens: RFC 7515's own example, and everything that must not pass for one."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.eds.jws import LONGEST_TOKEN, TokenRefused, read_token, seconds, write_token

RFC_HEADER = "eyJhbGciOiJSUzI1NiJ9"
RFC_CLAIMS = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
RFC_SIGNATURE = (
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7"
    "t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi1"
    "2jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGl"
    "UPQGe77Rw"
)
RFC_MODULUS = (
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pC"
    "gNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg6"
    "65xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRW"
    "yuXpoQ"
)


@pytest.fixture
def key(keys):
    return keys.system_kdp


@pytest.fixture
def key_info(key):
    return key.certificate.key_info


def part(value) -> str:
    written = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(written).rstrip(b"=").decode()


def signed(key, header, claims) -> str:
    content = f"{header if isinstance(header, str) else part(header)}.{part(claims)}"
    return f"{content}.{part(key.sign(content.encode()))}"


def test_the_example_of_the_standard_is_read():
    modulus = int.from_bytes(base64.urlsafe_b64decode(RFC_MODULUS + "=="), "big")
    public = rsa.RSAPublicNumbers(65537, modulus).public_key()
    key_info = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    claims = read_token(f"{RFC_HEADER}.{RFC_CLAIMS}.{RFC_SIGNATURE}", key_info)
    assert claims == {"iss": "joe", "exp": 1300819380, "http://example.com/is_root": True}


@settings(deadline=None, max_examples=30)
@given(claims=st.dictionaries(st.text(max_size=20), st.text(max_size=40) | st.integers() | st.booleans(), max_size=6))
def test_whatever_is_signed_is_read_as_it_was(keys, claims):
    assert read_token(write_token(claims, keys.system_kdp), keys.system_kdp.certificate.key_info) == claims


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "RS512"},
        {"alg": "rs256"},
        {},
        {"alg": "RS256", "crit": ["exp"]},
        {"alg": "RS256", "jwk": {}},
        {"alg": "RS256", "x5u": "http://127.0.0.1/"},
        ["RS256"],
        b'{"alg":"none","alg":"RS256"}',
        b"\xff",
    ],
    ids=str,
)
def test_a_header_that_asks_for_anything_else_is_refused_though_the_signature_holds(key, key_info, header):
    with pytest.raises(TokenRefused):
        read_token(signed(key, header, {"a": 1}), key_info)


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-2],
        lambda token: token + ".",
        lambda token: token + "=",
        lambda token: token.replace(".", "..", 1),
        lambda token: " " + token,
        lambda token: token.rsplit(".", 1)[0] + ".",
        lambda token: token.split(".")[0] + "." + part({"uin": "other"}) + "." + token.split(".")[2],
        lambda token: "",
        lambda token: "x" * (LONGEST_TOKEN + 1),
        lambda token: token + "\n",
    ],
)
def test_a_changed_token_is_refused(key, key_info, change):
    token = write_token({"uin": "one"}, key)
    with pytest.raises(TokenRefused):
        read_token(change(token), key_info)


@pytest.mark.parametrize("claims", [b"[]", b"1", b"", b"{", b'{"a":1,"a":2}', b"[" * 5_000])
def test_claims_that_are_no_object_are_refused_though_the_signature_holds(key, key_info, claims):
    with pytest.raises(TokenRefused):
        read_token(signed(key, {"alg": "RS256"}, claims), key_info)


def test_a_token_of_another_key_is_refused(keys):
    token = write_token({"a": 1}, keys.system_desk)
    with pytest.raises(TokenRefused):
        read_token(token, keys.system_kdp.certificate.key_info)


def test_a_key_that_is_not_of_rsa_neither_signs_nor_verifies(keys, key):
    with pytest.raises(ValueError, match="RSA"):
        write_token({}, keys.system_gbdfl)
    with pytest.raises(TokenRefused):
        read_token(write_token({}, key), keys.system_gbdfl.certificate.key_info)
    with pytest.raises(TokenRefused):
        read_token(write_token({}, key), b"no key")


@pytest.mark.parametrize("value", [None, True, "1", 1.5, -1, 10**12])
def test_a_moment_that_is_none_is_refused(value):
    with pytest.raises(TokenRefused):
        seconds({"exp": value}, "exp")
