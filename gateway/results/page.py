"""What the page of a result document shows: every line in both languages, all of it taken from the signed file."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gateway.eds.errors import TimestampRefused
from gateway.eds.evidence import Kept, read_all_evidence
from gateway.eds.timestamps import verify_timestamp
from gateway.eds.xmldsig import XmlSignature
from gateway.identity.numbers import Iin
from gateway.results.alphabet import unprintable
from gateway.results.dates import day_in_words, local_moment
from gateway.results.document import Authority, DocumentSigner, ResultDocument, Statement
from gateway.results.posts import post
from gateway.results.qr import digest_prefix, qr_svg, verification_address

SIMULATED = Statement(
    "СИМУЛЯЦИЯ. Сынақ жүйесі жасаған құжат, заңды күші жоқ.",
    "СИМУЛЯЦИЯ. Документ создан испытательной системой и не имеет юридической силы.",
)
_LEGAL_FORCE = Statement(
    "Осы құжат «Электрондық құжат және электрондық цифрлық қолтаңба туралы» 2003 жылғы 7 қаңтардағы Қазақстан "
    "Республикасы Заңының 7-бабының 1-тармағына сәйкес қағаз жеткізгіштегі құжатпен бірдей.",
    "Данный документ согласно пункту 1 статьи 7 Закона Республики Казахстан от 7 января 2003 года «Об электронном "
    "документе и электронной цифровой подписи» равнозначен документу на бумажном носителе.",
)
_ATTACHED = Statement(
    "Қол қойылған XML-құжат осы PDF файлына тіркелген.", "Подписанный XML-документ вложен в этот файл PDF."
)
_CHECK = Statement("Құжаттың түпнұсқалығын тексеру:", "Проверить подлинность документа:")


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled value that differs by language."""

    label: Statement
    value: Statement


@dataclass(frozen=True, slots=True)
class Cell:
    """A labelled value that is the same in both languages."""

    label: Statement
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """All that is printed."""

    simulated: bool
    mark: Statement
    head: Statement
    title: Statement
    rows: tuple[Row, ...]
    cells: tuple[Cell, ...]
    body: tuple[Statement, ...]
    signatures_title: Statement
    signatures: tuple[tuple[Cell, ...], ...]
    """In the order in which they were made."""
    signers: tuple[tuple[Row, ...], ...]
    """Beside each signature the office and post of its signer, where the document names them."""
    check: Statement
    address: str
    notes: tuple[Statement, ...]
    footer: str

    def to_json(self) -> str:
        """Return what the template reads."""
        return json.dumps(asdict(self), ensure_ascii=False)

    def values(self) -> tuple[str, ...]:
        """Return every text that must be found on the page, once each, in their order."""
        found: dict[str, None] = {}
        _collect(asdict(self), found)
        return tuple(found)

    def qr(self) -> str:
        """Return the QR code of the address as SVG."""
        return qr_svg(self.address)


def page_of(document: ResultDocument, signatures: Sequence[XmlSignature], signed_xml: bytes) -> Page:
    """Lay out the page; nothing on it comes from anywhere but the signed file."""
    in_order = tuple(reversed(signatures))
    named = document.signers if len(document.signers) == len(in_order) else ()
    return Page(
        simulated=document.simulated,
        mark=SIMULATED if document.simulated else Statement("", ""),
        head=document.issuer.name,
        title=document.title,
        rows=tuple(_rows(document)),
        cells=tuple(_cells(document)),
        body=document.body,
        signatures_title=Statement("Электрондық цифрлық қолтаңба", "Электронная цифровая подпись"),
        signatures=tuple(map(_signature_cells, in_order)) if not named else _named_cells(in_order, signed_xml),
        signers=tuple(map(_signer_rows, named)),
        check=_CHECK,
        address=verification_address(document, signed_xml),
        notes=(_ATTACHED,) if document.simulated else (_LEGAL_FORCE, _ATTACHED),
        footer=f"{document.number} · {digest_prefix(signed_xml)}",
    )


