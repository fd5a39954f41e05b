"""What a clerk is told of a booked time; nothing has changed."""

from __future__ import annotations

from enum import StrEnum

from gateway.texts import Text


class BookingCode(StrEnum):
    """The stable codes of booked times."""

    NO_SUCH_BOOKING = "booked-time-unknown"
    CANCELLED = "booked-time-cancelled"
    OTHER_DAY = "booked-time-of-another-day"
    TOO_EARLY = "booked-time-not-come"
    CAME = "booked-time-kept"


_RELOAD = Text(
    "Бетті жаңартып, тізімді қайта қараңыз.",
    "Обновите страницу и посмотрите список ещё раз.",
    "Reload the page and look at the list again.",
)
_TEXTS: dict[BookingCode, tuple[Text, Text]] = {
    BookingCode.NO_SUCH_BOOKING: (
        Text(
            "Сіздің қабылдау орныңызда мұндай броньдалған уақыт жоқ.",
            "На вашем месте приёма нет такого забронированного времени.",
            "Your counter has no such booked time.",
        ),
        _RELOAD,
    ),
    BookingCode.CANCELLED: (
        Text(
            "Бұл уақыттан броньдаған адам бас тартты.",
            "От этого времени забронировавший отказался.",
            "Who booked this time has cancelled it.",
        ),
        Text(
            "Егер ол келсе, құжаттарын кезек тәртібімен қабылдаңыз.",
            "Если он всё же пришёл, примите документы в порядке очереди.",
            "If they come all the same, take the papers in as of anybody who comes.",
        ),
    ),
    BookingCode.OTHER_DAY: (
        Text(
            "Бұл уақыт басқа күнге броньдалған.",
            "Это время забронировано на другой день.",
            "This time is booked for another day.",
        ),
        Text(
            "Белгіні броньдалған күні қойыңыз; бұрын келген адамның құжаттарын кезек тәртібімен қабылдаңыз.",
            "Отметьте в забронированный день; у пришедшего раньше примите документы в порядке очереди.",
            "Mark it on that day; of one who comes before, take the papers in as of anybody.",
        ),
    ),
    BookingCode.TOO_EARLY: (
        Text(
            "Броньдалған уақыт әлі болған жоқ: адамды келмеді деп белгілеуге ерте.",
            "Забронированное время ещё не наступило: отмечать неявку рано.",
            "The booked time has not come yet: it is too early to mark a no-show.",
        ),
        Text("Броньдалған уақытқа дейін күтіңіз.", "Дождитесь забронированного времени.", "Wait for the booked time."),
    ),
    BookingCode.CAME: (
        Text(
            "Бұл адам келді деп белгіленген.", "Этот человек отмечен как пришедший.", "This person is marked as come."
        ),
        _RELOAD,
    ),
}


class BookingError(Exception):
    """A booked time cannot be marked so; `text` says why and `advice` what to do."""

    def __init__(self, code: BookingCode) -> None:
        super().__init__(code.value)
        self.code = code
        self.text, self.advice = _TEXTS[code]
