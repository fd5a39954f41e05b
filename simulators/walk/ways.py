"""The ways in which a walk can go: each condition failing in each of its ways, and the bodies deciding otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gateway.catalogue import Action, Body, Channel, Check, Outcome, ProcedureStep, Service, Verb
from simulators.walk import window_law
from simulators.walk.law import flow_of

_OPINIONS = frozenset({Verb.CONCLUDE, Verb.DECIDE})
"""Where a commission or the head says yes or no before the result is drafted."""

_STATES = {Outcome.REFUSED: "refused", Outcome.CANCELLED: "cancelled"}


@dataclass(frozen=True, slots=True)
class Way:
    """A way that is not the good path.

    `check` names the condition of the flow at which it plays, and a service has it when its flow has such a condition,
    or as `asked` says; `fails` says whether the condition fails in the end. `outcome` is what the application ends in
    at the provider, and None when it never comes there: `ends` is its state then. `only` is the one channel of the way.
    """

    name: str
    what: str
    check: Check | None = None
    fails: bool = False
    outcome: Outcome | None = Outcome.ISSUED
    ends: str | None = None
    only: Channel | None = None
    asked: Callable[[Service, str | None], bool] | None = None

    def fits(self, service: Service, channel: Channel, kind: str | None) -> bool:
        """Tell whether a service can go this way on a channel."""
        if self.only not in (None, channel):
            return False
        if self.asked is not None:
            return self.asked(service, kind)
        if self.check is not None:
            flow = flow_of(service, channel, kind)
            return flow is not None and flow.condition(self.check) is not None
        if not any(one.outcome is self.outcome for one in service.results_on(channel, kind)):
            return False
        verbs = {act.verb for _, act in _acts(service, channel, kind)}
        asked = {
            "documents": _checked_beside_the_flow(service, channel, kind),
            "refusal": Verb.DECIDE not in verbs,
            "adverse": bool(verbs & _OPINIONS),
            "extended": extension_of(service, channel, kind) is not None,
            "lapsed": Verb.SUBMIT in verbs,
        }
        return asked.get(self.name, True)

    def failing(self, service: Service, channel: Channel, kind: str | None) -> int | None:
        """Return the number of the flow's condition that fails, if one does."""
        flow = flow_of(service, channel, kind)
        if flow is None or not self.fails or self.check is None:
            return None
        condition = flow.condition(self.check)
        return None if condition is None else condition.number

    @property
    def state(self) -> str:
        """The state in which the cabinet shows the application in the end."""
        if self.ends is not None:
            return self.ends
        if self.outcome is None:
            return "refused-authorisation" if self.check is Check.CREDENTIALS else "not-confirmed"
        return _STATES.get(self.outcome, "issued")


def extension_of(service: Service, channel: Channel, kind: str | None) -> str | None:
    """Return the first event that changes or extends a step's term on a channel, if the act knows one."""
    for step, _ in _acts(service, channel, kind):
        for term in step.terms:
            if term.when is not None and term.channel in (None, channel) and term.kind in (None, kind):
                return term.when
    return None


def _acts(service: Service, channel: Channel, kind: str | None) -> Iterator[tuple[ProcedureStep, Action]]:
    for step in service.procedure(channel, kind).path(channel):
        for act in step.acts(channel, kind):
            yield step, act


def _checked_beside_the_flow(service: Service, channel: Channel, kind: str | None) -> bool:
    """Tell whether the provider's executor checks the documents though no condition of the flow is decided by them."""
    flow = flow_of(service, channel, kind)
    if flow is not None and flow.condition(Check.DOCUMENTS) is not None:
        return False
    return any(
        act.verb is Verb.CHECK_DOCUMENTS and (act.body or step.body_on(channel)) in (Body.PROVIDER, Body.RURAL_AKIM)
        for step, act in _acts(service, channel, kind)
    )


def _at_credentials(name: str, what: str) -> Way:
    return Way(f"condition-1:{name}", what, Check.CREDENTIALS, fails=True, outcome=None, only=Channel.PORTAL)


def _at_certificate(name: str, what: str, *, fails: bool = True) -> Way:
    outcome = None if fails else Outcome.ISSUED
    return Way(f"condition-2:{name}", what, Check.CERTIFICATE, fails=fails, outcome=outcome, only=Channel.PORTAL)


def _at_the_provider(name: str, what: str, check: Check, *, fails: bool = True) -> Way:
    outcome = Outcome.REFUSED if fails else Outcome.ISSUED
    return Way(f"condition-3:{name}", what, check, fails=fails, outcome=outcome, only=Channel.PORTAL)


def _at_the_window(
    name: str, what: str, asked: Callable[[Service, str | None], bool], *, fails: bool = True, ends: str | None = None
) -> Way:
    """Return a way of the State Corporation on which the state databases are asked; it plays at condition 1."""
    outcome = None if fails else Outcome.ISSUED
    at = Channel.CORPORATION
    return Way(f"window:{name}", what, Check.STATE_DATA, fails=fails, outcome=outcome, ends=ends, only=at, asked=asked)


