"""The module kz.gov.pki.knca.basics: one method, `sign`, with an object of arguments."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.errors import CertificateUnreadable
from gateway.eds.keys import SigningKey
from simulators.ncalayer import cades
from simulators.ncalayer.dialog import Purpose, Question
from simulators.ncalayer.errors import Cancelled, DocumentRefused, InvocationRefused, NcalayerError
from simulators.ncalayer.fitness import Demands
from simulators.ncalayer.frames import Request, basics_answer, basics_cancelled, basics_error
from simulators.ncalayer.program import MAX_DOCUMENTS, STORAGES, Caller, Program, check_xml, read_base64

FORMATS = ("xml", "cms", "raw")
_MAX_LOGO = 50_000
_MAX_OIDS = 20
_MAX_CHAIN = 10
_MAX_HASH_BYTES = 1024


@dataclass(frozen=True, slots=True)
class SignArguments:
    """The arguments of `sign`, read; a member that may be left out has the value it then means."""

    format: str
    documents: tuple[str, ...]
    several: bool
    offers_keys: bool
    demands: Demands
    locale: str
    decode: bool = False
    encapsulate: bool = True
    digested: bool = False
    stamped: bool = False
    output_certificate: bool = False

    def contents(self) -> tuple[bytes, ...]:
        """Return the bytes to sign; raises `DocumentRefused` when they should be base64 and are not."""
        if self.decode or self.digested:
            return tuple(read_base64(document) for document in self.documents)
        return tuple(document.encode("utf-8", "surrogatepass") for document in self.documents)


class _Members:
    """Reads the members of a JSON object with the words of org.json."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self._members = members

    def of(self, name: str, kind: type, word: str, default: Any) -> Any:
        """Return a member of the right type, or the default when it is absent or null."""
        value = self._members.get(name)
        if value is None:
            return default
        if type(value) is not kind:
            raise InvocationRefused(f'org.json.JSONException: JSONObject["{name}"] is not a {word}.')
        return value

    def text(self, name: str, default: str = "") -> str:
        """Return a string member."""
        value: str = self.of(name, str, "string", default)
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Return a Boolean member."""
        value: bool = self.of(name, bool, "Boolean", default)
        return value

    def texts(self, name: str, most: int) -> list[str] | None:
        """Return a member that is an array of strings, or None when it is null."""
        values: list[Any] | None = self.of(name, list, "JSONArray", None)
        if values is None:
            return None
        if len(values) > most or not all(isinstance(value, str) for value in values):
            raise InvocationRefused(f'org.json.JSONException: JSONObject["{name}"] is not a JSONArray of strings.')
        return values

    def inner(self, name: str) -> _Members:
        """Return a member that is an object; an absent one is empty."""
        return _Members(self.of(name, dict, "JSONObject", {}))

    def has_object(self, name: str) -> bool:
        """Whether the member is there as an object, an empty one too."""
        return self.of(name, dict, "JSONObject", None) is not None


def read_arguments(args: Any, caller: Caller, storages: frozenset[str]) -> SignArguments:
    """Read the arguments of `sign`; raises `InvocationRefused`."""
    if not isinstance(args, dict):
        raise InvocationRefused('org.json.JSONException: JSONObject["args"] is not a JSONObject.')
    members = _Members(args)
    signing, signer = members.inner("signingParams"), members.inner("signerParams")
    kind = members.text("format")
    if kind not in FORMATS:
        raise InvocationRefused(f"java.lang.IllegalArgumentException: unknown format: {kind[:40]}")
    allowed = members.texts("allowedStorages", len(STORAGES))
    if allowed is not None and not set(allowed) <= STORAGES:
        raise InvocationRefused("java.lang.IllegalArgumentException: unknown storage")
    data = args.get("data")
    if isinstance(data, str):
        documents: tuple[str, ...] = (data,)
    else:
        documents = tuple(members.texts("data", MAX_DOCUMENTS) or ())
    if not documents:
        raise InvocationRefused("java.lang.IllegalArgumentException: there is nothing to sign")
    if len(members.text("logo")) > _MAX_LOGO:
        raise InvocationRefused("java.lang.IllegalArgumentException: the logo is too large")
    locale = members.text("locale", caller.locale)
    return SignArguments(
        format=kind,
        documents=documents,
        several=not isinstance(data, str),
        offers_keys=allowed is None or bool(set(allowed) & storages),
        demands=_demands(signer, allow_expired=signing.flag("allowExpired", default=False)),
        locale="kk" if locale in {"kk", "kz"} else "ru",
        decode=signing.flag("decode", default=False),
        encapsulate=signing.flag("encapsulate", default=True),
        digested=signing.flag("digested", default=False),
        stamped=signing.has_object("tsaProfile"),
        output_certificate=signing.flag("outputCert", default=False),
    )


def _demands(signer: _Members, *, allow_expired: bool) -> Demands:
    return Demands(
        usages=frozenset(signer.texts("extKeyUsageOids", _MAX_OIDS) or ()),
        iin=signer.text("iin"),
        bin=signer.text("bin"),
        serial=signer.text("serialNumber"),
        issuers=tuple(_issuer(text) for text in signer.texts("chain", _MAX_CHAIN) or ()),
        live_only=not allow_expired,
    )


def _issuer(text: str) -> Certificate:
    try:
        return read_certificate(text.encode("ascii", "replace"))
    except CertificateUnreadable as error:
        raise InvocationRefused("java.security.cert.CertificateException: the chain is unreadable") from error


@dataclass(frozen=True)
class Basics:
    """The module; its only method is `sign`."""

    program: Program

    async def answer(self, request: Request, caller: Caller) -> str:
        """Call the method and return the frame to send."""
        try:
            if request.method != "sign":
                raise InvocationRefused(f"java.lang.NoSuchMethodException: {request.method}")
            arguments = read_arguments(request.args, caller, self.program.storages)
            return basics_answer(await self._sign(arguments, caller))
        except Cancelled:
            return basics_cancelled()
        except NcalayerError as error:
            return basics_error(error)

    async def _sign(self, arguments: SignArguments, caller: Caller) -> Any:
        if arguments.format == "xml":
            await asyncio.to_thread(check_xml, arguments.documents)
        contents = arguments.contents() if arguments.format != "xml" else _bytes_of(arguments.documents)
        if arguments.digested and not all(0 < len(content) <= _MAX_HASH_BYTES for content in contents):
            raise DocumentRefused("java.lang.IllegalArgumentException: the length of a hash")
        purpose = {"xml": Purpose.SIGN_XML, "cms": Purpose.SIGN_CMS, "raw": Purpose.SIGN_RAW}[arguments.format]
        if arguments.digested:
            purpose = Purpose.SIGN_HASH
        question = Question(
            purpose, caller.origin, arguments.locale, arguments.demands, contents, offers_keys=arguments.offers_keys
        )
        key = await self.program.chooser.choose(question)
        if arguments.format == "xml":
            signatures = await self.program.sign_xml(arguments.documents, key)
            return _with_certificate(signatures, key) if arguments.output_certificate else signatures
        if arguments.format == "raw":
            return _with_certificate(await self.program.sign_raw(contents, key), key)
        signatures = [cades.as_pem(await self._cms(content, arguments, key)) for content in contents]
        if arguments.output_certificate:
            return _with_certificate(signatures, key)
        return signatures if arguments.several else signatures[0]

    async def _cms(self, content: bytes, arguments: SignArguments, key: SigningKey) -> Any:
        if arguments.digested:
            signed = cades.Content(content)
        else:
            signed = await self.program.content(content, key, attached=arguments.encapsulate)
        return await self.program.sign_cms(signed, key, with_timestamp=arguments.stamped)


def _bytes_of(documents: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(document.encode() for document in documents)


def _with_certificate(signatures: list[str], key: SigningKey) -> dict[str, Any]:
    return {"signatures": signatures, "certificate": key.certificate.pem}
