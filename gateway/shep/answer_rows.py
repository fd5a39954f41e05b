"""How an answer stands in a row of a table of first answers; the columns have the same names wherever there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.shep.messages import Payload, PayloadForm, Status, SyncAnswer


def answer_fields(answer: SyncAnswer) -> tuple[Any, ...]:
    """Return the columns from `answer_id` to `payload`, in the order of the tables."""
    payload = answer.payload
    return (
        answer.message_id,
        answer.correlation_id,
        answer.session_id,
        answer.response_date,
        answer.status.code,
        answer.status.message,
        None if payload is None else payload.form.value,
        None if payload is None else payload.xml,
    )


def answer_of(row: Mapping[str, Any]) -> SyncAnswer:
    """Return the answer that a row holds."""
    form = row["payload_form"]
    return SyncAnswer(
        message_id=row["answer_id"],
        response_date=row["response_date"],
        status=Status(row["status_code"], row["status_message"]),
        payload=None if form is None else Payload(PayloadForm(form), row["payload"]),
        correlation_id=row["correlation_id"],
        session_id=row["session_id"],
    )
