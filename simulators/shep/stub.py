"""A service that the gateway answers by itself, in its owner's place: for who has no provider yet."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from gateway.shep.messages import PROCESSED, Payload, PayloadForm, Status, SyncAnswer, SyncQuestion
from gateway.shep.payload import check_payload

LONGEST: Final = 256 * 1024
"""Of a payload in a registry, in characters."""


class Stub(BaseModel):
    """What is answered; without `payload` and `echo`, a status alone."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,40}$")] = PROCESSED.code
    message: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f\ufffe\uffff]{0,250}$")] = PROCESSED.message
    payload: str | None = Field(default=None, max_length=LONGEST)
    form: PayloadForm = Field(default=PayloadForm.TYPED, description="how `payload` stands in `data`")
    echo: bool = Field(default=False, description="answers with the payload of the question")

    @model_validator(mode="after")
    def _can_be_written(self) -> Self:
        if self.payload is None:
            return self
        if self.echo:
            raise ValueError("a stub answers with its payload or with the question's, not with both")
        check_payload(self._payload(self.payload))
        return self

    def answer(self, question: SyncQuestion, *, at: datetime) -> SyncAnswer:
        """Return the answer to a question."""
        said = None if self.payload is None else self._payload(self.payload)
        return SyncAnswer(
            message_id=str(uuid.uuid4()),
            correlation_id=question.message_id,
            response_date=at,
            status=Status(self.code, self.message),
            payload=question.payload if self.echo else said,
            session_id=question.session_id,
        )

    def _payload(self, text: str) -> Payload:
        return Payload(self.form, text.encode("utf-8"))
