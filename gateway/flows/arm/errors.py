"""What an operator is told when something cannot be done, and what to do then; nothing has changed."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from gateway.eds.codes import Code
from gateway.eds.verdict import Verdict
from gateway.texts import Text


class ArmCode(StrEnum):
    """The stable codes of the operator's workplace."""

    LOGIN_REFUSED = "arm-login-refused"
    LOGIN_DELAYED = "arm-login-delayed"
    NO_SUCH_INTAKE = "arm-no-such-application"
    NOT_A_NUMBER = "arm-not-a-number-of-ours"
    OTHER_DEPARTMENT = "arm-another-department"
    WRONG_ROLE = "arm-wrong-role"
    OTHER_OPERATOR = "arm-another-operator"
    SERVICE_NOT_HERE = "arm-service-not-here"
    WRONG_WINDOW = "arm-wrong-window"
    STALE = "arm-changed-elsewhere"
    TOO_LONG = "arm-too-long"
    NOT_EDITABLE = "arm-not-editable"
    APPLICANT_MISSING = "arm-applicant-missing"
    CONSENT_MISSING = "arm-consent-missing"
    DATA_NOT_ASKED = "arm-data-not-asked"
    DATA_UNAVAILABLE = "arm-data-unavailable"
    FORM_INCOMPLETE = "arm-form-incomplete"
    DOCUMENTS_MISSING = "arm-documents-missing"
    NOTHING_MISSING = "arm-nothing-missing"
    NO_SUCH_DOCUMENT = "arm-no-such-document"
    NO_SUCH_PAGE = "arm-no-such-page"
    SCAN_REFUSED = "arm-scan-refused"
    MEDIUM_NOT_ALLOWED = "arm-medium-not-allowed"
    NOT_READY = "arm-not-ready-to-sign"
    PAPER_NOT_READY = "arm-paper-not-ready"
    CERTIFICATE_NOT_FIT = "arm-certificate-not-fit"
    SIGNED_DOCUMENT = "arm-signed-document-refused"
    RESULT_NOT_READY = "arm-result-not-ready"
    ALREADY_HANDED_OVER = "arm-already-handed-over"
    OTHER_PERSON = "arm-another-person"


