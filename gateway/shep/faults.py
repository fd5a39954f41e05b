"""Faults of the channels: the code itself stands in `faultcode`, an `ErrorInfo` in the detail (shep.md, section 3).

The codes marked in `INVENTED` fill gaps of what is public: no public source says what the gateway answers there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from lxml import etree

from gateway.shep import names
from gateway.shep.elements import LONGEST_IDENTIFIER, Malformed, add, child, cut_text, moment, read_code, read_moment
from gateway.texts import Text


class FaultCode(StrEnum):
    """Why a gateway or a participant does not take a message."""

    WRONG_FORMAT = "SCE001"
    SENDER_REFUSED = "SCE002"
    NO_RIGHT = "SCE003"
    SERVICE_UNAVAILABLE = "SCE004"
    CERTIFICATE_NOT_ACTUAL = "SCE005"
    SIGNATURE_WRONG = "SCE006"
    SIGNATURE_ABSENT = "SCE007"
    BUSINESS_CERTIFICATE_NOT_ACTUAL = "SCE015"
    BUSINESS_SIGNATURE_WRONG = "SCE016"
    BUSINESS_SIGNATURE_ABSENT = "SCE017"
    INTERNAL = "SCE909"

    @property
    def text(self) -> Text:
        """The sentence that goes with the code."""
        return _TEXTS[self]


INVENTED: Final = frozenset({FaultCode.SENDER_REFUSED, FaultCode.NO_RIGHT})

WORTH_REPEATING: Final = frozenset(
    {FaultCode.SERVICE_UNAVAILABLE, FaultCode.CERTIFICATE_NOT_ACTUAL, FaultCode.INTERNAL}
)
"""Refusals that may end by themselves: a service comes back, a renewed key signs the next attempt."""

_TEXTS: Final = {
    FaultCode.WRONG_FORMAT: Text(
        "Хабарлама форматқа сәйкес келмейді",
        "Сообщение не соответствует формату",
        "The message does not match the format",
    ),
    FaultCode.SENDER_REFUSED: Text(
        "Жіберуші белгісіз немесе құпиясөз дұрыс емес",
        "Отправитель неизвестен или пароль неверен",
        "The sender is unknown or the password is wrong",
    ),
    FaultCode.NO_RIGHT: Text(
        "Жіберушінің сервиске құқығы жоқ",
        "У отправителя нет прав на сервис",
        "The sender has no right to the service",
    ),
    FaultCode.SERVICE_UNAVAILABLE: Text(
        "Сервис жоқ немесе қолжетімсіз",
        "Сервис не существует",
        "The service does not exist or is unavailable",
    ),
    FaultCode.CERTIFICATE_NOT_ACTUAL: Text(
        "Көліктік ЭЦҚ тіркеу куәлігі жарамсыз",
        "Транспортная ЭЦП не актуальна",
        "The certificate of the transport signature is not valid now",
    ),
    FaultCode.SIGNATURE_WRONG: Text(
        "Көліктік ЭЦҚ дұрыс емес",
        "Транспортная ЭЦП неверна",
        "The transport signature is wrong",
    ),
    FaultCode.SIGNATURE_ABSENT: Text(
        "Хабарламаға қол қойылмаған",
        "Сообщение не подписано",
        "The message is not signed",
    ),
    FaultCode.BUSINESS_CERTIFICATE_NOT_ACTUAL: Text(
        "Бизнес-деректер ЭЦҚ-сының тіркеу куәлігі жарамсыз",
        "ЭЦП бизнес-данных не актуальна",
        "The certificate of the business data's signature is not valid now",
    ),
    FaultCode.BUSINESS_SIGNATURE_WRONG: Text(
        "Бизнес-деректердің ЭЦҚ-сы дұрыс емес",
        "ЭЦП бизнес-данных неверна",
        "The signature of the business data is wrong",
    ),
    FaultCode.BUSINESS_SIGNATURE_ABSENT: Text(
        "Бизнес-деректерге қол қойылмаған",
        "Бизнес-данные не подписаны",
        "The business data are not signed",
    ),
    FaultCode.INTERNAL: Text(
        "Ақпараттық жүйенің ішкі қатесі",
        "Внутренняя ошибка ИС",
        "Internal error of the information system",
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`ErrorInfo`; `code` stays a string, since a gateway may say one that nobody published."""

    code: str
    message: str
    date: datetime
    data: str | None = None
    session_id: str | None = None
    cause: Fault | None = None

    @classmethod
    def of(
        cls,
        code: FaultCode,
        date: datetime,
        data: str | None = None,
        *,
        session_id: str | None = None,
        cause: Fault | None = None,
    ) -> Fault:
        """Return the fault of a known code, its message in Russian as on the real gateway."""
        return cls(code.value, code.text.ru, date, data, session_id, cause)

    @property
    def known_code(self) -> FaultCode | None:
        """The code, if it is one that this room knows."""
        return next((each for each in FaultCode if each.value == self.code), None)

    @property
    def is_worth_repeating(self) -> bool:
        """Whether the same message may be taken later; unknown codes are not."""
        return self.known_code in WORTH_REPEATING


def write_fault(fault: Fault, operation: names.Operation) -> etree._Element:
    """Return `soap:Fault` with the detail element that belongs to `operation`."""
    element = etree.Element(f"{{{names.SOAP}}}Fault", nsmap={"soap": names.SOAP})
    add(element, "faultcode", fault.code)
    add(element, "faultstring", fault.message)
    detail = etree.SubElement(element, "detail")
    write_error(etree.SubElement(detail, operation.fault, nsmap={"f": operation.namespace}), fault)
    return element


def read_fault(element: etree._Element, *, received_at: datetime) -> Fault:
    """Read `soap:Fault`; one without `ErrorInfo` has its code and message from SOAP. Raises `Malformed`."""
    code, message = read_code(element, "faultcode"), cut_text(element, "faultstring") or ""
    detail = child(element, "detail", required=False)
    if detail is not None:
        for info in detail.iterchildren("*"):
            if etree.QName(info).localname.endswith("Fault") and child(info, "errorCode", required=False) is not None:
                return read_error(info)
    return Fault(code, message, received_at)


def write_error(parent: etree._Element, fault: Fault) -> None:
    """Append the fields of `ErrorInfo`."""
    add(parent, "errorCode", fault.code)
    add(parent, "errorMessage", fault.message)
    add(parent, "errorData", fault.data)
    add(parent, "errorDate", moment(fault.date))
    if fault.cause is not None:
        write_error(etree.SubElement(parent, "subError"), fault.cause)
    add(parent, "sessionId", fault.session_id)


def read_error(element: etree._Element, depth: int = 0) -> Fault:
    """Read `ErrorInfo`; raises `Malformed`."""
    if depth > 8:
        raise Malformed(element, "errors nested too deeply")
    cause = child(element, "subError", required=False)
    return Fault(
        code=read_code(element, "errorCode"),
        message=cut_text(element, "errorMessage") or "",
        data=cut_text(element, "errorData"),
        date=read_moment(element, "errorDate"),
        session_id=cut_text(element, "sessionId", LONGEST_IDENTIFIER),
        cause=None if cause is None else read_error(cause, depth + 1),
    )
