"""What clients of NCANode send, field by field.

As Jackson reads it: unknown fields are passed over, a number may stand for a string, null for what may be left out.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

MAX_CERTIFICATES, MAX_KEYS = 100, 16
_KEY_CHARACTERS, _CERTIFICATE_CHARACTERS, _SIGNATURE_CHARACTERS = 400_000, 130_000, 16_000


class RevocationSource(StrEnum):
    """Where the client wants revocation to be asked."""

    OCSP = "OCSP"
    CRL = "CRL"


class TsaPolicy(StrEnum):
    """Policies of the НУЦ's time stamps, by the names that NCANode gives them."""

    TSA_GOST2015_POLICY = "TSA_GOST2015_POLICY"
    TSA_GOST_POLICY = "TSA_GOST_POLICY"
    TSA_GOSTGT_POLICY = "TSA_GOSTGT_POLICY"

    @property
    def oid(self) -> str:
        """The OID of the policy under the НУЦ's arc 1.2.398.3.3.2.6."""
        number = {"TSA_GOST_POLICY": 1, "TSA_GOSTGT_POLICY": 3, "TSA_GOST2015_POLICY": 4}[self.value]
        return f"1.2.398.3.3.2.6.{number}"


def _nothing(empty: object) -> BeforeValidator:
    def replace(value: Any) -> Any:
        return empty if value is None else value

    return BeforeValidator(replace)


Flag = Annotated[bool, _nothing(empty=False)]
Text = Annotated[str, _nothing("")]


class Request(BaseModel):
    """A request; its fields are never shown, as keys and passwords are among them."""

    model_config = ConfigDict(
        extra="ignore",
        frozen=True,
        coerce_numbers_to_str=True,
        hide_input_in_errors=True,
        alias_generator=to_camel,
    )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    __str__ = __repr__


class CheckingRequest(Request):
    """A request that may say where revocation is to be asked."""

    revocation_check: Annotated[frozenset[RevocationSource], _nothing(frozenset()), Field(max_length=2)] = frozenset()


class SignerRequest(Request):
    """A key to sign with: PKCS#12 in base64 and its password."""

    key: str = Field(min_length=1, max_length=_KEY_CHARACTERS)
    password: str = Field(max_length=1024)
    key_alias: Text = Field(default="", max_length=256)
    reference_uri: Text = Field(default="", max_length=256)


class X509InfoRequest(CheckingRequest):
    """Certificates in base64 or PEM."""

    certs: list[Annotated[str, Field(max_length=_CERTIFICATE_CHARACTERS)]] = Field(max_length=MAX_CERTIFICATES)


class X509VerifyRequest(CheckingRequest):
    """A bare signature over the UTF-8 bytes of `data`."""

    certificate: str = Field(min_length=1, max_length=_CERTIFICATE_CHARACTERS)
    signature: str = Field(max_length=_SIGNATURE_CHARACTERS)
    data: str


class XmlVerifyRequest(CheckingRequest):
    """A signed document, or a signed SOAP message."""

    xml: str = Field(min_length=1)


class XmlSignRequest(Request):
    """A document and who signs it, one after another."""

    xml: str = Field(min_length=1)
    signers: list[SignerRequest] = Field(min_length=1, max_length=MAX_KEYS)
    clear_signatures: Flag = False
    trim_xml: Flag = False


class WsseSignRequest(SignerRequest):
    """A SOAP message and the key of the system that sends it."""

    xml: str = Field(min_length=1)
    trim_xml: Flag = False


class Pkcs12Request(CheckingRequest):
    """Keys to be looked at."""

    keys: list[SignerRequest] = Field(min_length=1, max_length=MAX_KEYS)


class CmsVerifyRequest(CheckingRequest):
    """A CMS in base64 or PEM, and what it is over when it is detached."""

    cms: str = Field(min_length=1)
    data: str | None = None


class CmsCreateRequest(Request):
    """What is signed, or the CMS that signers are added to."""

    cms: Text = ""
    data: Text = ""
    signers: list[SignerRequest] = Field(min_length=1, max_length=MAX_KEYS)
    with_tsp: Flag = False
    tsa_policy: TsaPolicy | None = None
    detached: Flag = False
