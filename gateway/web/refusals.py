"""What a person or a program is told when a request cannot be served: a stable code and texts in three languages."""

from __future__ import annotations

from collections.abc import Container
from enum import StrEnum
from typing import Protocol, Self

from gateway.texts import Text

_NOTHING_CHANGED = Text(
    "Ештеңе өзгерген жоқ, бұрын сақталған деректер орнында.",
    "Ничего не изменилось, ранее сохранённые данные на месте.",
    "Nothing was changed; what had been saved before is still there.",
)


class Refusal(Protocol):
    """What a room below the pages refuses."""

    @property
    def code(self) -> StrEnum:
        """Its stable name."""

    @property
    def text(self) -> Text:
        """What happened, for a person."""


class PageError(Exception):
    """The request cannot be served."""

    status = 500
    code = "internal"
    title = Text("Жүйеде қате туындады", "В системе произошла ошибка", "There is a problem with the service")
    what = Text(
        "Сұрау біздің тарапымыздағы қатеге байланысты орындалмады.",
        "Запрос не выполнен из-за ошибки на нашей стороне.",
        "The request was not carried out because of an error on our side.",
    )
    kept = _NOTHING_CHANGED
    advice = Text(
        "Бірнеше минуттан кейін қайталап көріңіз. Қате қайталанса, қолдау қызметіне төмендегі кодты хабарлаңыз.",
        "Повторите попытку через несколько минут. Если ошибка повторится, сообщите в службу поддержки код, "
        "указанный ниже.",
        "Try again in a few minutes. If it happens again, give the code below to the support service.",
    )

    def __init__(self, what: Text | None = None, *, kept: Text | None = None, advice: Text | None = None) -> None:
        self.what = what or self.what
        self.kept = kept or self.kept
        self.advice = advice or self.advice
        super().__init__(self.what.en)

    @classmethod
    def of(cls, refusal: Refusal, advice: Text | None = None) -> Self:
        """Return this page with the code and the text of what a room below refuses."""
        page = cls(refusal.text, advice=advice)
        page.code = refusal.code.value
        return page


class BadRequest(PageError):
    """The request is not of the form that the page sends."""

    status = 400
    code = "bad-request"
    title = Text("Сұрау түсініксіз", "Запрос не распознан", "The request was not understood")
    what = Text(
        "Жіберілген деректердің пішімі дұрыс емес.",
        "Отправленные данные имеют неверный формат.",
        "The data that was sent has a wrong form.",
    )
    advice = Text(
        "Алдыңғы бетке оралып, нысанды қайтадан толтырыңыз.",
        "Вернитесь на предыдущую страницу и заполните форму ещё раз.",
        "Go back to the page before and fill in the form again.",
    )


class Forbidden(PageError):
    """The person may not see or do this."""

    status = 403
    code = "forbidden"
    title = Text("Қол жеткізуге рұқсат жоқ", "Доступ запрещён", "You may not do this")
    what = Text(
        "Бұл бетке немесе әрекетке сізде рұқсат жоқ.",
        "У вас нет прав на эту страницу или действие.",
        "You do not have the right to this page or action.",
    )
    advice = Text(
        "Басқа тіркелгімен кіріңіз немесе алдыңғы бетке оралыңыз.",
        "Войдите под другой учётной записью или вернитесь на предыдущую страницу.",
        "Sign in with another account, or go back to the page before.",
    )


class FormOutdated(Forbidden):
    """The form's CSRF token is absent or of another session, or the form came from another site."""

    code = "form-outdated"
    title = Text("Нысан ескірген", "Форма устарела", "The form is out of date")
    what = Text(
        "Нысан тым ұзақ ашық тұрған немесе оны басқа сайт жіберген, сондықтан ол қабылданбады.",
        "Форма была открыта слишком долго или отправлена другим сайтом, поэтому она не принята.",
        "The form was open for too long, or another site sent it, so it was not accepted.",
    )
    advice = Text(
        "Алдыңғы бетке оралып, оны жаңартыңыз да, қайта жіберіңіз.",
        "Вернитесь на предыдущую страницу, обновите её и отправьте форму снова.",
        "Go back to the page before, reload it and send the form again.",
    )


class NotFound(PageError):
    """There is no such page, or the person may not know of it."""

    status = 404
    code = "not-found"
    title = Text("Бет табылмады", "Страница не найдена", "Page not found")
    what = Text("Мұндай бет жоқ.", "Такой страницы нет.", "There is no such page.")
    advice = Text(
        "Мекенжайды тексеріңіз немесе басты беттен бастаңыз.",
        "Проверьте адрес или начните с главной страницы.",
        "Check the address, or begin at the first page.",
    )


class MethodNotAllowed(PageError):
    """The page exists, but not for this HTTP method."""

    status = 405
    code = "method-not-allowed"
    title = Text("Бұл әрекет мүмкін емес", "Это действие невозможно", "This cannot be done here")
    what = Text(
        "Бұл мекенжай мұндай сұрауды қабылдамайды.",
        "Этот адрес не принимает такие запросы.",
        "This address does not take such a request.",
    )
    advice = NotFound.advice


