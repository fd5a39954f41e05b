"""What the desk refuses: one hierarchy, stable codes, and a text for the person who asked."""

from __future__ import annotations

from enum import StrEnum

from gateway.texts import Text


class DeskCode(StrEnum):
    """The stable codes of this room."""

    LOGIN_REFUSED = "desk-login-refused"
    LOGIN_DELAYED = "desk-login-delayed"
    NO_SUCH_CASE = "desk-no-such-case"
    NO_SUCH_DOCUMENT = "desk-no-such-document"
    CASE_CLOSED = "desk-case-closed"
    WRONG_ROLE = "desk-wrong-role"
    WRONG_ORDER = "desk-wrong-order"
    ELSEWHERE = "desk-work-elsewhere"
    NO_BODY = "desk-no-such-body"
    NOT_ASSIGNED = "desk-not-assigned-to-you"
    TAKEN = "desk-taken-by-another"
    CHANGED = "desk-changed-meanwhile"
    NO_SUCH_EXECUTOR = "desk-no-such-executor"
    REASON_MISSING = "desk-reason-missing"
    TOO_LONG = "desk-text-too-long"
    CHECK_NOT_DECIDED = "desk-check-not-decided"
    CHECK_FAILED = "desk-check-failed"
    DOCUMENTS_FAILED = "desk-documents-failed"
    NO_REFUSAL = "desk-no-refusal"
    ACT_MISSING = "desk-act-missing"
    RESULT_UNFIT = "desk-result-unfit"
    TEXT_MISSING = "desk-text-missing"
    DECIDED_ADVERSELY = "desk-decided-adversely"
    CONDITION_FAILED = "desk-condition-failed"
    CONDITION_OVER = "desk-condition-over"
    BROUGHT_NOTHING = "desk-documents-not-brought"
    FILE_UNFIT = "desk-document-unfit"
    SESSION_TOO_SOON = "desk-session-too-soon"
    SESSION_NOT_BEGUN = "desk-session-not-begun"
    NO_EXTENSION = "desk-no-extension"
    NO_SUCH_OFFICE = "desk-no-such-office"
    DECISION_INCOMPLETE = "desk-decision-incomplete"
    GROUND_UNFIT = "desk-ground-unfit"
    SIGNATURE_INVALID = "desk-signature-invalid"
    SIGNATURE_UNDETERMINED = "desk-signature-undetermined"
    NOT_THE_DRAFT = "desk-not-the-draft"
    BY_REGISTER = "desk-result-by-register"


