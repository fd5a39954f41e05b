"""The words of the window, in the two languages of the real program."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.texts import Language, Text
from simulators.ncalayer.dialog import Outcome, Purpose
from simulators.ncalayer.fitness import Unfit

WORDS: Mapping[str, Text] = {
    "title": Text("NCALayer (симуляция)", "NCALayer (симуляция)", "NCALayer (simulation)"),
    "simulation": Text(
        "СИМУЛЯЦИЯ. Мұндағы кілттер ойдан шығарылған адамдарға тиесілі.",
        "СИМУЛЯЦИЯ. Здесь только ключи вымышленных людей.",
        "SIMULATION. These are keys of invented people only.",
    ),
    "idle": Text(
        "Қазір ешбір бет қолтаңба сұрап тұрған жоқ. Сұрау түскенде, ол осында көрсетіледі.",
        "Сейчас ни одна страница не запрашивает подпись. Запрос появится здесь.",
        "No page asks for a signature now. A request will appear here.",
    ),
    "asks": Text("Сұрау жіберуші:", "Запрашивает:", "Asked by:"),
    "local": Text("осы компьютердегі бағдарлама", "программа на этом компьютере", "a program on this computer"),
    "wants": Text("Мақсаты:", "Назначение:", "Purpose:"),
    "waiting": Text("Кезектегі сұраулар:", "Запросов в очереди:", "Requests waiting:"),
    "documents": Text("Қол қойылатын құжат", "Подписываемый документ", "The document to be signed"),
    "exact": Text("Құжаттың дәл мәтіні", "Точный текст документа", "The exact text of the document"),
    "cut": Text(
        "Құжат үлкен: басы ғана көрсетілген.", "Документ велик: показано только начало.", "Only the beginning is shown."
    ),
    "bytes": Text("байт", "байт", "bytes"),
    "keys": Text("Кілтті таңдаңыз", "Выберите ключ", "Choose a key"),
    "no_keys": Text("Қолайлы кілт жоқ.", "Подходящих ключей нет.", "There are no fitting keys."),
    "find": Text("Кілтті іздеу", "Найти ключ", "Find a key"),
    "unfit_keys": Text("Сай келмейтін кілттер", "Неподходящие ключи", "Keys that do not fit"),
    "password": Text("Кілттің құпиясөзі", "Пароль ключа", "Password of the key"),
    "sign": Text("Қол қою", "Подписать", "Sign"),
    "choose": Text("Таңдау", "Выбрать", "Choose"),
    "cancel": Text("Бас тарту", "Отмена", "Cancel"),
    "tries": Text("Қалған әрекет саны:", "Осталось попыток:", "Tries left:"),
    "closing": Text("Бұл терезені жабуға болады.", "Это окно можно закрыть.", "You can close this window."),
    "lost": Text(
        "NCALayer бағдарламасымен байланыс үзілді. Қайта қосылу…",
        "Связь с NCALayer потеряна. Переподключение…",
        "The connection to NCALayer is lost. Trying again…",
    ),
    "choose_first": Text("Алдымен кілтті таңдаңыз.", "Сначала выберите ключ.", "Choose a key first."),
    "iin": Text("ЖСН", "ИИН", "IIN"),
    "bin": Text("БСН", "БИН", "BIN"),
    "auth": Text("аутентификация", "аутентификация", "authentication"),
    "signing": Text("қол қою", "подпись", "signing"),
    "both": Text("қол қою және аутентификация", "подпись и аутентификация", "signing and authentication"),
    "until": Text("қолданылу мерзімі:", "действует до:", "valid until:"),
    f"purpose.{Purpose.KEY_INFO}": Text(
        "тіркеу куәлігі туралы мәліметті көру", "чтение данных сертификата", "reading the certificate"
    ),
    f"purpose.{Purpose.SIGN_XML}": Text("XML құжатына қол қою", "подписание XML", "signing XML"),
    f"purpose.{Purpose.SIGN_CMS}": Text("деректерге қол қою (CMS)", "подписание данных (CMS)", "signing data (CMS)"),
    f"purpose.{Purpose.SIGN_HASH}": Text("деректер хешіне қол қою", "подписание хеша данных", "signing a hash"),
    f"purpose.{Purpose.SIGN_RAW}": Text("деректерге қол қою", "подписание данных", "signing data"),
    f"outcome.{Outcome.DONE}": Text("Орындалды.", "Выполнено.", "Done."),
    f"outcome.{Outcome.CANCELLED}": Text("Сұраудан бас тартылды.", "Запрос отменён.", "The request is cancelled."),
    f"outcome.{Outcome.WRONG_PASSWORD}": Text("Құпиясөз қате.", "Неверный пароль.", "The password is wrong."),
    f"outcome.{Outcome.SPENT}": Text(
        "Құпиясөз үш рет қате енгізілді. Сұрау жабылды.",
        "Пароль трижды введён неверно. Запрос закрыт.",
        "The password was wrong three times. The request is closed.",
    ),
    f"outcome.{Outcome.UNFIT}": Text(
        "Бұл кілт сұрауға сай келмейді.", "Этот ключ не подходит для запроса.", "This key does not fit the request."
    ),
    f"outcome.{Outcome.BROKEN}": Text(
        "Кілт файлын оқу мүмкін емес.", "Файл ключа не читается.", "The key file cannot be read."
    ),
    f"outcome.{Outcome.NO_SUCH_KEY}": Text("Мұндай кілт жоқ.", "Такого ключа нет.", "There is no such key."),
    f"outcome.{Outcome.GONE}": Text(
        "Бет бұл сұрауды енді күтпейді.", "Страница уже не ждёт этого запроса.", "The page no longer waits."
    ),
    f"unfit.{Unfit.PURPOSE}": Text("мақсаты басқа", "другое назначение", "another purpose"),
    f"unfit.{Unfit.USAGE}": Text("рөлі басқа", "другая роль", "another role"),
    f"unfit.{Unfit.IIN}": Text("басқа ЖСН", "другой ИИН", "another IIN"),
    f"unfit.{Unfit.BIN}": Text("басқа БСН", "другой БИН", "another BIN"),
    f"unfit.{Unfit.SERIAL}": Text("басқа куәлік", "другой сертификат", "another certificate"),
    f"unfit.{Unfit.CHAIN}": Text("басқа куәландырушы орталық", "другой удостоверяющий центр", "another issuer"),
    f"unfit.{Unfit.EXPIRED}": Text("мерзімі жарамсыз", "срок действия не подходит", "not valid now"),
}


def words(language: Language) -> dict[str, str]:
    """Return every word of the window in one language."""
    return {name: text.to(language) for name, text in WORDS.items()}
