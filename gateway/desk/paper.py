"""Paper as it is handed in at a counter, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gateway.exchange.acceptance import Representative
from gateway.identity.numbers import Bin, Iin
from gateway.results.names import NameOf, name_text
from gateway.terminal.pages import ScanPage
from gateway.texts import Text


@dataclass(frozen=True, slots=True)
class Scan:
    """A document that the acceptor scanned; the original is compared with it and given back."""

    document: str
    """Kind of document by the catalogue."""
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Paper:
    """An application on paper, entered by whoever takes it in.

    `sheet` is the identity of one showing of the form: the same sheet with the same content makes one case, however
    often it is sent. Documents come as scans, or stay in the file as paper copies (`on_paper`).
    """

    sheet: str
    service: str
    office: str
    """The provider that decides."""
    applicant: Iin | Bin | None
    """None for a number that could not be read."""
    applicant_name: str
    fields: Mapping[str, str]
    documents: tuple[Scan, ...] = ()
    on_paper: tuple[str, ...] = ()
    representative: Representative | None = None
    pages: tuple[ScanPage, ...] = ()
    """The scanned pages of which the documents were put together, where they were kept page by page."""
    version: int = 0
    """Under which it is kept as an unfinished entry; 0 where nothing of it is."""


@dataclass(frozen=True, slots=True)
class PaperIntake:
    """What was noted when the paper came in; who accepted it is kept by name as it was on that day."""

    acceptor: int
    acceptor_name: str
    on_paper: tuple[str, ...]
    representative: Representative | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the note as it is kept in the case's row."""
        by = None if self.representative is None else self.representative.to_json()
        return {
            "acceptor": self.acceptor,
            "acceptor_name": self.acceptor_name,
            "on_paper": list(self.on_paper),
            "representative": by,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> PaperIntake:
        """Read what `to_json` wrote."""
        by = body["representative"]
        return cls(
            acceptor=body["acceptor"],
            acceptor_name=body["acceptor_name"],
            on_paper=tuple(body["on_paper"]),
            representative=None if by is None else Representative.from_json(by),
        )


class PaperCode(StrEnum):
    """The stable codes of what is wrong with a paper."""

    APPLICANT = "paper-applicant-number-wrong"
    NOT_AN_APPLICANT = "paper-applicant-not-entitled"
    NAME = "paper-name-wrong"
    OFFICE = "paper-office-not-here"
    FORM = "paper-form-wrong"
    DOCUMENT_MISSING = "paper-document-missing"
    DOCUMENT_WRONG = "paper-document-wrong"
    NO_REPRESENTATIVE = "paper-representative-not-allowed"
    SAME_PERSON = "paper-representative-is-applicant"
    POWER = "paper-power-of-attorney-wrong"
    NOTHING_MISSING = "paper-nothing-missing"


TEXTS = {
    PaperCode.APPLICANT: Text(
        "Көрсетілетін қызметті алушының ЖСН-ін немесе БСН-ін енгізіңіз.",
        "Введите ИИН или БИН услугополучателя.",
        "Enter the applicant's IIN or BIN.",
    ),
    PaperCode.NOT_AN_APPLICANT: Text(
        "Бұл нөмірдің иесі осы қызметті ала алмайды: акт бойынша қызметті алушылар – басқа тұлғалар.",
        "Владелец этого номера не может получить эту услугу: по акту услугополучатели – иные лица.",
        "The holder of this number may not apply: by the act the applicants are others.",
    ),
    PaperCode.NAME: name_text(NameOf.ANYBODY),
    PaperCode.OFFICE: Text(
        "Көрсетілетін қызметті берушіні тізімнен таңдаңыз.",
        "Выберите услугодателя из списка.",
        "Choose the provider from the list.",
    ),
    PaperCode.FORM: Text(
        "Өтініштің нысаны қызметтің сызбасына сай емес.",
        "Форма заявления не соответствует схеме услуги.",
        "The application's form does not follow the service's schema.",
    ),
    PaperCode.DOCUMENT_MISSING: Text(
        "«{label}» ұсынылмаған: көшірмесін тіркеңіз немесе қағаз түрінде алынғанын белгілеңіз.",
        "Документ «{label}» не представлен: приложите копию или отметьте, что он принят на бумаге.",
        "“{label}” is missing: attach a copy, or mark that it was taken on paper.",
    ),
    PaperCode.DOCUMENT_WRONG: Text(
        "Қызмет мұндай құжатты қабылдамайды немесе ол екі рет тіркелген.",
        "Услуга не предусматривает такого документа, или он приложен дважды.",
        "The service takes no such document, or it is attached twice.",
    ),
    PaperCode.NO_REPRESENTATIVE: Text(
        "Акт бойынша бұл жерде өкілдің өтініш беруі көзделмеген.",
        "По акту здесь подача заявления представителем не предусмотрена.",
        "By the act a representative cannot apply here.",
    ),
    PaperCode.SAME_PERSON: Text(
        "Өкіл мен көрсетілетін қызметті алушы бір адам болмауға тиіс.",
        "Представитель и услугополучатель не могут быть одним лицом.",
        "The representative and the applicant cannot be one person.",
    ),
    PaperCode.POWER: Text(
        "Сенімхатты көрсетіңіз: түрін, күнін, ал нотариат куәландырғанның нөмірін де. {rule}",
        "Укажите доверенность: вид, дату, а для нотариальной и номер. {rule}",
        "State the power of attorney: its kind, its date, and the number of a notarised one. {rule}",
    ),
    PaperCode.NOTHING_MISSING: Text(
        "Барлық қажетті құжат ұсынылған: қабылдаудан бас тартуға негіз жоқ.",
        "Все необходимые документы представлены: оснований для отказа в приёме нет.",
        "Every required document is there: nothing to refuse acceptance for.",
    ),
}
"""What a person is told; a form's and a file's own problems keep the words of the catalogue."""


@dataclass(frozen=True, slots=True)
class PaperProblem:
    """One thing that is wrong: at a field of the form, at a document by its kind, or at a field of the paper itself."""

    field: str
    code: PaperCode
    text: Text

    @property
    def is_document(self) -> bool:
        """Whether `field` is the kind of a document."""
        return self.code in (PaperCode.DOCUMENT_MISSING, PaperCode.DOCUMENT_WRONG)


class PaperRefused(Exception):
    """The paper cannot be taken as it is; nothing was stored."""

    def __init__(self, problems: tuple[PaperProblem, ...]) -> None:
        super().__init__(", ".join(f"{problem.field}: {problem.code}" for problem in problems))
        self.problems = problems

    @property
    def is_incomplete(self) -> bool:
        """Whether a required document is missing, for which acceptance may be refused."""
        return any(problem.code is PaperCode.DOCUMENT_MISSING for problem in self.problems)


class CounterClosed(Exception):
    """The member's office takes no papers of this service: it is no counter of it, or the act opens none."""

    text = Text(
        "Сіздің мекемеңіз бұл қызмет бойынша қағаз өтініштерді қабылдамайды.",
        "Ваше учреждение не принимает заявления на бумаге по этой услуге.",
        "Your office takes no paper applications for this service.",
    )
    code = "desk-not-a-counter"


def problem_at(field: str, code: PaperCode, **places: object) -> PaperProblem:
    """Name a problem in its code's words; texts among `places` are put in each language."""
    template = TEXTS[code]
    shown = {
        language: {
            name: getattr(value, language) if isinstance(value, Text) else value for name, value in places.items()
        }
        for language in ("kk", "ru", "en")
    }
    text = Text(
        template.kk.format(**shown["kk"]).strip(),
        template.ru.format(**shown["ru"]).strip(),
        template.en.format(**shown["en"]).strip(),
    )
    return PaperProblem(field, code, text)
