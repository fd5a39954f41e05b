"""What a check of a file came to, for a person in three languages and for a program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import Any

from gateway.eds.codes import ROWS, Code, Status
from gateway.eds.stamped import JudgedTimestamp
from gateway.eds.verdict import Verdict
from gateway.results.comparison import Difference, PageMatch
from gateway.results.document import DocumentSigner, ResultDocument
from gateway.results.errors import ResultCode
from gateway.results.posts import signer_in_words
from gateway.results.words import FACTS, HEADINGS, STATUSES, WORDS, fact_value
from gateway.texts import Language, Text

_NOT_SIGNED = frozenset({ResultCode.NOT_SIGNED, ResultCode.NOT_XML, ResultCode.PDF_UNREADABLE, Code.CMS_UNREADABLE})
_EXITS = {Status.VALID: 0, Status.INVALID: 1, Status.UNDETERMINED: 2}
NOT_A_SIGNED_FILE = 3


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """The verdict on a file with everything that it rests on."""

    verdict: Status
    code: str
    judged_at: datetime
    form: str | None = None
    signers: tuple[Verdict, ...] = ()
    timestamps: tuple[JudgedTimestamp | None, ...] = ()
    """Beside each signer, the time stamp over his signature."""
    content: Mapping[str, str] = field(default_factory=dict)
    """Size and SHA-256 of what was signed."""
    document: ResultDocument | None = None
    page: PageMatch | None = None
    differences: tuple[Difference, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def posts(self) -> tuple[DocumentSigner | None, ...]:
        """Beside each signer, the last one first, in which post of which office the document has him sign."""
        named = () if self.document is None else self.document.signers
        return tuple(reversed(named)) if len(named) == len(self.signers) else (None,) * len(self.signers)

    def each_signer(self) -> Iterator[tuple[Verdict, JudgedTimestamp | None, DocumentSigner | None]]:
        """Go through the signers, the last one first: the verdict, the time stamp, and the post that is named."""
        return zip_longest(self.signers, self.timestamps[: len(self.signers)], self.posts)

    @property
    def exit_status(self) -> int:
        """The command's exit status: 0 valid, 1 invalid, 2 undetermined, 3 not a signed file."""
        if self.code in _NOT_SIGNED:
            return NOT_A_SIGNED_FILE
        return _EXITS[self.verdict]

    @property
    def text(self) -> Text:
        """What the verdict says."""
        return WORDS[ResultCode(self.code)][0] if self.code in set(ResultCode) else ROWS[Code(self.code)].text

    @property
    def advice(self) -> Text:
        """What to do about it."""
        return WORDS[ResultCode(self.code)][1] if self.code in set(ResultCode) else ROWS[Code(self.code)].advice

    def to_json(self) -> dict[str, Any]:
        """Return the report with plain values; nothing in it is a signer's IIN."""
        return {
            "verdict": str(self.verdict),
            "code": str(self.code),
            "text": {language.value: self.text.to(language) for language in Language},
            "advice": {language.value: self.advice.to(language) for language in Language},
            "judged_at": self.judged_at.isoformat(),
            "form": self.form,
            "signers": [_signer(*one) for one in self.each_signer()],
            "content": dict(self.content),
            "document": None if self.document is None else _document(self.document),
            "page": None if self.page is None else str(self.page),
            "differences": [{"signed": one.signed, "printed": one.printed} for one in self.differences],
            "facts": dict(self.facts),
        }

    def render(self, language: Language) -> str:
        """Return the report as lines of plain text."""
        lines = [f"{STATUSES[self.verdict].to(language)}: {self.text.to(language)} [{self.code}]"]
        if self.verdict is not Status.VALID:
            lines.append(f"  {self.advice.to(language)}")
        if self.document is not None:
            lines.extend(_document_lines(self.document, language))
        for signer in self.each_signer():
            lines.extend(_signer_lines(*signer, language))
        for one in self.differences:
            lines.append(f"{HEADINGS['signed'].to(language)}: {one.signed}")
            lines.append(f"{HEADINGS['printed'].to(language)}: {one.printed or '–'}")
        lines.append(f"{HEADINGS['judged_at'].to(language)}: {self.judged_at.isoformat()}")
        facts = ((name, fact_value(value, language)) for name, value in self.facts.items() if name in FACTS)
        lines.extend(f"{FACTS[name].to(language)}: {value}" for name, value in facts)
        return "\n".join(map(_one_line, lines))


