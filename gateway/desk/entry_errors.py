"""What an acceptor is told of an unfinished entry; nothing has changed."""

from __future__ import annotations

from enum import StrEnum

from gateway.texts import Text


class EntryCode(StrEnum):
    """The stable codes of unfinished entries."""

    NO_SUCH_ENTRY = "counter-no-such-entry"
    REGISTERED = "counter-already-registered"
    CHANGED = "counter-changed-elsewhere"
    TOO_LONG = "counter-too-long"
    NO_SUCH_DOCUMENT = "counter-no-such-document"
    NO_SUCH_PAGE = "counter-no-such-page"
    PAGE_CHANGED = "counter-page-changed-elsewhere"
    SCAN_REFUSED = "counter-scan-refused"


_TEXTS = {
    EntryCode.NO_SUCH_ENTRY: Text(
        "Сіздің мекемеңізде мұндай аяқталмаған енгізу жоқ.",
        "В вашем учреждении нет такого незавершённого ввода.",
        "Your office has no such unfinished entry.",
    ),
    EntryCode.REGISTERED: Text(
        "Бұл қағаз өтініш тіркелген: {number}.",
        "Это заявление на бумаге уже зарегистрировано: {number}.",
        "This paper is registered already: {number}.",
    ),
    EntryCode.CHANGED: Text(
        "Бұл енгізуді осы уақыт ішінде басқа терминал өзгертті.",
        "Этот ввод за это время изменён на другом терминале.",
        "This entry was changed at another terminal meanwhile.",
    ),
    EntryCode.TOO_LONG: Text(
        "Енгізілген мәтін тым ұзын.", "Введённый текст слишком длинный.", "What was typed is too long."
    ),
    EntryCode.NO_SUCH_DOCUMENT: Text(
        "Қызметтің тізбесінде мұндай құжат жоқ.",
        "В перечне услуги нет такого документа.",
        "The service's list has no such document.",
    ),
    EntryCode.NO_SUCH_PAGE: Text("Мұндай бет жоқ.", "Такой страницы нет.", "There is no such page."),
    EntryCode.PAGE_CHANGED: Text(
        "Бұл жерде енді басқа бет тұр.", "На этом месте теперь другая страница.", "Another page stands there now."
    ),
    EntryCode.SCAN_REFUSED: Text("Скан қабылданбады.", "Скан не принят.", "The scan was not taken."),
}
_RELOAD = Text(
    "Бетті жаңартып, соңғы деректерден жалғастырыңыз.",
    "Обновите страницу и продолжите с последних данных.",
    "Reload the page and go on from the latest data.",
)
_LOOK = Text(
    "Беттерге қарап, қажет болса, қайталаңыз.",
    "Посмотрите на страницы и, если нужно, повторите.",
    "Look at the pages and repeat it if needed.",
)
_ADVICE = {
    EntryCode.NO_SUCH_ENTRY: Text(
        "Енгізуді тізімнен таңдаңыз немесе жаңасын бастаңыз.",
        "Выберите ввод из списка или начните новый.",
        "Choose the entry from the list, or begin a new one.",
    ),
    EntryCode.REGISTERED: Text("Өтініштің бетін ашыңыз.", "Откройте страницу заявления.", "Open the application."),
    EntryCode.CHANGED: _RELOAD,
    EntryCode.TOO_LONG: Text(
        "Мәтінді қысқартыңыз: {limit} таңбаға дейін.",
        "Сократите текст до {limit} знаков.",
        "Shorten it to {limit} characters.",
    ),
    EntryCode.NO_SUCH_DOCUMENT: _RELOAD,
    EntryCode.NO_SUCH_PAGE: _LOOK,
    EntryCode.PAGE_CHANGED: _LOOK,
}


class EntryError(Exception):
    """Something cannot be done with an unfinished entry; `text` says why, `advice` what to do, where there is any."""

    def __init__(
        self, code: EntryCode, /, text: Text | None = None, advice: Text | None = None, **facts: object
    ) -> None:
        super().__init__(f"{code}: {facts}" if facts else str(code))
        self.code = code
        self.facts = facts
        found = _ADVICE.get(code)
        self.text = text or _TEXTS[code].format(**facts)
        self.advice = advice or (None if found is None else found.format(**facts))
