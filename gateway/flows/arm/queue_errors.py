"""What somebody at the electronic queue may be told; nothing has changed then."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from gateway.flows.arm.errors import ArmError
from gateway.texts import Text


class QueueCode(StrEnum):
    """The stable codes of the electronic queue."""

    NO_SUCH_HALL = "no-such-hall"
    NOT_SERVED_HERE = "ticket-service-not-here"
    NOT_BOOKABLE = "ticket-not-bookable"
    SLOT_GONE = "ticket-time-taken"
    ALREADY_BOOKED = "ticket-already-booked"
    HALL_CLOSED = "hall-closed"
    QUEUE_FULL = "queue-full"
    NO_SUCH_TICKET = "no-such-ticket"
    NO_SUCH_WINDOW = "no-such-window"
    TICKET_MOVED = "ticket-moved-on"
    TICKET_OF_ANOTHER = "ticket-of-another-window"
    TOO_EARLY = "no-show-too-early"
    CALLED_ENOUGH = "ticket-called-enough"


_TEXTS: Mapping[QueueCode, tuple[Text, Text]] = {
    QueueCode.NO_SUCH_HALL: (
        Text("Мұндай бөлім жоқ.", "Такого отдела нет.", "There is no such department."),
        Text(
            "Мекенжайды тексеріңіз немесе бөлім қызметкерінен сұраңыз.",
            "Проверьте адрес или спросите сотрудника отдела.",
            "Check the address, or ask the department's staff.",
        ),
    ),
    QueueCode.NOT_SERVED_HERE: (
        Text(
            "Бұл бөлім осы қызмет бойынша өтініш қабылдамайды.",
            "Этот отдел не принимает заявления по этой услуге.",
            "This department takes no applications for this service.",
        ),
        Text("Басқа бөлімді таңдаңыз.", "Выберите другой отдел.", "Choose another department."),
    ),
    QueueCode.NOT_BOOKABLE: (
        Text(
            "Актіде бұл қызмет үшін электрондық кезекті портал арқылы броньдау көзделмеген.",
            "Акт не предусматривает бронирования электронной очереди через портал для этой услуги.",
            "The act does not provide for booking a place in the queue of this service through the portal.",
        ),
        Text(
            "Талонды Мемлекеттік корпорация бөлімінің залында алыңыз.",
            "Возьмите талон в зале отдела Государственной корпорации.",
            "Take a ticket in the hall of a department of the State Corporation.",
        ),
    ),
    QueueCode.SLOT_GONE: (
        Text("Бұл уақытта бос орын қалмады.", "На это время мест не осталось.", "No place is left at this time."),
        Text("Басқа уақытты таңдаңыз.", "Выберите другое время.", "Choose another time."),
    ),
    QueueCode.ALREADY_BOOKED: (
        Text(
            "Сіз осы қызмет бойынша кезекті броньдап қойғансыз.",
            "У вас уже забронирована очередь по этой услуге.",
            "You have already booked a place in the queue for this service.",
        ),
        Text(
            "Алдымен ол талоннан бас тартыңыз немесе сол уақытта келіңіз.",
            "Сначала откажитесь от того талона или приходите в его время.",
            "Cancel that ticket first, or come at its time.",
        ),
    ),
    QueueCode.HALL_CLOSED: (
        Text("Қазір зал талон бермейді.", "Сейчас зал талоны не выдаёт.", "The hall gives no tickets now."),
        Text(
            "Бөлімнің жұмыс уақытында келіңіз.",
            "Приходите в рабочее время отдела.",
            "Come in the department's working hours.",
        ),
    ),
    QueueCode.QUEUE_FULL: (
        Text(
            "Кезек толды: терезелер бір күнде бұдан көп адам қабылдай алмайды.",
            "Очередь заполнена: больше людей окна за день не примут.",
            "The queue is full: the windows serve no more people in a day.",
        ),
        Text(
            "Басқа күні келіңіз немесе бөлім қызметкерінен сұраңыз.",
            "Приходите в другой день или обратитесь к сотруднику отдела.",
            "Come on another day, or ask the department's staff.",
        ),
    ),
    QueueCode.NO_SUCH_TICKET: (
        Text("Мұндай талон жоқ.", "Такого талона нет.", "There is no such ticket."),
        Text(
            "Тізімді жаңартып, талонды қайта таңдаңыз.",
            "Обновите список и выберите талон заново.",
            "Reload the list and choose the ticket again.",
        ),
    ),
    QueueCode.NO_SUCH_WINDOW: (
        Text("Бөлімде мұндай терезе жоқ.", "В отделе нет такого окна.", "The department has no such window."),
        Text(
            "Жүйеден шығып, өз терезеңіздің нөмірімен қайта кіріңіз.",
            "Выйдите и войдите снова с номером своего окна.",
            "Sign out and sign in again with the number of your window.",
        ),
    ),
    QueueCode.TICKET_MOVED: (
        Text(
            "Талонның күйі өзгерген: бұл әрекет енді мүмкін емес.",
            "Состояние талона изменилось: это действие уже невозможно.",
            "The ticket has moved on: this cannot be done any more.",
        ),
        Text(
            "Бетті жаңартып, талонның қазіргі күйін қараңыз.",
            "Обновите страницу и посмотрите нынешнее состояние талона.",
            "Reload the page and see how the ticket stands now.",
        ),
    ),
    QueueCode.TICKET_OF_ANOTHER: (
        Text(
            "Бұл талонды басқа терезе шақырған.",
            "Этот талон вызвало другое окно.",
            "Another window called this ticket.",
        ),
        Text("Кезектен келесі талонды шақырыңыз.", "Вызовите следующий талон.", "Call the next ticket of the queue."),
    ),
    QueueCode.TOO_EARLY: (
        Text(
            "Адам шақырылғанына екі минут болған жоқ: оны келмеді деп белгілеуге әлі ерте.",
            "С вызова не прошло двух минут: отмечать неявку ещё рано.",
            "Two minutes have not passed since the call: it is too early to mark a no-show.",
        ),
        Text("Күте тұрыңыз немесе қайта шақырыңыз.", "Подождите или вызовите ещё раз.", "Wait, or call again."),
    ),
    QueueCode.CALLED_ENOUGH: (
        Text("Талон үш рет шақырылды.", "Талон вызван три раза.", "The ticket was called three times."),
        Text(
            "Екі минуттан кейін «Келмеді» деп белгілеп, келесісін шақырыңыз.",
            "Через две минуты отметьте «Не явился» и вызовите следующий.",
            "After two minutes mark the no-show and call the next one.",
        ),
    ),
}


class QueueError(ArmError):
    """Something cannot be done at the queue; `text` says why and `advice` what to do."""

    def __init__(self, code: QueueCode, *, reason: str = "") -> None:
        text, advice = _TEXTS[code]
        super().__init__(code, text=text, advice=advice, **({"reason": reason} if reason else {}))
