"""What the bodies decide in a walk: what the application ends in, and why."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.catalogue import Channel, Outcome, ResultKind
from simulators.walk.answers import catalogue, kinds_of


@dataclass(frozen=True, slots=True)
class Decision:
    """The document in the end, the ground of a refusal, and what led to it.

    `conform` says whether the documents do; `favourable` how the commission concludes or recommends and the head
    decides, where the procedure has either; `submitted` whether the applicant brings what the procedure's own condition
    asks for; `extended` the event by which the executor lengthens a step's term.
    """

    result: ResultKind
    ground: str | None = None
    conform: bool = True
    favourable: bool = True
    submitted: bool = True
    extended: str | None = None

    @classmethod
    def issue(cls, service: str, kind: str | None = None, channel: Channel = Channel.PORTAL) -> Decision:
        """Decide as most cases are decided: the documents conform and the first result is issued."""
        law = catalogue().service(service)
        return cls(law.result(Outcome.ISSUED, channel, kind or kinds_of(law, channel)[0]))
