"""A gateway's answers, read as answers to what was asked: a signature does not tell an old one that is played again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from lxml import etree

from gateway.shep.async_channel import read_content, read_receipt
from gateway.shep.elements import Malformed, child, identifier
from gateway.shep.envelope import response_of
from gateway.shep.errors import RemoteServiceError, ShepErrorCode, UnknownGatewayError
from gateway.shep.messages import AsyncMessage, MessagesAnswer, MessageType, Receipt, SyncAnswer, SyncQuestion
from gateway.shep.names import Operation
from gateway.shep.pulling import read_messages_answer
from gateway.shep.runs import Runs
from gateway.shep.seal import Unsealed
from gateway.shep.sync_channel import read_answer
from gateway.shep.trusted import malformed

_Answer = TypeVar("_Answer")


def reading(read: Callable[[etree._Element], _Answer]) -> Callable[[Unsealed, bytes], _Answer]:
    """Return the reader of an answer that carries no payload."""
    return lambda unsealed, _: read(unsealed.content)


def read_own_answer(question: SyncQuestion, unsealed: Unsealed, envelope: bytes) -> SyncAnswer:
    """Read an answer that names the question: correlationId, or its own messageId, is the question's messageId."""
    answer = read_answer(unsealed.content, envelope, unsealed.runs)
    if question.message_id not in (answer.correlation_id, answer.message_id):
        raise _to_another(question.message_id, answer.correlation_id or answer.message_id)
    if not answer.status.is_success:
        raise RemoteServiceError(answer)
    return answer


def read_own_receipt(message: AsyncMessage, unsealed: Unsealed, _envelope: bytes) -> Receipt:
    """Read a receipt of the message's chain; a REQUEST has none yet, and its sender knows the receipts it has had."""
    receipt = read_receipt(unsealed.content)
    if message.message_type is not MessageType.REQUEST and receipt.correlation_id != message.correlation_id:
        raise _to_another(message.correlation_id, receipt.correlation_id)
    return receipt


def read_messages(unsealed: Unsealed, _envelope: bytes) -> MessagesAnswer:
    """Read what was fetched; the error of a message that cannot be read names it as `message_id`, if it has a name."""
    try:
        return read_messages_answer(unsealed.content, unsealed.runs)
    except Malformed as error:
        raise _named(malformed(error), unsealed.content, unsealed.runs) from error


def _named(error: UnknownGatewayError, content: etree._Element, runs: Runs) -> UnknownGatewayError:
    with suppress(Malformed):
        for each in response_of(content, Operation.GET_MESSAGES).findall("messages"):
            try:
                read_content(each, runs)
            except Malformed:
                error.facts["message_id"] = identifier(child(each, "messageInfo"), "messageId")
                break
    return error


def _to_another(asked: str | None, answered: str | None) -> UnknownGatewayError:
    return UnknownGatewayError(ShepErrorCode.ANSWER_TO_ANOTHER, asked=asked, answered=answered)
