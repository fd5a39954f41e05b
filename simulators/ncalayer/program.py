"""The program behind the sockets: a request comes in, the dialog is shown, an answer in the module's form goes out."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

from lxml import etree

from gateway.clock import Clock
from gateway.eds.errors import EdsError, XmlRefused
from gateway.eds.keys import SigningKey
from gateway.eds.xml import parse
from gateway.eds.xmldsig import sign_enveloped
from simulators.ncalayer import cades
from simulators.ncalayer.dialog import Chooser
from simulators.ncalayer.errors import DocumentRefused
from simulators.ncalayer.timestamps import Timestamper

STORAGES = frozenset(
    {
        "PKCS12",
        "JKS",
        "AKKaztokenStore",
        "AKKZIDCardStore",
        "AKEToken72KStore",
        "AKEToken5110Store",
        "AKJaCartaStore",
        "AKAKEYStore",
    }
)
FILE_STORAGES = frozenset({"PKCS12", "JKS"})
MAX_DOCUMENTS = 100
_Given = ParamSpec("_Given")
_Made = TypeVar("_Made")
_NO_XML_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass
class Caller:
    """One connection: who asks, and in which language the dialog speaks to the person."""

    origin: str | None
    locale: str = "ru"


@dataclass(frozen=True)
class Program:
    """What every module needs."""

    chooser: Chooser
    clock: Clock
    timestamper: Timestamper
    storages: frozenset[str] = field(default_factory=lambda: frozenset({"PKCS12"}))
    """The kinds of storage that the key ring stands for; the hardware ones among them are active tokens."""

    async def sign_xml(self, documents: Sequence[str], key: SigningKey) -> list[str]:
        """Return each document with an enveloped signature at the end of its root; raises `DocumentRefused`."""
        return [await asyncio.to_thread(_signed_xml, document, key) for document in documents]

    async def sign_cms(self, content: cades.Content, key: SigningKey, *, with_timestamp: bool) -> bytes:
        """Return the CMS over the content; raises `TimestampUnavailable`, `DocumentRefused`."""
        signed = await asyncio.to_thread(_signed, cades.sign, content, key, self.clock.now())
        token = await self.timestamper.token(signed.value, key.algorithm.digest) if with_timestamp else None
        return await asyncio.to_thread(signed.message, token)

    async def content(self, data: bytes, key: SigningKey, *, attached: bool) -> cades.Content:
        """Hash what is to be signed as CMS, by the key's own hash function; raises `DocumentRefused`."""
        return await asyncio.to_thread(_signed, partial(cades.Content.of, attached=attached), data, key.algorithm)

    async def sign_raw(self, contents: Sequence[bytes], key: SigningKey) -> list[str]:
        """Return the bare signature of each content in base64; raises `DocumentRefused`."""
        values = [await asyncio.to_thread(_signed, key.sign, content) for content in contents]
        return [base64.b64encode(value).decode() for value in values]


def check_xml(documents: Sequence[str]) -> None:
    """Refuse what is no XML before the person is asked; raises `DocumentRefused` with the real program's words."""
    for document in documents:
        if _NO_XML_CHARACTER.search(document):
            raise DocumentRefused("org.xml.sax.SAXParseException; An invalid XML character was found in the document.")
        try:
            etree.fromstring(document.encode(), _parser())
            parse(document.encode())
        except XmlRefused as error:
            raise DocumentRefused(f"org.xml.sax.SAXParseException; {error}") from error
        except etree.XMLSyntaxError as error:
            line, column = error.position
            raise DocumentRefused(
                f"org.xml.sax.SAXParseException; lineNumber: {line}; columnNumber: {column}; {error.msg}"
            ) from error


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _signed_xml(document: str, key: SigningKey) -> str:
    return _signed(sign_enveloped, document.encode(), key).decode()


def _signed(sign: Callable[_Given, _Made], *given: _Given.args, **named: _Given.kwargs) -> _Made:
    """Call what hashes or signs; what the room of signatures refuses is told in the real program's words."""
    try:
        return sign(*given, **named)
    except EdsError as error:
        raise DocumentRefused(f"kz.gov.pki.knca.exceptions.SignatureException: {error}") from error


def read_base64(text: str) -> bytes:
    """Read base64 as Java's MIME decoder does, line ends passed over; raises `DocumentRefused`."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise DocumentRefused("java.lang.IllegalArgumentException: Input is not base64") from error