class Conflict(PageError):
    """What the page is about does not stand where the page supposed it."""

    status = 409
    code = "conflict"
    title = Text("Әрекет орындалмады", "Действие не выполнено", "The action was not carried out")
    advice = Text(
        "Өтініштің бетін жаңартып, оның қазіргі күйін қараңыз.",
        "Обновите страницу заявления и посмотрите его нынешнее состояние.",
        "Reload the application's page and see how it stands now.",
    )


class TooSlow(PageError):
    """The body of the request did not arrive in time."""

    status = 408
    code = "too-slow"
    title = Text("Деректер уақытында келмеді", "Данные не поступили вовремя", "The data did not arrive in time")
    what = Text(
        "Байланыс тым баяу болғандықтан, деректер толық қабылданбады.",
        "Соединение слишком медленное, данные приняты не полностью.",
        "The connection is too slow: not all of the data arrived.",
    )
    advice = Text("Қайталап көріңіз.", "Повторите попытку.", "Try again.")


class AlreadyRunning(PageError):
    """The same form was sent twice and the first sending is still being handled."""

    status = 409
    code = "already-running"
    title = Text("Нысан өңделіп жатыр", "Форма уже обрабатывается", "The form is being handled")
    what = Text(
        "Бұл нысан бұрын жіберілген, ол әлі өңделіп жатыр.",
        "Эта форма уже отправлена и ещё обрабатывается.",
        "This form was sent before and is still being handled.",
    )
    kept = Text(
        "Бірінші жіберілген нысан күшінде, екіншісі ескерілген жоқ.",
        "Первая отправка действует, вторая не учтена.",
        "The first sending holds, the second was not counted.",
    )
    advice = Text(
        "Бір минут күтіп, жеке кабинетті тексеріңіз.",
        "Подождите минуту и проверьте личный кабинет.",
        "Wait a minute and look into your cabinet.",
    )


class TooLarge(PageError):
    """The request is larger than the page takes."""

    status = 413
    code = "too-large"
    title = Text("Деректер тым үлкен", "Слишком большой объём данных", "The data is too large")
    what = Text(
        "Жіберілген деректер рұқсат етілген көлемнен асады.",
        "Отправленные данные превышают допустимый объём.",
        "What was sent is larger than is allowed.",
    )
    advice = Text(
        "Файлдарды кішірейтіңіз немесе бөліп жіберіңіз.",
        "Уменьшите файлы или отправьте их по частям.",
        "Make the files smaller, or send them in parts.",
    )


class UnsupportedMedia(PageError):
    """The body is of a type that the page does not take."""

    status = 415
    code = "unsupported-media"
    title = BadRequest.title
    what = Text(
        "Мұндай түрдегі деректер қабылданбайды.",
        "Данные такого типа не принимаются.",
        "Data of this type is not accepted.",
    )
    advice = BadRequest.advice


class TooMany(PageError):
    """The person must wait before the next try."""

    status = 429
    code = "too-many"
    title = Text("Әрекеттер тым көп", "Слишком много попыток", "Too many attempts")
    what = Text(
        "Қысқа уақыт ішінде тым көп әрекет жасалды.",
        "За короткое время сделано слишком много попыток.",
        "There were too many attempts in a short time.",
    )
    advice = Text("Күтіп, қайталап көріңіз.", "Подождите и повторите попытку.", "Wait, and try again.")


class Unavailable(PageError):
    """Something that the page needs does not answer now."""

    status = 503
    code = "unavailable"
    title = Text("Қызмет уақытша қолжетімсіз", "Сервис временно недоступен", "The service is unavailable now")
    what = Text(
        "Қажетті жүйе қазір жауап бермейді.",
        "Необходимая система сейчас не отвечает.",
        "A system that is needed does not answer now.",
    )
    kept = Text(
        "Бұрын сақталған және қабылданған деректер орнында. Дәл қазір бірдеңе жіберген болсаңыз, оның қабылданғаны "
        "белгісіз.",
        "Всё, что было сохранено и принято раньше, на месте. Если вы только что что-то отправили, неизвестно, "
        "принято ли оно.",
        "Everything that was saved and accepted before is still there. If you were just sending something, it is not "
        "known whether it was accepted.",
    )
    advice = Text(
        "Бірнеше минуттан кейін бетті қайта ашыңыз. Қайта жібермес бұрын алдыңғысының қабылданған-қабылданбағанын "
        "тексеріңіз.",
        "Откройте страницу снова через несколько минут. Прежде чем отправлять ещё раз, проверьте, не принято ли "
        "отправленное.",
        "Open the page again in a few minutes. Before you send anything again, see whether it was accepted.",
    )


BY_STATUS: dict[int, type[PageError]] = {
    kind.status: kind
    for kind in (BadRequest, Forbidden, NotFound, MethodNotAllowed, TooSlow, TooLarge, UnsupportedMedia, TooMany)
}


def page_of(
    refusal: Refusal, advice: Text | None = None, *, hidden: Container[StrEnum], forbidden: Container[StrEnum]
) -> PageError:
    """Return the page of a refusal: as if there were nothing, as not allowed, else as a conflict."""
    page: type[PageError] = Conflict
    if refusal.code in hidden:
        page = NotFound
    elif refusal.code in forbidden:
        page = Forbidden
    return page.of(refusal, advice)