def _before_acceptance(name: str, what: str, asked: Callable[[Service, str | None], bool]) -> Way:
    """Return a way on which the State Corporation does not take the application in."""
    return Way(f"window:{name}", what, outcome=None, ends="not-accepted", only=Channel.CORPORATION, asked=asked)


def _with_the_key(name: str, what: str) -> Way:
    """Return a way on which the operator's key is refused; no act numbers a condition at the window for it."""
    at, check = Channel.CORPORATION, Check.CERTIFICATE
    return Way(f"window:key-{name}", what, check, only=at, asked=lambda _service, _kind: True)


def _by_courier(name: str, what: str) -> Way:
    """Return a way on which the papers go by courier, and something goes wrong with it."""
    return Way(f"window:{name}", what, only=Channel.CORPORATION, asked=window_law.goes_by_courier)


WAYS = {
    way.name: way
    for way in (
        _at_credentials("password", "a wrong password"),
        _at_credentials("unknown", "an IIN that is not registered"),
        _at_certificate("expired", "the certificate's validity period has passed"),
        _at_certificate("revoked", "the certificate is in the list of revoked ones"),
        _at_certificate("on-hold", "the certificate is suspended"),
        _at_certificate("mismatch", "the certificate is another person's"),
        _at_certificate("revoked-before-signing", "the certificate is revoked between choice and signature"),
        _at_certificate("ocsp-down", "its status cannot be established before signing: the draft waits", fails=False),
        _at_certificate("ocsp-down-after-signing", "the same after signing: the application is held", fails=False),
        _at_certificate("ocsp-down-until-limit", "the same until the stated limit: refused"),
        _at_the_provider("absent", "the state database has no such person", Check.STATE_DATA),
        _at_the_provider("registry-down", "the state database does not answer", Check.STATE_DATA, fails=False),
        _at_the_provider("unsigned", "its answers are not certified at first", Check.STATE_DATA, fails=False),
        _at_the_provider("documents", "the documents have faults", Check.DOCUMENTS),
        _at_the_window("absent", "ГБД ФЛ has no such person", window_law.asks_registries, ends="no-data"),
        _at_the_window("dead", "ГБД ФЛ says that the applicant has died", window_law.asks_registries, ends="no-data"),
        _at_the_window(
            "registry-down", "ГБД ФЛ does not answer; it is asked again", window_law.asks_registries, fails=False
        ),
        _at_the_window(
            "representative", "a representative by a power of attorney", window_law.may_be_represented, fails=False
        ),
        _at_the_window("power-absent", "БНАЖ has no such power of attorney", window_law.asks_notaries, ends="no-data"),
        _at_the_window("power-revoked", "the power of attorney is revoked", window_law.asks_notaries, ends="no-data"),
        _at_the_window("power-expired", "its time has run out", window_law.asks_notaries, ends="no-data"),
        _at_the_window("power-of-another", "it is of other people", window_law.asks_notaries, ends="no-data"),
        _before_acceptance("consent-refused", "the applicant gives no consent to the query", window_law.asks_consent),
        _before_acceptance("incomplete", "a document that the act asks for is missing", window_law.asks_documents),
        Way(
            "window:documents",
            "the provider finds faults in the documents",
            Check.DOCUMENTS,
            fails=True,
            outcome=Outcome.REFUSED,
            only=Channel.CORPORATION,
        ),
        _with_the_key("expired", "the validity period of the operator's certificate has passed; a new one is used"),
        _with_the_key("revoked", "the operator's certificate is in the list of revoked ones; a new one is used"),
        _with_the_key("revoked-before-signing", "it is revoked between choice and signature; a new one is used"),
        _by_courier(
            "courier-mismatch", "the package is not among what the courier brought; it comes with the next register"
        ),
        _by_courier("courier-unlisted", "the courier brings the package with a register that lists another"),
        _by_courier(
            "result-missing", "the result is not among what the courier brought back; it comes with the next register"
        ),
        Way("documents", "every condition of the flow passes, but the documents have faults", outcome=Outcome.REFUSED),
        Way("refusal", "every condition passes, but there is a ground of refusal", outcome=Outcome.REFUSED),
        Way("adverse", "the commission concludes or the head decides against the applicant", outcome=Outcome.REFUSED),
        Way("negative", "the result says no", outcome=Outcome.NEGATIVE),
        Way("queued", "the applicant is entered in the record and the queue", outcome=Outcome.QUEUED),
        Way(
            "lapsed", "the applicant does not bring what the procedure's condition asks for", outcome=Outcome.CANCELLED
        ),
        Way("extended", "an event that the act names lengthens a step's term"),
    )
}
