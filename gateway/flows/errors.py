"""What a person may be told when a step of a flow cannot be taken; nothing has changed then."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from gateway.catalogue.terms import ApplicantKind
from gateway.results.alphabet import unprintable
from gateway.texts import Text


class FlowCode(StrEnum):
    """The stable codes of this room."""

    APPLICATION_UNKNOWN = "application-unknown"
    SERVICE_NOT_HERE = "service-not-on-this-channel"
    NOT_AN_APPLICANT = "not-an-applicant-of-this-service"
    NOT_EDITABLE = "application-not-editable"
    INCOMPLETE = "application-incomplete"
    NOT_READY = "application-not-ready-to-sign"
    CERTIFICATE_NOT_FIT = "certificate-not-fit-for-signing"
    SIGNED_DOCUMENT = "signed-document-refused"
    SUPPLEMENT_NOT_AWAITED = "documents-not-awaited"
    REGISTRATION_GONE = "registration-gone"
    REGISTRATION_NOT_CONFIRMED = "registration-not-confirmed"
    NAME_NOT_PRINTABLE = "name-not-printable"


_TEXTS = {
    FlowCode.APPLICATION_UNKNOWN: Text("Мұндай өтініш жоқ.", "Такого заявления нет.", "There is no such application."),
    FlowCode.SERVICE_NOT_HERE: Text(
        "Бұл қызмет портал арқылы көрсетілмейді.",
        "Эта услуга не оказывается через портал.",
        "This service is not provided through the portal.",
    ),
    FlowCode.NOT_AN_APPLICANT: Text(
        "Бұл қызметті тек {who} ала алады.",
        "Эту услугу могут получить только {who}.",
        "Only {who} may apply for it.",
    ),
    FlowCode.NOT_EDITABLE: Text(
        "Өтініш жіберілген, оны өзгертуге болмайды.",
        "Заявление отправлено, изменить его нельзя.",
        "The application was sent and cannot be changed.",
    ),
    FlowCode.INCOMPLETE: Text(
        "Алдымен нысанды толтырып, барлық міндетті құжатты тіркеңіз.",
        "Сначала заполните форму и приложите все обязательные документы.",
        "First fill in the form and attach every required document.",
    ),
    FlowCode.NOT_READY: Text(
        "Алдымен ЭЦҚ тіркеу куәлігін таңдаңыз.",
        "Сначала выберите регистрационное свидетельство ЭЦП.",
        "First choose your EDS certificate.",
    ),
    FlowCode.CERTIFICATE_NOT_FIT: Text(
        "Бұл куәлікпен құжатқа қол қоюға болмайды: қол қоюға арналған кілтті таңдаңыз.",
        "Этим свидетельством нельзя подписывать документы: выберите ключ, предназначенный для подписи.",
        "This certificate is not for signing documents: choose your signing key.",
    ),
    FlowCode.SIGNED_DOCUMENT: Text(
        "Қол қойылған құжат қабылданбады.", "Подписанный документ не принят.", "The signed document was not accepted."
    ),
    FlowCode.SUPPLEMENT_NOT_AWAITED: Text(
        "Көрсетілетін қызметті беруші бұл өтініш бойынша қосымша құжаттарды күтіп отырған жоқ.",
        "Услугодатель не ожидает дополнительных документов по этому заявлению.",
        "The provider is not waiting for further documents on this application.",
    ),
    FlowCode.REGISTRATION_GONE: Text(
        "Тіркелу уақыты өтіп кетті немесе ол аяқталған. Тіркелуді қайта бастаңыз.",
        "Время регистрации истекло, или она уже завершена. Начните регистрацию заново.",
        "The time to register has passed, or the registration is finished. Begin again.",
    ),
    FlowCode.REGISTRATION_NOT_CONFIRMED: Text(
        "Тіркелу ЭЦҚ-мен расталмады.",
        "Регистрация не подтверждена ЭЦП.",
        "The registration was not confirmed by an EDS.",
    ),
    FlowCode.NAME_NOT_PRINTABLE: Text(
        "Тіркеу куәлігіндегі атта құжатқа басып шығаруға болмайтын таңбалар бар: {signs}. Мұндай атпен өтініш "
        "қабылданбайды.",
        "Имя в регистрационном свидетельстве содержит знаки, которые нельзя напечатать в документе: {signs}. Заявление "
        "под таким именем не принимается.",
        "The name in the certificate has characters that no document can print: {signs}. No application is accepted "
        "under such a name.",
    ),
}


_APPLICANTS = {
    ApplicantKind.INDIVIDUAL: Text("жеке тұлғалар", "физические лица", "individuals"),
    ApplicantKind.LEGAL_ENTITY: Text("заңды тұлғалар", "юридические лица", "legal entities"),
    ApplicantKind.ENTREPRENEUR: Text("дара кәсіпкерлер", "индивидуальные предприниматели", "individual entrepreneurs"),
}


def who_may_apply(kinds: Iterable[ApplicantKind]) -> Text:
    """Name the kinds of applicants, such as "legal entities and individual entrepreneurs"."""
    named = [_APPLICANTS[kind] for kind in kinds]
    return Text(
        _listed([one.kk for one in named], "және"),
        _listed([one.ru for one in named], "и"),
        _listed([one.en for one in named], "and"),
    )


def _listed(words: list[str], last: str) -> str:
    return f" {last} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


class FlowError(Exception):
    """A step of a flow cannot be taken; `text` says why and `advice` what to do."""

    def __init__(
        self, code: FlowCode, *, text: Text | None = None, advice: Text | None = None, reason: str = ""
    ) -> None:
        self.code = code
        self.text = text or _TEXTS[code]
        self.advice = advice
        self.reason = reason
        super().__init__(f"{code}: {reason}" if reason else str(code))


class NotAnApplicant(FlowError):
    """The act names other applicants; the text says whom."""

    def __init__(self, kinds: Iterable[ApplicantKind], *, reason: str) -> None:
        said = _TEXTS[FlowCode.NOT_AN_APPLICANT].format(who=who_may_apply(kinds))
        super().__init__(FlowCode.NOT_AN_APPLICANT, text=said, reason=reason)


class NameNotPrintable(FlowError):
    """The name of a certificate has characters that no document can print; the text names them."""

    advice_text = Text(
        "Куәландырушы орталықтан аты жеке басты куәландыратын құжаттағыдай жазылған тіркеу куәлігін алып, порталда "
        "қайта тіркеліңіз.",
        "Получите в удостоверяющем центре регистрационное свидетельство с именем, как в документе, удостоверяющем "
        "личность, и зарегистрируйтесь на портале заново.",
        "Get a certificate with the name as in your identity document from the certification authority, and register "
        "on the portal again.",
    )

    def __init__(self, signs: str) -> None:
        named = ", ".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in signs)
        said = _TEXTS[FlowCode.NAME_NOT_PRINTABLE].format(signs=named)
        super().__init__(FlowCode.NAME_NOT_PRINTABLE, text=said, advice=self.advice_text)


def check_name(name: str) -> None:
    """Refuse a name under which no document could be issued; raises `NameNotPrintable`."""
    if signs := unprintable(name):
        raise NameNotPrintable(signs)


class ApplicationUnknown(FlowError):
    """No application of this number belongs to this account."""

    def __init__(self) -> None:
        super().__init__(FlowCode.APPLICATION_UNKNOWN)
