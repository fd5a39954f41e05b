"""What can go wrong in talking to ЭҮШ, in the four families that a caller treats differently (shep.md, section 3)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Final

from gateway.texts import Text

if TYPE_CHECKING:
    from gateway.shep.faults import Fault
    from gateway.shep.messages import SyncAnswer


class Family(StrEnum):
    """Whose failure it is; the names are those of the public API."""

    REMOTE_SERVICE = "remote-service-error"
    SHEP = "shep-error"
    UNKNOWN = "shep-unknown-error"
    TRANSPORT = "transport-error"


class ShepErrorCode(StrEnum):
    """The stable name of each failure."""

    REMOTE_SERVICE = "remote-service-error"
    GATEWAY = "gateway-error"
    NOT_SOAP = "answer-not-soap"
    ANSWER_MALFORMED = "answer-malformed"
    ANSWER_TOO_LARGE = "answer-too-large"
    ANSWER_UNSIGNED = "answer-unsigned"
    ANSWER_SIGNATURE_WRONG = "answer-signature-wrong"
    ANSWER_SIGNER_UNKNOWN = "answer-signer-unknown"
    ANSWER_CERTIFICATE_REFUSED = "answer-certificate-refused"
    ANSWER_CERTIFICATE_UNDECIDED = "answer-certificate-undecided"
    ANSWER_TO_ANOTHER = "answer-to-another-message"
    UNREACHABLE = "unreachable"
    CUT = "connection-cut"
    TIMED_OUT = "timed-out"
    BAD_GATEWAY = "bad-gateway"
    CIRCUIT_OPEN = "circuit-open"
    TOO_BUSY = "too-busy"
    DELIVERY_STOPPED = "delivery-stopped"
    NOT_DELIVERED = "not-delivered"

    @property
    def text(self) -> Text:
        """The sentence for a person."""
        return _TEXTS[self]


_NOT_TRUSTED: Final = Text(
    "ЭҮШ-тен келген жауаптың шынайылығын растау мүмкін болмады",
    "Не удалось подтвердить подлинность ответа ШЭП",
    "The gateway's answer could not be trusted",
)
_NOT_UNDERSTOOD: Final = Text(
    "ЭҮШ-тен түсініксіз жауап келді",
    "От ШЭП получен непонятный ответ",
    "The gateway's answer could not be understood",
)
_OUT_OF_REACH: Final = Text(
    "ЭҮШ уақытша қолжетімсіз",
    "ШЭП временно недоступен",
    "The gateway is temporarily out of reach",
)
_TEXTS: Final = {
    ShepErrorCode.REMOTE_SERVICE: Text(
        "Сервис сұрауды орындамады",
        "Сервис не выполнил запрос",
        "The service did not carry out the request",
    ),
    ShepErrorCode.GATEWAY: Text(
        "ЭҮШ хабарламаны қабылдамады",
        "ШЭП не принял сообщение",
        "The gateway did not take the message",
    ),
    ShepErrorCode.NOT_SOAP: _NOT_UNDERSTOOD,
    ShepErrorCode.ANSWER_MALFORMED: _NOT_UNDERSTOOD,
    ShepErrorCode.ANSWER_TOO_LARGE: Text(
        "ЭҮШ-тен келген жауаптың көлемі тым үлкен",
        "Ответ ШЭП слишком велик",
        "The gateway's answer is too large",
    ),
    ShepErrorCode.ANSWER_UNSIGNED: _NOT_TRUSTED,
    ShepErrorCode.ANSWER_SIGNATURE_WRONG: _NOT_TRUSTED,
    ShepErrorCode.ANSWER_SIGNER_UNKNOWN: _NOT_TRUSTED,
    ShepErrorCode.ANSWER_CERTIFICATE_REFUSED: _NOT_TRUSTED,
    ShepErrorCode.ANSWER_CERTIFICATE_UNDECIDED: _NOT_TRUSTED,
    ShepErrorCode.ANSWER_TO_ANOTHER: _NOT_TRUSTED,
    ShepErrorCode.UNREACHABLE: _OUT_OF_REACH,
    ShepErrorCode.CUT: Text(
        "ЭҮШ-пен байланыс үзілді",
        "Связь с ШЭП прервалась",
        "The connection to the gateway broke",
    ),
    ShepErrorCode.TIMED_OUT: Text(
        "ЭҮШ белгіленген уақытта жауап бермеді",
        "ШЭП не ответил в отведённое время",
        "The gateway did not answer in time",
    ),
    ShepErrorCode.BAD_GATEWAY: _OUT_OF_REACH,
    ShepErrorCode.CIRCUIT_OPEN: Text(
        "Сервис жауап бермей тұр, сәл кейінірек қайталаңыз",
        "Сервис сейчас не отвечает, повторите немного позже",
        "The service is not answering now, try again a little later",
    ),
    ShepErrorCode.TOO_BUSY: Text(
        "Сұрау салулар тым көп, сәл кейінірек қайталаңыз",
        "Слишком много запросов, повторите немного позже",
        "There are too many requests, try again a little later",
    ),
    ShepErrorCode.DELIVERY_STOPPED: Text(
        "ЭҮШ хабарламаны алушыға жеткізуді тоқтатты",
        "ШЭП прекратил доставку сообщения получателю",
        "The gateway gave up the delivery of the message",
    ),
    ShepErrorCode.NOT_DELIVERED: Text(
        "Хабарлама алушыға жеткізілмеді",
        "Сообщение не доставлено получателю",
        "The message was not delivered to its receiver",
    ),
}


class ShepError(Exception):
    """A question or message did not come through ЭҮШ."""

    family: ClassVar[Family]
    retryable = True
    retry_after: timedelta | None = None
    """How long to stay away, when the message was not even tried."""

    def __init__(self, code: ShepErrorCode, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code.value + "".join(f", {key}: {value}" for key, value in facts.items()))

    @property
    def text(self) -> Text:
        """The sentence for a person."""
        return self.code.text

    @property
    def outcome(self) -> str:
        """What a log of passages says of it: the fault's code, else the error's own."""
        return self.code.value

    def to_json(self) -> dict[str, Any]:
        """Return the error for a journal or a program."""
        facts = {key: str(value) for key, value in self.facts.items()}
        return {"family": self.family.value, "code": self.code.value, "facts": facts}


class RemoteServiceError(ShepError):
    """The provider answered, and its status is no success."""

    family = Family.REMOTE_SERVICE
    retryable = False

    def __init__(self, answer: SyncAnswer) -> None:
        self.answer = answer
        self.status_code = answer.status.code
        super().__init__(ShepErrorCode.REMOTE_SERVICE, status=answer.status.code, message=answer.status.message)


class GatewayError(ShepError):
    """The gateway, or the provider through it, refused the message with a fault."""

    family = Family.SHEP

    def __init__(self, fault: Fault, *, signed: bool) -> None:
        self.fault = fault
        self.signed = signed
        super().__init__(ShepErrorCode.GATEWAY, fault=fault.code, message=fault.message, data=fault.data, signed=signed)

    @property
    def retryable(self) -> bool:  # type: ignore[override]
        """Whether to try again: yes for passing faults, and for one that anybody on the way could have written."""
        return self.fault.is_worth_repeating or not self.signed

    @property
    def text(self) -> Text:
        """The sentence that belongs to the fault's code."""
        known = self.fault.known_code
        return self.code.text if known is None else known.text

    @property
    def outcome(self) -> str:
        """The fault's code."""
        return self.fault.code


class NotDelivered(ShepError):
    """The gateway took the message and told later that it gave it up, or that the receiver refused it.

    What is `lasting` is not mended by sending again.
    """

    family = Family.SHEP

    def __init__(self, code: ShepErrorCode, *, lasting: bool, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.retryable = not lasting


class UnknownGatewayError(ShepError):
    """What came back is no answer of the gateway: not readable, not signed, or signed by another."""

    family = Family.UNKNOWN


class TransportError(ShepError):
    """The gateway was not reached, or the connection broke; it is not known whether the message arrived.

    With `retry_after` the message was not sent at all: the gateway or the service is left alone, or too many wait.
    """

    family = Family.TRANSPORT

    def __init__(self, code: ShepErrorCode, *, retry_after: timedelta | None = None, **facts: Any) -> None:
        super().__init__(code, **facts)
        self.retry_after = retry_after