_TEXTS = {
    DeskCode.LOGIN_REFUSED: Text(
        "ЖСН немесе құпиясөз қате.", "Неверный ИИН или пароль.", "The IIN or the password is wrong."
    ),
    DeskCode.LOGIN_DELAYED: Text(
        "Әрекет саны тым көп. {seconds} секундтан кейін қайталаңыз.",
        "Слишком много попыток. Повторите через {seconds} секунд.",
        "Too many attempts. Try again in {seconds} seconds.",
    ),
    DeskCode.NO_SUCH_CASE: Text(
        "Сіздің мекемеңізде мұндай өтініш жоқ.",
        "В вашем учреждении нет такого заявления.",
        "Your office has no such application.",
    ),
    DeskCode.NO_SUCH_DOCUMENT: Text(
        "Бұл өтініште мұндай құжат жоқ.",
        "В этом заявлении нет такого документа.",
        "The application has no such document.",
    ),
    DeskCode.CASE_CLOSED: Text(
        "Өтініш бойынша жұмыс аяқталған.", "Работа по заявлению завершена.", "Work on the application is finished."
    ),
    DeskCode.WRONG_ROLE: Text(
        "Бұл әрекет сіздің рөліңізге рұқсат етілмеген.",
        "Это действие не разрешено для вашей роли.",
        "Your role does not allow this action.",
    ),
    DeskCode.WRONG_ORDER: Text(
        "Бұл әрекеттің кезегі емес: алдымен рәсімнің ағымдағы қадамын орындаңыз.",
        "Это действие вне очереди: сначала выполните текущий шаг процедуры.",
        "It is not this action's turn: do the procedure's current step first.",
    ),
    DeskCode.ELSEWHERE: Text(
        "Өтініш бойынша жұмысты қазір басқа мекеме жүргізіп жатыр.",
        "Заявление сейчас в работе у другого учреждения.",
        "Another office is working on the application now.",
    ),
    DeskCode.NO_BODY: Text(
        "Келесі әрекетті орындайтын мекеме анықтамалыққа енгізілмеген ({name}). Әкімшіге хабарласыңыз.",
        "Учреждение для следующего действия не внесено в справочник ({name}). Обратитесь к администратору.",
        "The office that does the next action is not in the directory ({name}). Tell the administrator.",
    ),
    DeskCode.NOT_ASSIGNED: Text(
        "Өтініш басқа орындаушыға тапсырылған.",
        "Заявление поручено другому исполнителю.",
        "The application is assigned to another executor.",
    ),
    DeskCode.TAKEN: Text(
        "Өтінішті басқа қызметкер жұмысқа алған: {name}.",
        "Заявление взял в работу другой сотрудник: {name}.",
        "Another employee has taken the application: {name}.",
    ),
    DeskCode.CHANGED: Text(
        "Өтініш осы уақыт ішінде өзгерді. Бетті жаңартып, қайталаңыз.",
        "Заявление за это время изменилось. Обновите страницу и повторите.",
        "The application has changed meanwhile. Reload the page and try again.",
    ),
    DeskCode.NO_SUCH_EXECUTOR: Text(
        "Мекемеде мұндай орындаушы жоқ. Тізімнен таңдаңыз.",
        "В учреждении нет такого исполнителя. Выберите из списка.",
        "The office has no such executor. Choose one of the list.",
    ),
    DeskCode.REASON_MISSING: Text("Себебін көрсетіңіз.", "Укажите причину.", "Give the reason."),
    DeskCode.TOO_LONG: Text(
        "Мәтін {limit} таңбадан аспауға тиіс.",
        "Текст не должен превышать {limit} знаков.",
        "The text must not exceed {limit} characters.",
    ),
    DeskCode.CHECK_NOT_DECIDED: Text(
        "3-шарт әлі тексерілген жоқ: шешімнің жобасын дайындауға ерте.",
        "Условие 3 ещё не проверено: готовить проект решения рано.",
        "Condition 3 is not decided yet: it is too early to draft the decision.",
    ),
    DeskCode.CHECK_FAILED: Text(
        "{number}-шарт орындалмаған: тек бас тартуды дайындауға болады.",
        "Условие {number} не выполнено: можно подготовить только отказ.",
        "Condition {number} has failed: only a refusal can be drafted.",
    ),
    DeskCode.DOCUMENTS_FAILED: Text(
        "Құжаттар талаптарға сай емес деп танылды: тек бас тартуды дайындауға болады.",
        "Документы признаны не соответствующими требованиям: можно подготовить только отказ.",
        "The documents were found not to conform: only a refusal can be drafted.",
    ),
    DeskCode.NO_REFUSAL: Text(
        "Бұл қызмет бойынша бас тарту көзделмеген: өтінішті себебін көрсетіп, басшыға қайтарыңыз.",
        "Отказ по этой услуге не предусмотрен: верните заявление руководителю с указанием причины.",
        "The service knows no refusal: return the application to the head with the reason.",
    ),
    DeskCode.ACT_MISSING: Text(
        "Тексеріп-қарау актісінің мәтінін енгізіңіз.",
        "Введите текст акта обследования.",
        "Enter the act of the inspection.",
    ),
    DeskCode.TEXT_MISSING: Text(
        "«{field}» өрісін толтырыңыз.", "Заполните поле «{field}».", "Fill in the field “{field}”."
    ),
    DeskCode.DECIDED_ADVERSELY: Text(
        "Басшы қызмет көрсетуден бас тарту туралы шешім қабылдады: тек бас тартуды дайындауға болады.",
        "Руководитель принял решение об отказе в оказании услуги: можно подготовить только отказ.",
        "The head has decided against the applicant: only a refusal can be drafted.",
    ),
    DeskCode.CONDITION_FAILED: Text(
        "Өтініш беруші талап етілген құжаттарды мерзімінде ұсынбады: тек шешімнің күшін жоюды дайындауға болады.",
        "Услугополучатель не представил требуемые документы в срок: можно подготовить только отмену решения.",
        "The applicant has not presented the required documents in time: only the cancellation can be drafted.",
    ),
    DeskCode.CONDITION_OVER: Text(
        "Құжаттарды ұсыну мерзімі өтіп кетті.",
        "Срок представления документов истёк.",
        "The term for presenting the documents has run out.",
    ),
    DeskCode.BROUGHT_NOTHING: Text(
        "Талап етілген құжатты қоса беріңіз: «{field}».",
        "Приложите требуемый документ: «{field}».",
        "Attach the required document: “{field}”.",
    ),
    DeskCode.FILE_UNFIT: Text(
        "Қоса берілген құжат қабылданбады: {why}",
        "Приложенный документ не принят: {why}",
        "The document is not taken: {why}",
    ),
    DeskCode.SESSION_TOO_SOON: Text(
        "Комиссия мүшелеріне отырыс туралы кемінде бір жұмыс күні бұрын хабарлануға тиіс: кешірек уақытты белгілеңіз.",
        "Членов комиссии извещают о заседании не позднее чем за один рабочий день: назначьте более позднее время.",
        "The commission's members are told at least one working day before the session: set a later time.",
    ),
    DeskCode.SESSION_NOT_BEGUN: Text(
        "Комиссияның отырысы {name} белгіленген: хаттаманы отырыстан кейін енгізіңіз.",
        "Заседание комиссии назначено на {name}: внесите протокол после заседания.",
        "The commission's session is set for {name}: enter the minutes after it.",
    ),
    DeskCode.NO_EXTENSION: Text(
        "Бұл қадамның мерзімін осы негіздеме бойынша ұзарту көзделмеген немесе ол ұзартылған.",
        "Продление срока этого шага по данному основанию не предусмотрено либо срок уже продлён.",
        "The act knows no such extension of this step's term, or the term is extended already.",
    ),
    DeskCode.NO_SUCH_OFFICE: Text(
        "Бұл қызметті мұндай басқа мекеме көрсетпейді. Тізімнен таңдаңыз.",
        "Эту услугу не оказывает такое другое учреждение. Выберите из списка.",
        "No such other office provides this service. Choose one of the list.",
    ),
    DeskCode.RESULT_UNFIT: Text(
        "Осы өтініш бойынша мұндай нәтиже берілмейді.",
        "По этому заявлению такой результат не выдаётся.",
        "The application cannot end in this result.",
    ),
    DeskCode.DECISION_INCOMPLETE: Text(
        "Шешімнің жобасы толық емес: «{field}».",
        "Проект решения неполон: «{field}».",
        "The draft of the decision is incomplete: “{field}”.",
    ),
    DeskCode.GROUND_UNFIT: Text(
        "Бас тартудың бұл негіздемесі осы өтінішке келмейді.",
        "Это основание отказа не подходит к данному заявлению.",
        "This ground of refusal does not fit the application.",
    ),
    DeskCode.SIGNATURE_INVALID: Text(
        "Қолтаңба қабылданбады: {why}", "Подпись не принята: {why}", "The signature is not accepted: {why}"
    ),
    DeskCode.SIGNATURE_UNDETERMINED: Text(
        "Қолтаңбаны тексеру аяқталмады, құжат қол қойылмаған күйінде қалды: {why}",
        "Проверка подписи не завершена, документ остаётся неподписанным: {why}",
        "The check of the signature is not finished, the document stays unsigned: {why}",
    ),
    DeskCode.BY_REGISTER: Text(
        "Бұл нәтиже Мемлекеттік корпорацияға қағаз түрінде, курьердің тізілімімен беріледі. Оны тізілімге енгізіңіз: "
        "нәтиже тізілім жасалған кезде берілген болып есептеледі.",
        "Этот результат передаётся в Государственную корпорацию на бумаге, с реестром курьера. Внесите его в реестр: "
        "результат считается переданным, когда реестр составлен.",
        "This result goes to the State Corporation on paper, with the courier's register. Enter it in a register: the "
        "result is handed over when the register is made.",
    ),
    DeskCode.NOT_THE_DRAFT: Text(
        "Қол қойылған құжат дайындалған жобамен сәйкес келмейді.",
        "Подписанный документ не совпадает с подготовленным проектом.",
        "What was signed is not the draft that was prepared.",
    ),
}


class DeskError(Exception):
    """The desk refuses; nothing was changed. `text` says why to the person who asked."""

    def __init__(self, code: DeskCode, **facts: object) -> None:
        super().__init__(f"{code}: {facts}" if facts else str(code))
        self.code = code
        self.facts = facts

    @property
    def text(self) -> Text:
        """What happened and what to do, in the three languages."""
        return _TEXTS[self.code].format(**self.facts)


class NotYet(Exception):
    """Something outside did not answer, so nothing is decided; to be tried again."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
