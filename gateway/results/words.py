"""What the codes of this room say and advise, and the headings of a report, in three languages."""

from __future__ import annotations

from gateway.eds.codes import Status
from gateway.results.errors import ResultCode
from gateway.texts import Language, Text

_GET_AGAIN = Text(
    "Құжатты жеке кабинеттен қайта жүктеп алыңыз.",
    "Скачайте документ из личного кабинета заново.",
    "Download the document from the cabinet again.",
)
_USE_XML = Text(
    "PDF-ке тіркелген қол қойылған XML-құжатқа ғана сеніңіз.",
    "Доверяйте только подписанному XML-документу, вложенному в PDF.",
    "Trust only the signed XML document that is attached to the PDF.",
)
_CORRECT_FACTS = Text(
    "Мәндерді тексеріп, қайталаңыз.", "Проверьте значения и повторите.", "Check the values and try again."
)

WORDS: dict[ResultCode, tuple[Text, Text]] = {
    ResultCode.NOT_SIGNED: (
        Text("Бұл қол қойылған файл емес.", "Это не подписанный файл.", "This is not a signed file."),
        Text(
            "Қол қойылған файлды (XML, PDF, CMS) немесе дәлелдемелер пакетін беріңіз.",
            "Укажите подписанный файл (XML, PDF, CMS) или пакет доказательств.",
            "Give a signed file (XML, PDF, CMS) or an evidence package.",
        ),
    ),
    ResultCode.TOO_LARGE: (
        Text(
            "Файл тексеру үшін тым үлкен.", "Файл слишком велик для проверки.", "The file is too large to be checked."
        ),
        _GET_AGAIN,
    ),
    ResultCode.NOT_XML: (
        Text(
            "Файл XML де, PDF те, CMS те емес.",
            "Файл не является ни XML, ни PDF, ни CMS.",
            "The file is neither XML nor PDF nor CMS.",
        ),
        _GET_AGAIN,
    ),
    ResultCode.PDF_UNREADABLE: (
        Text("PDF файлын оқу мүмкін емес.", "Файл PDF невозможно прочитать.", "The PDF cannot be read."),
        _GET_AGAIN,
    ),
    ResultCode.ATTACHMENT: (
        Text(
            "PDF файлына бірнеше файл тіркелген.",
            "К PDF приложено несколько файлов.",
            "Several files are attached to the PDF.",
        ),
        _GET_AGAIN,
    ),
    ResultCode.SCHEMA: (
        Text(
            "Қол қойылған құжат нәтиже құжатының схемасына сәйкес келмейді.",
            "Подписанный документ не соответствует схеме результата услуги.",
            "What was signed does not follow the schema of a result.",
        ),
        _GET_AGAIN,
    ),
    ResultCode.NOT_RESULT: (
        Text(
            "Бұл мемлекеттік қызмет көрсету нәтижесінің құжаты емес.",
            "Это не документ о результате государственной услуги.",
            "This is not a result document of a public service.",
        ),
        _GET_AGAIN,
    ),
    ResultCode.PAGE_DIFFERS: (
        Text(
            "PDF бетіндегі деректер қол қойылған деректерден өзгеше.",
            "Данные на странице PDF отличаются от подписанных.",
            "The page of the PDF says something else than what was signed.",
        ),
        _USE_XML,
    ),
    ResultCode.PAGE_UNKNOWN: (
        Text(
            "PDF бетінің мәтіні қол қойылған деректерге сәйкес, бірақ беттің бейнесі расталмады.",
            "Текст страницы PDF совпадает с подписанными данными, но её изображение не подтверждено.",
            "The text of the page agrees with what was signed, but how the page looks could not be confirmed.",
        ),
        _USE_XML,
    ),
    ResultCode.CONTRADICTION: (
        Text(
            "Нәтиже құжатының мазмұны өзіне-өзі қайшы.",
            "Содержание документа противоречит самому себе.",
            "The result document contradicts itself.",
        ),
        _GET_AGAIN,
    ),
    ResultCode.LETTERS: (
        Text(
            "Мәтінде құжатта көрсетілмейтін таңбалар бар.",
            "Текст содержит знаки, которые нельзя показать в документе.",
            "The text holds characters that a document cannot show.",
        ),
        _CORRECT_FACTS,
    ),
    ResultCode.TEMPLATE: (
        Text(
            "Бұл қызметке немесе негізге арналған құжат үлгісі жоқ.",
            "Для этой услуги или основания нет образца документа.",
            "There is no template for this service or ground.",
        ),
        _CORRECT_FACTS,
    ),
    ResultCode.FACT_MISSING: (
        Text("Анықтамаға қажетті мәлімет жоқ.", "Не указаны нужные для справки сведения.", "A fact is missing."),
        _CORRECT_FACTS,
    ),
    ResultCode.FACT_WRONG: (
        Text("Анықтамадағы мәлімет дұрыс емес.", "Сведения для справки указаны неверно.", "A fact is wrong."),
        _CORRECT_FACTS,
    ),
    ResultCode.RENDERING: (
        Text("PDF бетін жасау мүмкін болмады.", "Страницу PDF создать не удалось.", "The page could not be made."),
        _USE_XML,
    ),
    ResultCode.FUTURE: (
        Text(
            "Құжаттың берілген уақыты әлі келген жоқ.",
            "Время выдачи документа ещё не наступило.",
            "The document is dated in the future.",
        ),
        Text("Сағатты тексеріңіз.", "Проверьте часы.", "Check the clock."),
    ),
    ResultCode.NO_ANCHORS: (
        Text(
            "Сенімді куәландырушы орталықтардың куәліктері берілмеген.",
            "Не указаны свидетельства доверенных удостоверяющих центров.",
            "No certificates of trusted authorities were given.",
        ),
        Text(
            "Оларды --anchors параметрімен көрсетіңіз.",
            "Укажите их параметром --anchors.",
            "Give them with --anchors.",
        ),
    ),
}
"""Every code of the room with what it says and what to do; a test holds the table complete."""

