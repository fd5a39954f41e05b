"""What an operator is told at the hand-over beside the codes of the workplace; nothing has changed then."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from gateway.flows.arm.errors import ArmError
from gateway.texts import Text


class HandOverCode(StrEnum):
    """The stable codes of the hand-over."""

    OTHER_RECEIPT = "hand-over-other-receipt"
    NOT_SIGNED = "hand-over-not-signed"
    PAPER_ON_ITS_WAY = "hand-over-paper-on-its-way"
    POWER_NEEDED = "hand-over-power-needed"
    POWER_NOT_YET = "hand-over-power-not-yet"


_TEXTS: Mapping[HandOverCode, tuple[Text, Text]] = {
    HandOverCode.OTHER_RECEIPT: (
        Text(
            "Бұл басқа өтініштің қолхаты.",
            "Это расписка по другому заявлению.",
            "This is the receipt of another application.",
        ),
        Text(
            "Осы өтініштің қолхатын сканерлеңіз немесе іздеуді қайта бастаңыз.",
            "Отсканируйте расписку этого заявления или начните поиск заново.",
            "Scan the receipt of this application, or begin the search again.",
        ),
    ),
    HandOverCode.NOT_SIGNED: (
        Text(
            "Нәтиженің алынғаны туралы қолхатқа қол қойылмаған.",
            "В расписке нет подписи о получении результата.",
            "The receipt is not signed for the result.",
        ),
        Text(
            "Қолхатқа қол қойғызып, содан кейін белгілеңіз.",
            "Дайте расписаться в расписке, затем отметьте это.",
            "Have the receipt signed, then mark it.",
        ),
    ),
    HandOverCode.PAPER_ON_ITS_WAY: (
        Text(
            "Нәтиже шешілген, бірақ оның қағаз данасын курьер әлі жеткізген жоқ.",
            "Результат готов, но курьер ещё не доставил его на бумаге.",
            "The result is decided, but the courier has not brought it on paper yet.",
        ),
        Text(
            "Тізілім бойынша қабылданған соң беріледі: көрсетілетін қызметті алушыға нәтиже алу күнін айтыңыз.",
            "Он выдаётся после приёма по реестру: назовите услугополучателю день получения результата.",
            "It is handed over once it is received by the register: tell the applicant the day of receiving it.",
        ),
    ),
    HandOverCode.POWER_NEEDED: (
        Text(
            "Қолхатта бұл өкіл көрсетілмеген: актіде көзделген сенімхат қажет.",
            "Этот представитель в расписке не указан: нужна доверенность, предусмотренная актом.",
            "The receipt does not name this representative: the power of attorney that the act provides for is needed.",
        ),
        Text(
            "Сенімхатты қарап, нөмірі мен күнін енгізіңіз; сенімхат болмаса, нәтиже берілмейді.",
            "Проверьте доверенность и введите её номер и дату; без доверенности результат не выдаётся.",
            "Look at the power of attorney and enter its number and date; without it the result is not handed over.",
        ),
    ),
    HandOverCode.POWER_NOT_YET: (
        Text(
            "Сенімхаттың күні әлі келген жоқ.",
            "Дата доверенности ещё не наступила.",
            "The date of the power of attorney has not come yet.",
        ),
        Text(
            "Сенімхаттағы күнді тексеріңіз.",
            "Проверьте дату доверенности.",
            "Check the date of the power of attorney.",
        ),
    ),
}


class HandOverError(ArmError):
    """A result cannot be handed over; `text` says why and `advice` what to do."""

    def __init__(self, code: HandOverCode) -> None:
        text, advice = _TEXTS[code]
        super().__init__(code, text=text, advice=advice)