def _one_line(text: str) -> str:
    """Keep control characters of a hostile file away from the terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _document(document: ResultDocument) -> dict[str, Any]:
    return {
        "kind": str(document.kind),
        "number": document.number,
        "application": document.application,
        "service": document.service,
        "title": {"kk": document.title.kk, "ru": document.title.ru},
        "provider": {
            "bin": str(document.provider.bin),
            "kk": document.provider.name.kk,
            "ru": document.provider.name.ru,
        },
        "applicant": document.applicant.name,
        "issued_at": document.issued_at.isoformat(),
        "valid_until": document.valid_until.isoformat() if document.valid_until else None,
        "ground": document.ground.code if document.ground else None,
        "simulated": document.simulated,
        "signers": [_named(signer) for signer in document.signers],
    }


def _named(signer: DocumentSigner) -> dict[str, Any]:
    name = signer.office.name
    return {
        "role": str(signer.role),
        "body": str(signer.body),
        "office": {"bin": str(signer.office.bin), "kk": name.kk, "ru": name.ru},
    }


def _document_lines(document: ResultDocument, language: Language) -> list[str]:
    def said(kk: str, ru: str) -> str:
        return kk if language is Language.KK else ru

    lines = [
        said(document.title.kk, document.title.ru),
        f"  {HEADINGS['number'].to(language)}: {document.number}",
        f"  {HEADINGS['applicant'].to(language)}: {document.applicant.name}",
        f"  {HEADINGS['provider'].to(language)}: {said(document.provider.name.kk, document.provider.name.ru)}",
        f"  {HEADINGS['issued_at'].to(language)}: {document.issued_at.isoformat()}",
    ]
    if document.ground is not None:
        lines.append(f"  {HEADINGS['ground'].to(language)}: {said(document.ground.text.kk, document.ground.text.ru)}")
    lines.extend(
        f"  {HEADINGS['must_sign'].to(language)}: {signer_in_words(one, language)}" for one in document.signers
    )
    if document.simulated:
        lines.append(f"  {HEADINGS['simulated'].to(language)}")
    return lines


def _signer(verdict: Verdict, stamp: JudgedTimestamp | None, named: DocumentSigner | None) -> dict[str, Any]:
    certificate = verdict.certificate
    found: dict[str, Any] = {"verdict": str(verdict.status), "code": str(verdict.code), "facts": dict(verdict.facts)}
    if certificate is not None:
        found |= {
            "name": certificate.subject.common_name,
            "organisation": certificate.subject.organisation,
            "bin": certificate.subject.bin,
            "serial": certificate.serial_hex,
            "issuer": certificate.issuer_dn,
            "not_before": certificate.not_before.isoformat(),
            "not_after": certificate.not_after.isoformat(),
            "roles": sorted(role.name.lower().replace("_", "-") for role in certificate.roles),
        }
    found["revocation"] = verdict.revocation.to_json() if verdict.revocation else None
    found["timestamp"] = stamp.to_json() if stamp else None
    found["judged_at"] = verdict.judged_at.isoformat()
    if named is not None:
        found["named"] = _named(named)
    return found


def _signer_lines(
    verdict: Verdict, stamp: JudgedTimestamp | None, named: DocumentSigner | None, language: Language
) -> list[str]:
    certificate = verdict.certificate
    if certificate is None:
        return []
    lines = [f"{HEADINGS['signer'].to(language)}: {certificate.subject.common_name or certificate.subject.dn}"]
    if named is not None:
        lines.append(f"  {HEADINGS['post'].to(language)}: {signer_in_words(named, language)}")
    lines += [
        f"  {HEADINGS['organisation'].to(language)}: {certificate.subject.organisation or '–'}",
        f"  {HEADINGS['serial'].to(language)}: {certificate.serial_hex}",
        f"  {STATUSES[verdict.status].to(language)}: {verdict.text.to(language)} [{verdict.code}]",
    ]
    if verdict.revocation is not None:
        source = f"{verdict.revocation.source} {verdict.revocation.produced_at.isoformat()}"
        lines.append(f"  {HEADINGS['revocation'].to(language)}: {source}")
        if verdict.revocation.revoked_at is not None:
            lines.append(f"  {HEADINGS['revoked_at'].to(language)}: {verdict.revocation.revoked_at.isoformat()}")
    if stamp is not None and stamp.timestamp is not None:
        said = f"{stamp.timestamp.moment.isoformat()} ({stamp.timestamp.certificate.subject.common_name})"
        lines.append(f"  {HEADINGS['timestamp'].to(language)}: {said}")
        if not stamp.verdict.valid:
            lines.append(f"    {STATUSES[stamp.verdict.status].to(language)}: {stamp.verdict.text.to(language)}")
    return lines