STATUSES = {
    Status.VALID: Text("ЖАРАМДЫ", "ДЕЙСТВИТЕЛЕН", "VALID"),
    Status.INVALID: Text("ЖАРАМСЫЗ", "НЕДЕЙСТВИТЕЛЕН", "INVALID"),
    Status.UNDETERMINED: Text("АНЫҚТАЛМАДЫ", "НЕ УСТАНОВЛЕНО", "UNDETERMINED"),
}
HEADINGS = {
    "file": Text("Тексерілген файл", "Проверенный файл", "Checked file"),
    "document": Text("Құжат", "Документ", "Document"),
    "judgement": Text("Тексеру", "Проверка", "The check"),
    "result": Text("Қорытынды", "Заключение", "Finding"),
    "algorithm": Text("Кілттің алгоритмі", "Алгоритм ключа", "Key algorithm"),
    "period": Text("Куәліктің қолданылу мерзімі", "Срок действия свидетельства", "Certificate period"),
    "issuer": Text("Куәлікті берген", "Свидетельство выдано", "Certificate issued by"),
    "iin": Text("ЖСН", "ИИН", "IIN"),
    "bin": Text("БСН", "БИН", "BIN"),
    "content": Text("Қол қойылған мазмұн (SHA-256)", "Подписанное содержание (SHA-256)", "What was signed (SHA-256)"),
    "number": Text("Құжат нөмірі", "Номер документа", "Document number"),
    "applicant": Text("Көрсетілетін қызметті алушы", "Услугополучатель", "Applicant"),
    "provider": Text("Көрсетілетін қызметті беруші", "Услугодатель", "Provider"),
    "issued_at": Text("Берілген уақыты", "Время выдачи", "Issued at"),
    "ground": Text("Бас тарту негізі", "Основание отказа", "Ground of refusal"),
    "simulated": Text(
        "СИМУЛЯЦИЯ: заңды күші жоқ", "СИМУЛЯЦИЯ: не имеет юридической силы", "SIMULATION: without legal force"
    ),
    "signer": Text("Қол қойған", "Подписал", "Signed by"),
    "post": Text("Қол қоюшының лауазымы", "Должность подписавшего", "Post of the signer"),
    "must_sign": Text("Қол қоюға тиіс", "Должен подписать", "Must be signed by"),
    "organisation": Text("Ұйым", "Организация", "Organisation"),
    "serial": Text("Тіркеу куәлігінің нөмірі", "Номер свидетельства", "Certificate number"),
    "revocation": Text(
        "Куәлік мәртебесінің дереккөзі", "Источник статуса свидетельства", "Source of revocation status"
    ),
    "revoked_at": Text("Қайтарып алынған уақыты", "Время отзыва", "Revoked at"),
    "timestamp": Text("Уақыт белгісі", "Метка времени", "Time stamp"),
    "judged_at": Text("Тексерілген уақыт сәті", "Момент, на который проверено", "Judged for the moment"),
    "signed": Text("Қол қойылған", "Подписано", "Signed"),
    "printed": Text("Бетте", "На странице", "On the page"),
}
FACTS = {
    "revocation": Text("Қайтарып алынуын тексеру", "Проверка отзыва", "Revocation check"),
    "time": Text("Уақыт негізі", "Основание времени", "Basis of the time"),
    "page": Text("Бет", "Страница", "Page"),
    "reason": Text("Себеп", "Причина", "Reason"),
}
FACT_VALUES = {
    "checked": Text("тексерілді", "проверен", "checked"),
    "no-evidence": Text("дәлелдеме жоқ", "нет доказательств", "no evidence"),
    "not-asked": Text("сұралған жоқ", "не проверялся", "not asked"),
    "claimed": Text("қол қоюшы көрсеткен уақыт", "время, указанное подписавшим", "the time that the signer states"),
    "timestamp": Text("уақыт белгісі", "метка времени", "the time stamp"),
    "given": Text("тексерушінің таңдауы", "задан проверяющим", "given by whoever checks"),
    "now": Text("тексеру сәті", "момент проверки", "the moment of the check"),
}
"""The values of facts as a person reads them; what is not here is shown as it is."""


def fact_value(value: str, language: Language) -> str:
    """Return the value of a fact in a language."""
    found = FACT_VALUES.get(value)
    return value if found is None else found.to(language)