def _rows(document: ResultDocument) -> list[Row]:
    rows = []
    if document.ground is not None:
        rows.append(Row(Statement("Бас тарту негізі", "Основание отказа"), document.ground.text))
    rows.append(Row(Statement("Мемлекеттік көрсетілетін қызмет", "Государственная услуга"), document.service_title))
    rows.append(Row(Statement("Көрсетілетін қызметті беруші", "Услугодатель"), document.provider.name))
    if document.authority is Authority.PORTAL:
        rows.append(Row(Statement("Хабарламаны жасаған", "Сообщение сформировано"), document.issuer.name))
    if document.valid_until is not None:
        rows.append(Row(Statement("Қолданылу мерзімі", "Срок действия до"), day_in_words(document.valid_until)))
    return rows


def _cells(document: ResultDocument) -> list[Cell]:
    number = document.applicant.number
    number_label = Statement("ЖСН", "ИИН") if isinstance(number, Iin) else Statement("БСН", "БИН")
    cells = [
        _cell("Құжат нөмірі", "Номер документа", document.number),
        _cell("Берілген күні мен уақыты", "Дата и время выдачи", local_moment(document.issued_at)),
        _cell("Сұраным нөмірі", "Номер запроса", document.application),
        _cell("Көрсетілетін қызметті берушінің БСН-і", "БИН услугодателя", str(document.provider.bin)),
        _cell("Көрсетілетін қызметті алушы", "Услугополучатель", document.applicant.name),
        Cell(number_label, str(number)),
    ]
    if document.authority is Authority.PORTAL:
        cells.append(_cell("Хабарламаны жасаушының БСН-і", "БИН сформировавшего", str(document.issuer.bin)))
    if document.ground is not None:
        cells.append(_cell("Бас тарту негізінің коды", "Код основания отказа", document.ground.code))
    return cells


def _signature_cells(signature: XmlSignature) -> tuple[Cell, ...]:
    certificate = signature.certificate
    subject = certificate.subject
    period = f"{local_moment(certificate.not_before)} – {local_moment(certificate.not_after)}"
    return (
        _cell("Қол қойған", "Подписал", subject.common_name or subject.dn),
        _cell("Ұйым", "Организация", subject.organisation or "–"),
        _cell("Ұйымның БСН-і", "БИН организации", subject.bin or "–"),
        _cell("Тіркеу куәлігінің нөмірі", "Номер свидетельства", certificate.serial_hex),
        _cell("Тіркеу куәлігін берген", "Свидетельство выдано", certificate.issuer_dn),
        _cell("Тіркеу куәлігінің мерзімі", "Срок свидетельства", period),
        _cell("Қолтаңба алгоритмі", "Алгоритм подписи", signature.signature_method.name),
    )


def _named_cells(signatures: Sequence[XmlSignature], signed_xml: bytes) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of each signature with the time that a token in it states."""
    kept = reversed(read_all_evidence(signed_xml))
    return tuple(
        (
            *_signature_cells(signature),
            _cell("Уақыт белгісі", "Метка времени", _stamped_at(beside)),
        )
        for signature, beside in zip(signatures, kept, strict=True)
    )


def _stamped_at(kept: Kept) -> str:
    """Return the earliest moment that a token over the signature states; whom to believe is asked elsewhere."""
    found = []
    for token in kept.evidence.timestamps:
        with contextlib.suppress(TimestampRefused):
            found.append(verify_timestamp(token, kept.value, certificates=kept.evidence.certificates).moment)
    return local_moment(min(found)) if found else "–"


def _signer_rows(signer: DocumentSigner) -> tuple[Row, ...]:
    called, office = post(signer), signer.office.name
    label = Statement("Қол қоюшының лауазымы мен органы", "Должность и орган подписавшего")
    return (Row(label, Statement(f"{called.kk}, {office.kk}", f"{called.ru}, {office.ru}")),)


def _cell(kk: str, ru: str, value: str) -> Cell:
    shown = value
    for letter in unprintable(value):
        shown = shown.replace(letter, "?")
    return Cell(Statement(kk, ru), shown)


def _collect(part: Any, found: dict[str, None]) -> None:
    if isinstance(part, str):
        if re.search(r"\S", part):
            found[part] = None
    elif isinstance(part, dict):
        for inner in part.values():
            _collect(inner, found)
    elif isinstance(part, list | tuple):
        for inner in part:
            _collect(inner, found)
