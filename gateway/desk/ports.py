"""What the desk asks of the world, with the fakes that its tests and demonstrations use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from lxml import etree

from gateway.catalogue import Role
from gateway.eds.canonical import canonical_document
from gateway.eds.codes import ROWS, Code, Status
from gateway.eds.roles import Role as CertificateRole
from gateway.eds.xml import parse
from gateway.identity.numbers import Bin, Iin
from gateway.shep.messages import AsyncMessage
from gateway.store.database import Connection
from gateway.texts import Text


class Outgoing(Protocol):
    """Messages on their way out, stored in the caller's transaction (`gateway.shep.outbox`)."""

    async def put(self, conn: Connection, *, key: str, gateway: str, message: AsyncMessage) -> bool:
        """Store a message for the gateway of this name; False when the key was put before."""


@dataclass(frozen=True, slots=True)
class StateRecord:
    """What a state database said about someone: the facts to show and the signed answer itself."""

    facts: Mapping[str, str]
    answer: bytes


@dataclass(frozen=True, slots=True)
class NotOnRecord:
    """A state database answered that it has nobody of this number; the signed answer says so."""

    answer: bytes


class RegisterSilent(Exception):
    """A state database did not answer, or its answer proves nothing; never to be read as absent. `code` says why.

    `facts` say it more exactly, without a word of the answer: the code of ЭҮШ, of its fault, of the provider's status.
    """

    def __init__(self, code: str, facts: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.facts = dict(facts or {})


class StateRegister(Protocol):
    """A state database of persons or of organisations."""

    @property
    def name(self) -> str:
        """Its short name, such as gbdfl."""

    async def look_up(self, number: Iin | Bin) -> StateRecord | NotOnRecord:
        """Ask about a number; raises `RegisterSilent`."""


class FileGone(Exception):
    """The temporary store has no such file, or one that is too large."""


class StoreSilent(Exception):
    """The temporary store did not answer."""


class TemporaryFiles(Protocol):
    """The temporary store of large attachments."""

    async def fetch(self, identifier: str, *, max_bytes: int) -> bytes:
        """Return a file; raises `FileGone` or `StoreSilent`."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What the check of a signature came to.

    `covered` and `document` are what was signed, given only when the signature is valid; `keep` makes the whole with
    the evidence that it was judged by, and a time stamp, which costs a question to its authority and belongs after the
    last check; `iin` and `bin` are the signer's, `roles` those in which the certificate says that the signer acts.
    """

    status: Status
    code: str
    text: Text
    covered: bytes | None = None
    document: etree._Element | None = None
    keep: Callable[[], Awaitable[bytes]] | None = None
    iin: str | None = None
    bin: str | None = None
    roles: frozenset[CertificateRole] = frozenset()


class Signatures(Protocol):
    """Checks of signed XML: form, cryptography, path, revocation, signer."""

    async def of_applicant(self, signed: bytes) -> Judged:
        """Judge an application's signature; whether the signer is the one who had to sign is compared by who asks."""

    async def of_official(
        self, signed: bytes, *, iin: Iin, bin_: Bin, role: Role = Role.HEAD, earlier: int = 0
    ) -> Judged:
        """Judge a result's last signature: account's IIN, office's BIN, a certificate that fits the official's role.

        `earlier` officials must have signed before, nobody of them twice, and their signatures must still be good;
        `covered` is what this signer signed: the document as the one before left it, canonical.
        """


@dataclass
class SentMessages:
    """An outbox that keeps messages in memory."""

    sent: dict[str, tuple[str, AsyncMessage]] = field(default_factory=dict)

    async def put(self, conn: Connection, *, key: str, gateway: str, message: AsyncMessage) -> bool:
        """Keep the message under its key."""
        if key in self.sent:
            return False
        self.sent[key] = (gateway, message)
        return True


@dataclass
class FixedRegister:
    """A register with fixed records; `silent` makes it stop answering."""

    name: str
    records: dict[str, Mapping[str, str]] = field(default_factory=dict)
    silent: bool = False
    asked: list[str] = field(default_factory=list)

    async def look_up(self, number: Iin | Bin) -> StateRecord | NotOnRecord:
        """Answer from the records."""
        self.asked.append(str(number))
        if self.silent:
            raise RegisterSilent("registry-no-answer")
        facts = self.records.get(str(number))
        if facts is None:
            return NotOnRecord(b"<absent/>")
        return StateRecord(facts, b"<found/>")


@dataclass
class MemoryFiles:
    """A temporary store in memory."""

    files: dict[str, bytes] = field(default_factory=dict)
    silent: bool = False

    async def fetch(self, identifier: str, *, max_bytes: int) -> bytes:
        """Return a kept file."""
        if self.silent:
            raise StoreSilent(identifier)
        content = self.files.get(identifier)
        if content is None or len(content) > max_bytes:
            raise FileGone(identifier)
        return content


@dataclass
class TrustingSignatures:
    """Signatures that are whatever they are told to be; `sign` adds a comment in place of each signature."""

    iin: str | None = None
    bin: str | None = None
    roles: frozenset[CertificateRole] = frozenset()
    status: Status = Status.VALID
    code: Code = Code.OK

    _MARK = b"<!--signed-->"

    def sign(self, document: bytes) -> bytes:
        """Return the document as the fake takes it for signed."""
        return document + self._MARK

    async def of_applicant(self, signed: bytes) -> Judged:
        """Judge as told."""
        return self._judged(signed)

    async def of_official(
        self, signed: bytes, *, iin: Iin, bin_: Bin, role: Role = Role.HEAD, earlier: int = 0
    ) -> Judged:
        """Judge as told, where as many have signed before as must."""
        found = signed.removesuffix(self._MARK).count(self._MARK)
        if self.status is Status.VALID and found != earlier:
            code = Code.SIGNATURES_TOO_FEW if found < earlier else Code.SIGNATURES_TOO_MANY
            return Judged(Status.INVALID, code.value, ROWS[code].text)
        judged = self._judged(signed)
        return judged if judged.covered is None else replace(judged, covered=canonical_document(judged.covered))

    def _judged(self, signed: bytes) -> Judged:
        text = ROWS[self.code].text
        if self.status is not Status.VALID:
            return Judged(self.status, self.code.value, text)
        covered = signed.removesuffix(self._MARK)
        return Judged(
            self.status,
            self.code.value,
            text,
            covered,
            parse(covered),
            iin=self.iin,
            bin=self.bin,
            roles=self.roles,
        )
