"""What may be wrong with a submission for good: its stable codes, and what a person is told."""

from __future__ import annotations

from enum import StrEnum

from gateway.catalogue import Channel
from gateway.texts import Text


class BrokenCode(StrEnum):
    """The stable codes of a submission that is not taken."""

    UNREADABLE = "submission-unreadable"
    SIGNATURE = "submission-signature-invalid"
    SIGNER = "submission-signer-not-applicant"
    OPERATOR = "submission-signer-not-operator"
    DEPARTMENT = "submission-department-not-here"
    REPRESENTATIVE = "submission-representative-wrong"
    NOT_AN_APPLICANT = "submission-applicant-not-entitled"
    CONTRADICTION = "submission-contradicts-itself"
    SERVICE = "submission-service-not-here"
    OFFICE = "submission-office-not-here"
    FORM = "submission-form-wrong"
    FILES = "submission-files-not-as-signed"
    FILE_GONE = "submission-file-gone"
    DOCUMENT = "submission-document-wrong"
    NUMBER_TAKEN = "submission-number-taken"


_TEXTS = {
    BrokenCode.UNREADABLE: Text(
        "Сұранымды оқу мүмкін болмады, ол тіркелген жоқ.",
        "Запрос не удалось прочитать, он не зарегистрирован.",
        "The request could not be read and is not registered.",
    ),
    BrokenCode.SIGNATURE: Text(
        "Сұранымның ЭЦҚ-сы расталмады, ол тіркелген жоқ.",
        "ЭЦП запроса не подтверждена, запрос не зарегистрирован.",
        "The request's ЭЦҚ is not confirmed and the request is not registered.",
    ),
    BrokenCode.SIGNER: Text(
        "Сұранымға көрсетілетін қызметті алушыдан басқа адам қол қойған, ол тіркелген жоқ.",
        "Запрос подписан не услугополучателем и не зарегистрирован.",
        "The request is signed by somebody other than the applicant and is not registered.",
    ),
    BrokenCode.OPERATOR: Text(
        "Сұранымға оны қабылдаған Мемлекеттік корпорация операторының кілтімен қол қойылмаған, ол тіркелген жоқ.",
        "Запрос подписан не ключом оператора Государственной корпорации, принявшего его, и не зарегистрирован.",
        "The request is not signed by the State Corporation's operator who took it in and is not registered.",
    ),
    BrokenCode.DEPARTMENT: Text(
        "Мемлекеттік корпорацияның бұл бөлімі осы көрсетілетін қызметті берушіге өтініш қабылдамайды.",
        "Этот отдел Государственной корпорации не принимает заявления для этого услугодателя.",
        "This department of the State Corporation takes no applications for this provider.",
    ),
    BrokenCode.REPRESENTATIVE: Text(
        "Өкіл немесе оның сенімхаты актінің талаптарына сай емес, сұраным тіркелген жоқ.",
        "Представитель или его доверенность не отвечает требованиям акта, запрос не зарегистрирован.",
        "The representative or the power of attorney is not as the act asks and the request is not registered.",
    ),
    BrokenCode.NOT_AN_APPLICANT: Text(
        "Көрсетілетін қызметті алушы бұл қызметті осы жолмен ала алмайды, сұраным тіркелген жоқ.",
        "Услугополучатель не может получить эту услугу этим путём, запрос не зарегистрирован.",
        "The applicant may not apply for this service on this channel and the request is not registered.",
    ),
    BrokenCode.CONTRADICTION: Text(
        "Сұранымның мәліметтері өзара қайшы келеді, ол тіркелген жоқ.",
        "Сведения запроса противоречат друг другу, он не зарегистрирован.",
        "The request contradicts itself and is not registered.",
    ),
    BrokenCode.SERVICE: Text(
        "Мұндай қызмет мұнда көрсетілмейді.", "Такая услуга здесь не оказывается.", "No such service is provided here."
    ),
    BrokenCode.OFFICE: Text(
        "Көрсетілген мекеме бұл қызметті көрсетпейді.",
        "Указанное учреждение не оказывает эту услугу.",
        "The office named does not provide this service.",
    ),
    BrokenCode.FORM: Text(
        "Сұраным нысаны талаптарға сай емес, ол тіркелген жоқ.",
        "Форма запроса не соответствует требованиям, он не зарегистрирован.",
        "The request's form does not meet the requirements and is not registered.",
    ),
    BrokenCode.FILES: Text(
        "Қоса берілген файлдар қол қойылған сұранымдағыға сәйкес келмейді.",
        "Приложенные файлы не соответствуют указанным в подписанном запросе.",
        "The files attached are not those that the signed request names.",
    ),
    BrokenCode.FILE_GONE: Text(
        "Қоса берілген файл уақытша қоймада жоқ.",
        "Приложенного файла нет во временном хранилище.",
        "A file attached is not in the temporary store.",
    ),
    BrokenCode.DOCUMENT: Text(
        "Қоса берілген құжат талаптарға сай емес.",
        "Приложенный документ не соответствует требованиям.",
        "A document attached does not meet the requirements.",
    ),
    BrokenCode.NUMBER_TAKEN: Text(
        "Бұл нөмірмен басқа сұраным тіркелген.",
        "Под этим номером зарегистрирован другой запрос.",
        "Another request is registered under this number.",
    ),
}


class Broken(Exception):
    """A submission that can never be taken; `number` and `channel` are its own, as far as it could be read."""

    def __init__(
        self, code: BrokenCode, detail: str, *, number: str | None = None, channel: Channel = Channel.PORTAL
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail[:500]
        self.number = number
        self.channel = channel

    @property
    def text(self) -> Text:
        """What happened, for a person."""
        return _TEXTS[self.code]
