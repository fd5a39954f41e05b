"""What can go wrong in talking to ЭҮШ, in the four families that a caller treats differently (shep.md, section 3)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gateway.texts import Text

if TYPE_CHECKING:
    from gateway.shep.faults import Fault
    from gateway.shep.messages import SyncAnswer


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


class ShepError(Exception):
    """A question or message did not come through ЭҮШ."""

    retryable = True
    text = Text(
        "ЭҮШ арқылы алмасу сәтсіз аяқталды",
        "Обмен через ШЭП не состоялся",
        "The exchange through the e-government gateway failed",
    )

    def __init__(self, code: ShepErrorCode, **facts: Any) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code.value + "".join(f", {key}: {value}" for key, value in facts.items()))

    def to_json(self) -> dict[str, Any]:
        """Return the error for a journal or a program."""
        return {"code": self.code.value, "facts": {key: str(value) for key, value in self.facts.items()}}


class RemoteServiceError(ShepError):
    """The provider answered, and its status is no success."""

    retryable = False
    text = Text(
        "Сервис сұрауды орындамады",
        "Сервис не выполнил запрос",
        "The service did not carry out the request",
    )

    def __init__(self, answer: SyncAnswer) -> None:
        self.answer = answer
        self.status_code = answer.status.code
        super().__init__(ShepErrorCode.REMOTE_SERVICE, status=answer.status.code, message=answer.status.message)


class GatewayError(ShepError):
    """The gateway, or the provider through it, refused the message with a fault."""

    def __init__(self, fault: Fault, *, signed: bool) -> None:
        self.fault = fault
        self.signed = signed
        super().__init__(ShepErrorCode.GATEWAY, fault=fault.code, message=fault.message, data=fault.data, signed=signed)

    @property
    def retryable(self) -> bool:  # type: ignore[override]
        """Whether to try again: yes for passing faults, and for one that anybody on the way could have written."""
        return self.fault.is_worth_repeating or not self.signed

    @property
    def text(self) -> Text:  # type: ignore[override]
        """The sentence that belongs to the fault's code."""
        known = self.fault.known_code
        return ShepError.text if known is None else known.text


class UnknownGatewayError(ShepError):
    """What came back is no answer of the gateway: not readable, not signed, or signed by another."""

    text = Text(
        "ЭҮШ-тен түсініксіз жауап келді",
        "От ШЭП получен непонятный ответ",
        "The gateway's answer could not be understood or trusted",
    )


class TransportError(ShepError):
    """The gateway was not reached, or the connection broke; it is not known whether the message arrived."""

    text = Text(
        "ЭҮШ уақытша қолжетімсіз",
        "ШЭП временно недоступен",
        "The gateway is temporarily out of reach",
    )