_TEXTS: dict[ArmCode, Text] = {
    ArmCode.LOGIN_REFUSED: Text(
        "ЖСН немесе құпиясөз қате.", "Неверный ИИН или пароль.", "The IIN or the password is wrong."
    ),
    ArmCode.LOGIN_DELAYED: Text(
        "Әрекет тым көп. {seconds} секундтан кейін қайталаңыз.",
        "Слишком много попыток. Повторите через {seconds} с.",
        "Too many attempts. Try again in {seconds} seconds.",
    ),
    ArmCode.NO_SUCH_INTAKE: Text("Мұндай өтініш жоқ.", "Такого заявления нет.", "There is no such application."),
    ArmCode.NOT_A_NUMBER: Text(
        "Бұл – Мемлекеттік корпорация өтінішінің нөмірі емес.",
        "Это не номер заявления Государственной корпорации.",
        "This is not the number of an application of the State Corporation.",
    ),
    ArmCode.OTHER_DEPARTMENT: Text(
        "Өтінішті басқа бөлім қабылдаған: {place}.",
        "Заявление принято в другом отделе: {place}.",
        "Another department took the application in: {place}.",
    ),
    ArmCode.WRONG_ROLE: Text(
        "Бұл бетті тек бөлімнің басшысы көре алады.",
        "Эту страницу видит только руководитель отдела.",
        "Only the department's supervisor sees this.",
    ),
    ArmCode.OTHER_OPERATOR: Text(
        "Бұл өтінішпен басқа оператор жұмыс істеп отыр: {name}.",
        "С этим заявлением работает другой оператор: {name}.",
        "Another operator is working on this application: {name}.",
    ),
    ArmCode.SERVICE_NOT_HERE: Text(
        "Сіздің бөлім бұл қызмет бойынша өтініш қабылдамайды.",
        "Ваш отдел не принимает заявления по этой услуге.",
        "Your department takes no applications for this service.",
    ),
    ArmCode.WRONG_WINDOW: Text(
        "Терезелердің саны: {windows}. Терезенің нөмірін 1-ден бастап көрсетіңіз.",
        "Номер окна должен быть от 1 до {windows}.",
        "The window's number must be from 1 to {windows}.",
    ),
    ArmCode.STALE: Text(
        "Бұл өтініш басқа терезеде өзгертілген.",
        "Это заявление изменено на другом рабочем месте.",
        "This application was changed at another terminal.",
    ),
    ArmCode.TOO_LONG: Text("Мәтін тым ұзын.", "Слишком длинный текст.", "The text is too long."),
    ArmCode.NOT_EDITABLE: Text(
        "Бұл өтінішті енді өзгертуге болмайды.",
        "Это заявление уже нельзя изменить.",
        "This application can no longer be changed.",
    ),
    ArmCode.APPLICANT_MISSING: Text(
        "Көрсетілетін қызметті алушының деректері енгізілмеген.",
        "Данные услугополучателя не введены.",
        "The applicant's data are not entered.",
    ),
    ArmCode.CONSENT_MISSING: Text(
        "Көрсетілетін қызметті алушының келісімі тіркелмеген.",
        "Согласие услугополучателя не отмечено.",
        "The applicant's consent is not recorded.",
    ),
    ArmCode.DATA_NOT_ASKED: Text(
        "Деректер мемлекеттік деректер базасынан сұралмаған.",
        "Данные ещё не запрошены в государственной базе.",
        "The state database was not asked yet.",
    ),
    ArmCode.DATA_UNAVAILABLE: Text(
        "Мемлекеттік деректер базасы жауап бермеді: деректердің бар-жоғы белгісіз.",
        "Государственная база не ответила: есть ли данные, неизвестно.",
        "The state database did not answer: whether there are data is not known.",
    ),
    ArmCode.FORM_INCOMPLETE: Text(
        "Нысан толық толтырылмаған.", "Форма заполнена не полностью.", "The form is not filled in."
    ),
    ArmCode.DOCUMENTS_MISSING: Text(
        "Міндетті құжаттар жетіспейді.", "Не хватает обязательных документов.", "Required documents are missing."
    ),
    ArmCode.NOTHING_MISSING: Text(
        "Барлық міндетті құжат ұсынылған: қабылдаудан бас тартуға негіз жоқ.",
        "Все обязательные документы представлены: оснований для отказа в приёме нет.",
        "Every required document is there: nothing to refuse acceptance for.",
    ),
    ArmCode.NO_SUCH_DOCUMENT: Text(
        "Бұл қызмет мұндай құжатты көздемейді.",
        "Услуга не предусматривает такого документа.",
        "The service takes no such document.",
    ),
    ArmCode.NO_SUCH_PAGE: Text("Мұндай бет жоқ.", "Такой страницы нет.", "There is no such page."),
    ArmCode.SCAN_REFUSED: Text("Скан қабылданбады.", "Скан не принят.", "The scan was not taken."),
    ArmCode.MEDIUM_NOT_ALLOWED: Text(
        "Акт бойынша бұл қызметтің құжаттары мұндай жолмен жіберілмейді.",
        "По акту документы по этой услуге так не отправляются.",
        "By the act the documents of this service are not sent in this way.",
    ),
    ArmCode.NOT_READY: Text(
        "Өтініш қол қоюға дайын емес.",
        "Заявление не готово к подписанию.",
        "The application is not ready to be signed.",
    ),
    ArmCode.PAPER_NOT_READY: Text(
        "Өтініштің қазіргі күйінде бұл құжат берілмейді.",
        "В нынешнем состоянии заявления этот документ не выдаётся.",
        "As the application stands now, this paper is not given.",
    ),
    ArmCode.CERTIFICATE_NOT_FIT: Text(
        "Бұл куәлікпен өтінішке қол қоюға болмайды.",
        "Этим свидетельством нельзя подписать заявление.",
        "The application cannot be signed with this certificate.",
    ),
    ArmCode.SIGNED_DOCUMENT: Text(
        "Қол қойылған құжат қабылданбады.", "Подписанный документ не принят.", "The signed document was not accepted."
    ),
    ArmCode.RESULT_NOT_READY: Text(
        "Бұл өтініштің нәтижесі әлі келген жоқ.",
        "Результат по этому заявлению ещё не поступил.",
        "The result of this application has not arrived yet.",
    ),
    ArmCode.ALREADY_HANDED_OVER: Text(
        "Бұл өтініштің нәтижесі берілген: {day}.",
        "Результат по этому заявлению выдан: {day}.",
        "The result of this application was handed over: {day}.",
    ),
    ArmCode.OTHER_PERSON: Text(
        "Қолхатта басқа адам көрсетілген.",
        "В расписке указан другой человек.",
        "The receipt names another person.",
    ),
}
FIXED_ON_ANOTHER_DAY = (
    Text(
        "Өтініш басқа күні қол қоюға дайындалған, ал мерзімдер қабылданған күннен есептеледі.",
        "Заявление подготовлено к подписанию в другой день, а сроки считаются со дня приёма.",
        "The application was made ready to sign on another day, and the terms run from the day of acceptance.",
    ),
    Text(
        "Енгізілгеннің бәрі сақталған. Өтінішті ашып, қадамдарды бүгін қайта растаңыз да, қол қойыңыз.",
        "Всё введённое сохранено. Откройте заявление, подтвердите шаги сегодня ещё раз и подпишите его.",
        "All that was entered is kept. Open the application, confirm its steps again today, and sign it.",
    ),
)
"""What is said, and advised, with STALE about a draft that was fixed on an earlier day."""
_ADVICE: dict[ArmCode, Text] = {
    ArmCode.LOGIN_REFUSED: Text(
        "ЖСН мен құпиясөзді тексеріп, қайта енгізіңіз.",
        "Проверьте ИИН и пароль и введите их снова.",
        "Check the IIN and the password and enter them again.",
    ),
    ArmCode.NO_SUCH_INTAKE: Text(
        "Қолхаттағы нөмірді тексеріңіз.", "Сверьте номер с распиской.", "Check the number on the receipt."
    ),
    ArmCode.NOT_A_NUMBER: Text(
        "Қолхаттың штрих-кодын сканерлеңіз немесе оның астындағы 14 цифрды енгізіңіз.",
        "Отсканируйте штрих-код расписки или введите 14 цифр под ним.",
        "Scan the receipt's barcode, or type the 14 digits below it.",
    ),
    ArmCode.OTHER_DEPARTMENT: Text(
        "Көрсетілетін қызметті алушыны сол бөлімге жіберіңіз.",
        "Направьте услугополучателя в этот отдел.",
        "Send the applicant to that department.",
    ),
    ArmCode.OTHER_OPERATOR: Text(
        "Жалғастыру үшін өтінішті өзіңізге алыңыз.",
        "Чтобы продолжить, возьмите заявление себе.",
        "Take the application over to go on with it.",
    ),
    ArmCode.STALE: Text(
        "Бетті жаңартып, соңғы деректерден жалғастырыңыз.",
        "Обновите страницу и продолжите с последних данных.",
        "Reload the page and go on from the latest data.",
    ),
    ArmCode.TOO_LONG: Text(
        "Мәтінді қысқартыңыз: {limit} таңбаға дейін.",
        "Сократите текст до {limit} знаков.",
        "Shorten it to {limit} characters.",
    ),
    ArmCode.NOT_EDITABLE: Text(
        "Қажет болса, жаңа өтініш бастаңыз.",
        "При необходимости начните новое заявление.",
        "If needed, begin a new application.",
    ),
    ArmCode.APPLICANT_MISSING: Text(
        "Алдымен ЖСН-ді және аты-жөнін енгізіңіз.",
        "Сначала введите ИИН и имя.",
        "First enter the IIN and the name.",
    ),
    ArmCode.CONSENT_MISSING: Text(
        "Келісім нысанын басып шығарып, қол қойғызыңыз да, келісімді белгілеңіз.",
        "Распечатайте форму согласия, дайте её подписать и отметьте согласие.",
        "Print the consent form, have it signed, and record the consent.",
    ),
    ArmCode.DATA_NOT_ASKED: Text(
        "Деректерді сұратыңыз, содан кейін жалғастырыңыз.",
        "Запросите данные, затем продолжите.",
        "Ask for the data, then go on.",
    ),
    ArmCode.DATA_UNAVAILABLE: Text(
        "Бірнеше минуттан кейін қайта сұратыңыз: енгізілгеннің бәрі сақталған.",
        "Повторите запрос через несколько минут: всё введённое сохранено.",
        "Ask again in a few minutes: all that was entered is kept.",
    ),
    ArmCode.FORM_INCOMPLETE: Text(
        "Белгіленген жолдарды түзетіңіз.", "Исправьте отмеченные поля.", "Correct the marked fields."
    ),
    ArmCode.DOCUMENTS_MISSING: Text(
        "Құжаттарды сканерлеңіз немесе қағаз түрінде бар екенін белгілеңіз; болмаса, қабылдаудан бас тартыңыз.",
        "Отсканируйте документы или отметьте их наличие на бумаге; если их нет, откажите в приёме.",
        "Scan the documents or mark them as handed in on paper; if they are not there, refuse acceptance.",
    ),
    ArmCode.NOTHING_MISSING: Text("Өтінішті қабылдаңыз.", "Примите заявление.", "Take the application in."),
    ArmCode.NOT_READY: Text(
        "Алдымен ЭЦҚ тіркеу куәлігін таңдаңыз.",
        "Сначала выберите регистрационное свидетельство ЭЦП.",
        "First choose your EDS certificate.",
    ),
    ArmCode.PAPER_NOT_READY: Text(
        "Өтініштің бетін ашып, оның күйін қараңыз: беруге болатын құжаттар сонда көрсетілген.",
        "Откройте страницу заявления: на ней его состояние и документы, которые можно выдать.",
        "Open the application's page: it shows how it stands and the papers that can be given.",
    ),
    ArmCode.CERTIFICATE_NOT_FIT: Text(
        "Мемлекеттік корпорация қызметкерінің қол қоюға арналған кілтін таңдаңыз.",
        "Выберите ключ подписи работника Государственной корпорации.",
        "Choose the signing key of an employee of the State Corporation.",
    ),
    ArmCode.RESULT_NOT_READY: Text(
        "Көрсетілетін қызметті алушыға нәтиже алу күнін айтыңыз.",
        "Назовите услугополучателю день получения результата.",
        "Tell the applicant the day of receiving the result.",
    ),
    ArmCode.ALREADY_HANDED_OVER: Text(
        "Қайта беруге болмайды; өтініштің барысы оның бетінде көрсетілген.",
        "Выдать второй раз нельзя; ход заявления показан на его странице.",
        "It cannot be handed over again; the application's page shows its course.",
    ),
}


