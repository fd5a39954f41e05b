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
    SIGNERS_ELSEWHERE = "desk-signers-elsewhere"
    DECISION_INCOMPLETE = "desk-decision-incomplete"
    GROUND_UNFIT = "desk-ground-unfit"
    SIGNATURE_INVALID = "desk-signature-invalid"
    SIGNATURE_UNDETERMINED = "desk-signature-undetermined"
    NOT_THE_DRAFT = "desk-not-the-draft"


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
        "3-шарт орындалмаған: тек бас тартуды дайындауға болады.",
        "Условие 3 не выполнено: можно подготовить только отказ.",
        "Condition 3 has failed: only a refusal can be drafted.",
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
    DeskCode.RESULT_UNFIT: Text(
        "Осы өтініш бойынша мұндай нәтиже берілмейді.",
        "По этому заявлению такой результат не выдаётся.",
        "The application cannot end in this result.",
    ),
    DeskCode.SIGNERS_ELSEWHERE: Text(
        "Бұл нәтижеге қызмет берушінің басшысынан басқа адамдар да қол қояды, ал мұнда тек басшы қол қоя алады.",
        "Этот результат подписывает не только руководитель услугодателя, а здесь подписать может лишь он один.",
        "This result is not signed by the provider's head alone, and only the head signs here.",
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
        template = _TEXTS[self.code]
        shown = {language: self._shown(language) for language in ("kk", "ru", "en")}
        return Text(
            template.kk.format(**shown["kk"]), template.ru.format(**shown["ru"]), template.en.format(**shown["en"])
        )

    def _shown(self, language: str) -> dict[str, object]:
        return {
            name: getattr(value, language) if isinstance(value, Text) else value for name, value in self.facts.items()
        }


class NotYet(Exception):
    """Something outside did not answer, so nothing is decided; to be tried again."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
