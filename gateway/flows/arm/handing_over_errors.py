"""What an operator is told at the hand-over beside the codes of the workplace; nothing has changed then."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from gateway.catalogue.acceptance import Representation
from gateway.flows.arm.entering import ONE_PERSON
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.finding import Verdict
from gateway.flows.arm.powers import PowerVerdict
from gateway.texts import Text


class HandOverCode(StrEnum):
    """The stable codes of the hand-over."""

    OTHER_RECEIPT = "hand-over-other-receipt"
    NOT_SIGNED = "hand-over-not-signed"
    PAPER_ON_ITS_WAY = "hand-over-paper-on-its-way"
    POWER_NEEDED = "hand-over-power-needed"
    POWER_NOT_YET = "hand-over-power-not-yet"
    POWER_ABSENT = "hand-over-power-absent"
    POWER_REVOKED = "hand-over-power-revoked"
    POWER_EXPIRED = "hand-over-power-expired"
    POWER_NOT_IN_FORCE = "hand-over-power-not-in-force"
    POWER_OF_ANOTHER = "hand-over-power-of-another"
    POWER_OF_ANOTHER_MATTER = "hand-over-power-of-another-matter"
    POWER_UNKNOWN = "hand-over-power-unknown"


_NOT_BY_THIS_ONE = Text(
    "Бұл сенімхат бойынша нәтиже берілмейді: оны көрсетілетін қызметті алушының өзі ала алады.",
    "По этой доверенности результат не выдаётся: его может получить сам услугополучатель.",
    "The result is not handed over by this power of attorney: the applicant may receive it in person.",
)
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
    HandOverCode.POWER_ABSENT: (
        Text(
            "Нотариаттық жүйеде (БНАЖ) мұндай сенімхат жоқ.",
            "В нотариальной системе (ЕНИС) такой доверенности нет.",
            "The notary system (ENIS) knows no such power of attorney.",
        ),
        Text(
            "Нөмірі мен күнін сенімхатпен салыстырыңыз; олар дұрыс болса, нәтижені бермеңіз.",
            "Сверьте номер и дату с доверенностью; если они верны, результат не выдавайте.",
            "Compare the number and the date with the paper; if they are right, do not hand the result over.",
        ),
    ),
    HandOverCode.POWER_REVOKED: (
        Text("Сенімхаттың күші жойылған.", "Доверенность отменена.", "The power of attorney was revoked."),
        _NOT_BY_THIS_ONE,
    ),
    HandOverCode.POWER_EXPIRED: (
        Text(
            "Сенімхаттың мерзімі өткен.",
            "Срок доверенности истёк.",
            "The power of attorney has expired.",
        ),
        _NOT_BY_THIS_ONE,
    ),
    HandOverCode.POWER_NOT_IN_FORCE: (
        Text(
            "Сенімхат әлі күшіне енген жоқ.",
            "Доверенность ещё не вступила в силу.",
            "The power of attorney is not in force yet.",
        ),
        _NOT_BY_THIS_ONE,
    ),
    HandOverCode.POWER_OF_ANOTHER: (
        Text(
            "Нотариаттық жүйе (БНАЖ) бойынша бұл сенімхатты басқа адам берген немесе ол басқа адамға берілген.",
            "По данным нотариальной системы (ЕНИС), эту доверенность дал другой человек или она выдана другому.",
            "By the notary system (ENIS) this power of attorney was given by another person or to another.",
        ),
        Text(
            "Нөмірін және құжаттағы ЖСН-ді тексеріңіз; олар дұрыс болса, нәтижені бермеңіз.",
            "Проверьте номер и ИИН в документе; если они верны, результат не выдавайте.",
            "Check the number and the IIN in the document; if they are right, do not hand the result over.",
        ),
    ),
    HandOverCode.POWER_OF_ANOTHER_MATTER: (
        Text(
            "Сенімхат мемлекеттік қызметтер бойынша өкілдік етуге құқық бермейді.",
            "Доверенность не даёт права представлять по государственным услугам.",
            "The power of attorney is not for services of the state.",
        ),
        _NOT_BY_THIS_ONE,
    ),
    HandOverCode.POWER_UNKNOWN: (
        Text(
            "Нотариаттық жүйе (БНАЖ) жауап бермеді: сенімхаттың күші бар-жоғы белгісіз.",
            "Нотариальная система (ЕНИС) не ответила: действительна ли доверенность, неизвестно.",
            "The notary system (ENIS) did not answer: whether the power of attorney is good is not known.",
        ),
        Text(
            "Бірнеше минуттан кейін қайталаңыз; оған дейін нәтиже берілмейді.",
            "Повторите через несколько минут; до этого результат не выдаётся.",
            "Try again in a few minutes; until then the result is not handed over.",
        ),
    ),
}


class HandOverError(ArmError):
    """A result cannot be handed over; `text` says why and `advice` what to do."""

    def __init__(self, code: HandOverCode) -> None:
        text, advice = _TEXTS[code]
        super().__init__(code, text=text, advice=advice)


_NOT_GOOD: Mapping[Verdict | PowerVerdict, HandOverCode] = {
    PowerVerdict.ABSENT: HandOverCode.POWER_ABSENT,
    PowerVerdict.REVOKED: HandOverCode.POWER_REVOKED,
    PowerVerdict.EXPIRED: HandOverCode.POWER_EXPIRED,
    PowerVerdict.NOT_YET_VALID: HandOverCode.POWER_NOT_IN_FORCE,
    PowerVerdict.OF_ANOTHER: HandOverCode.POWER_OF_ANOTHER,
    PowerVerdict.OF_ANOTHER_MATTER: HandOverCode.POWER_OF_ANOTHER_MATTER,
    Verdict.UNAVAILABLE: HandOverCode.POWER_UNKNOWN,
}
_WHO_ELSE = {
    Representation.NONE: Text(
        "Жеке басын куәландыратын құжаттағы ЖСН-ді қолхатпен салыстырыңыз: акт бойынша нәтижені өкіл ала алмайды.",
        "Сверьте ИИН в удостоверении личности с распиской: по акту представитель результат не получает.",
        "Compare the IIN in the identity document with the receipt: by the act no representative receives the result.",
    ),
    Representation.NOTARISED: Text(
        "Жеке куәлікті немесе нотариат куәландырған сенімхатты қолхатпен салыстырыңыз.",
        "Сверьте удостоверение личности или нотариальную доверенность с распиской.",
        "Compare the identity card, or the notarised power of attorney, with the receipt.",
    ),
}
_AS_APPLICANT = Text(
    "Нәтижені көрсетілетін қызметті алушының өзі алатынын белгілеңіз.",
    "Укажите, что результат получает сам услугополучатель.",
    "Say that the applicant receives the result in person.",
)
_BY_ANY_POWER = Text(
    "Жеке куәлікті немесе сенімхатты қолхатпен салыстырыңыз.",
    "Сверьте удостоверение личности или доверенность с распиской.",
    "Compare the identity card, or the power of attorney, with the receipt.",
)


def not_good(verdict: Verdict | PowerVerdict) -> HandOverError:
    """Return why a power of attorney that БНАЖ was asked about lets nobody receive a result."""
    return HandOverError(_NOT_GOOD[verdict])


def other_person(rule: Representation) -> ArmError:
    """Return why a person receives nothing, with what to compare by the service's own rule on representatives."""
    return ArmError(ArmCode.OTHER_PERSON, advice=_WHO_ELSE.get(rule, _BY_ANY_POWER))


def own_representative() -> ArmError:
    """Return why nobody receives a result as a representative of themselves."""
    return ArmError(ArmCode.OTHER_PERSON, text=ONE_PERSON, advice=_AS_APPLICANT)