_ANOTHERS_KEY: dict[Code, Text] = {
    Code.SIGNER_NOT_IIN: Text(
        "Тіркеу куәлігіндегі ЖСН сіздің ЖСН-іңізге сәйкес келмейді.",
        "ИИН в регистрационном свидетельстве не совпадает с вашим.",
        "The IIN in the certificate is not yours.",
    ),
    Code.SIGNER_NOT_BIN: Text(
        "Тіркеу куәлігіндегі БСН Мемлекеттік корпорацияның БСН-іне сәйкес келмейді.",
        "БИН в регистрационном свидетельстве не совпадает с БИН Государственной корпорации.",
        "The BIN in the certificate is not the State Corporation's.",
    ),
}
"""Whose numbers a certificate at a window must have; the verdict itself says only that others were expected."""


class ArmError(Exception):
    """Something cannot be done at the operator's workplace; `text` says why and `advice` what to do.

    A code of another module of this room brings its own text.
    """

    def __init__(self, code: StrEnum, /, text: Text | None = None, advice: Text | None = None, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        self.text = text or _told(_TEXTS[ArmCode(code)], facts)
        found = None if text is not None else _ADVICE.get(ArmCode(code))
        self.advice = advice or (None if found is None else _told(found, facts))
        detail = "".join(f", {name}: {value}" for name, value in facts.items())
        super().__init__(f"{code}{detail}")


def key_not_fit(verdict: Verdict) -> ArmError:
    """Return the error for a certificate that the operator cannot sign with: what is wrong with it, and what to do."""
    text = _ANOTHERS_KEY.get(verdict.code, verdict.text)
    return ArmError(ArmCode.CERTIFICATE_NOT_FIT, text=text, advice=verdict.advice, reason=verdict.code)


def _told(text: Text, facts: dict[str, Any]) -> Text:
    return text.format(**facts) if facts else text
