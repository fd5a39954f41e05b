"""The module kz.gov.pki.knca.commonUtils: arguments by position, answers with code "200" or "500"."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.eds.certificate import Certificate
from gateway.eds.keys import SigningKey
from gateway.eds.roles import KeyPurpose
from simulators.ncalayer import cades
from simulators.ncalayer.dialog import Purpose, Question
from simulators.ncalayer.errors import DocumentRefused, InvocationRefused, NcalayerError, StorageRefused
from simulators.ncalayer.fitness import Demands
from simulators.ncalayer.frames import Request, common_answer, common_done, common_error
from simulators.ncalayer.keyring import algorithm_name, key_id_of
from simulators.ncalayer.program import (
    FILE_STORAGES,
    MAX_DOCUMENTS,
    STORAGES,
    Caller,
    Program,
    check_xml,
    read_base64,
)

_KEY_TYPES = {"SIGNATURE": KeyPurpose.SIGN, "AUTHENTICATION": KeyPurpose.AUTH}
_LOCALES = {"kk": "kk", "kz": "kk", "ru": "ru", "en": "ru"}
_MAX_HASH_BYTES = 1024
_DONE = object()


@dataclass(frozen=True)
class CommonUtils:
    """The methods; each takes the arguments already checked against its signature."""

    program: Program

    async def answer(self, request: Request, caller: Caller) -> str:
        """Call the method and return the frame to send."""
        try:
            result = await self._call(request, caller)
        except NcalayerError as error:
            return common_error(error)
        return common_done() if result is _DONE else common_answer(result)

    async def _call(self, request: Request, caller: Caller) -> Any:
        methods: Mapping[str, tuple[tuple[type, ...], Callable[..., Awaitable[Any]]]] = {
            "getActiveTokens": ((), self.get_active_tokens),
            "getKeyInfo": ((str,), self.get_key_info),
            "signXml": ((str, str, str, str, str), self.sign_xml),
            "signXmls": ((str, str, list, str, str), self.sign_xmls),
            "createCAdESFromBase64": ((str, str, str, bool), self.create_cades),
            "createCAdESFromBase64Hash": ((str, str, str), self.create_cades_from_hash),
            "createCMSSignatureFromBase64": ((str, str, str, bool), self.create_timestamped_cms),
            "createCAdESFromFile": ((str, str, str, bool), self.sign_file),
            "createCMSSignatureFromFile": ((str, str, str, bool), self.sign_file),
            "showFileChooser": ((str, str), self.show_file_chooser),
            "changeLocale": ((str,), self.change_locale),
        }
        if request.method not in methods:
            raise InvocationRefused(f"java.lang.NoSuchMethodException: Method: {request.method}")
        types, method = methods[request.method]
        given = [] if request.args is None else request.args
        if not isinstance(given, list):
            raise InvocationRefused(
                f"java.lang.IllegalArgumentException: argument type mismatch. Method: {request.method}"
            )
        if len(given) != len(types):
            raise InvocationRefused(
                f"java.lang.IllegalArgumentException: wrong number of arguments. Method: {request.method}"
            )
        if not all(type(value) is kind for value, kind in zip(given, types, strict=True)):
            raise InvocationRefused(
                f"java.lang.IllegalArgumentException: argument type mismatch. Method: {request.method}"
            )
        return await method(caller, *given)

    async def get_active_tokens(self, _caller: Caller) -> list[str]:
        """Return the hardware storages that are plugged in."""
        return sorted(self.program.storages - FILE_STORAGES)

    async def get_key_info(self, caller: Caller, storage: str) -> dict[str, str]:
        """Return what there is to know about the key that the person chooses; it is opened all the same."""
        key = await self._choose(caller, storage, "", Purpose.KEY_INFO)
        return key_info(key.certificate)

    # The protocol has its arguments by position.
    async def sign_xml(  # noqa: PLR0917
        self, caller: Caller, storage: str, kind: str, xml: str, node: str, parent: str
    ) -> str:
        """Return the document with an enveloped signature."""
        return (await self.sign_xmls(caller, storage, kind, [xml], node, parent))[0]

    async def sign_xmls(  # noqa: PLR0917
        self, caller: Caller, storage: str, kind: str, xmls: list[Any], node: str, parent: str
    ) -> list[str]:
        """Return each document with an enveloped signature; one key and one password for all."""
        if not all(isinstance(xml, str) for xml in xmls):
            raise InvocationRefused("java.lang.IllegalArgumentException: argument type mismatch. Method: signXmls")
        if not 0 < len(xmls) <= MAX_DOCUMENTS:
            raise DocumentRefused("java.lang.IllegalArgumentException: the number of documents")
        if node or parent:
            raise DocumentRefused("javax.xml.xpath.XPathExpressionException: the simulator signs whole documents only")
        self._check_storage(storage)
        await asyncio.to_thread(check_xml, xmls)
        key = await self._choose(caller, storage, kind, Purpose.SIGN_XML, tuple(xml.encode() for xml in xmls))
        return await self.program.sign_xml(xmls, key)

    async def create_cades(
        self, caller: Caller, storage: str, kind: str, data: str, attach: bool, *, stamped: bool = False
    ) -> str:
        """Return the CAdES signature over the decoded data, in base64."""
        self._check_storage(storage)
        content = read_base64(data)
        key = await self._choose(caller, storage, kind, Purpose.SIGN_CMS, (content,))
        hashed = await self.program.content(content, key, attached=attach)
        info = await self.program.sign_cms(hashed, key, with_timestamp=stamped)
        return cades.as_base64(info)

    async def create_timestamped_cms(self, caller: Caller, storage: str, kind: str, data: str, attach: bool) -> str:
        """Return the signature with a time stamp over it (deprecated by its makers)."""
        return await self.create_cades(caller, storage, kind, data, attach, stamped=True)

    async def create_cades_from_hash(self, caller: Caller, storage: str, kind: str, digest: str) -> str:
        """Return the detached CAdES signature over data of which only the digest is known."""
        self._check_storage(storage)
        content = read_base64(digest)
        if not 0 < len(content) <= _MAX_HASH_BYTES:
            raise DocumentRefused(None)
        key = await self._choose(caller, storage, kind, Purpose.SIGN_HASH, (content,))
        info = await self.program.sign_cms(cades.Content(content), key, with_timestamp=False)
        return cades.as_base64(info)

    async def sign_file(self, _caller: Caller, storage: str, _kind: str, _path: str, _attach: bool) -> str:
        """Say that there is no such file: the simulator opens none of the person's files."""
        self._check_storage(storage)
        raise DocumentRefused("file.not_found")

    async def show_file_chooser(self, _caller: Caller, _extension: str, _folder: str) -> str:
        """Say that the person closed the chooser: the simulator opens none of the person's files."""
        raise DocumentRefused("action.canceled")

    async def change_locale(self, caller: Caller, locale: str) -> object:
        """Change the language of the dialog for this connection."""
        caller.locale = _LOCALES.get(locale, caller.locale)
        return _DONE

    def _check_storage(self, storage: str) -> None:
        if not storage:
            raise StorageRefused("storageName.param.empty")
        if storage not in STORAGES:
            raise StorageRefused("storage.unknown")
        if storage not in self.program.storages:
            raise StorageRefused("storage.empty")

    async def _choose(
        self, caller: Caller, storage: str, kind: str, purpose: Purpose, documents: tuple[bytes, ...] = ()
    ) -> SigningKey:
        self._check_storage(storage)
        demands = Demands(purpose=_KEY_TYPES.get(kind))
        question = Question(purpose, caller.origin, caller.locale, demands, documents)
        return await self.program.chooser.choose(question)


def key_info(certificate: Certificate) -> dict[str, str]:
    """Return the responseObject of getKeyInfo; moments are milliseconds since 1970, as strings."""
    return {
        "alias": key_id_of(certificate),
        "keyId": key_id_of(certificate),
        "algorithm": algorithm_name(certificate),
        "subjectCn": certificate.subject.common_name or "",
        "subjectDn": certificate.subject.dn,
        "issuerCn": certificate.issuer.first("2.5.4.3") or "",
        "issuerDn": certificate.issuer_dn,
        "serialNumber": str(certificate.serial),
        "certNotAfter": str(math.floor(certificate.not_after.timestamp() * 1000)),
        "certNotBefore": str(math.floor(certificate.not_before.timestamp() * 1000)),
        "authorityKeyIdentifier": (certificate.aki or b"").hex(),
        "pem": certificate.pem,
    }
