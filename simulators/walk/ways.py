"""The ways in which a walk can go: each condition failing in each of its ways, and the provider deciding otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.catalogue import Body, Channel, Check, Outcome, Service, Verb


@dataclass(frozen=True, slots=True)
class Way:
    """A way that is not the good path.

    `check` names the condition at which it plays, and a service has it when its flow has such a condition; `fails`
    says whether the condition fails in the end. `outcome` is what the application ends in at the provider, and None
    when it never comes there.
    """

    name: str
    what: str
    check: Check | None = None
    fails: bool = False
    outcome: Outcome | None = Outcome.ISSUED

    def fits(self, service: Service, kind: str | None) -> bool:
        """Tell whether a service can go this way on the portal."""
        if self.check is not None:
            return service.flow(Channel.PORTAL, kind).condition(self.check) is not None
        if not any(one.outcome is self.outcome for one in service.results_on(Channel.PORTAL, kind)):
            return False
        return self.name != "documents" or _checked_beside_the_flow(service, kind)

    def failing(self, service: Service, kind: str | None) -> int | None:
        """Return the number of the condition that fails, if one does."""
        condition = service.flow(Channel.PORTAL, kind).condition(self.check) if self.fails and self.check else None
        return None if condition is None else condition.number

    @property
    def state(self) -> str:
        """The state in which the cabinet shows the application in the end."""
        if self.outcome is None:
            return "refused-authorisation" if self.check is Check.CREDENTIALS else "not-confirmed"
        return "refused" if self.outcome is Outcome.REFUSED else "issued"


def _checked_beside_the_flow(service: Service, kind: str | None) -> bool:
    """Tell whether the executor checks the documents though no condition of the flow is decided by them."""
    if service.flow(Channel.PORTAL, kind).condition(Check.DOCUMENTS) is not None:
        return False
    return any(
        action.verb is Verb.CHECK_DOCUMENTS
        for step in service.procedure(Channel.PORTAL, kind).path(Channel.PORTAL)
        if step.body_on(Channel.PORTAL) is Body.PROVIDER
        for action in step.acts(Channel.PORTAL, kind)
    )


def _at_credentials(name: str, what: str) -> Way:
    return Way(f"condition-1:{name}", what, Check.CREDENTIALS, fails=True, outcome=None)


def _at_certificate(name: str, what: str, *, fails: bool = True) -> Way:
    outcome = None if fails else Outcome.ISSUED
    return Way(f"condition-2:{name}", what, Check.CERTIFICATE, fails=fails, outcome=outcome)


def _at_the_provider(name: str, what: str, check: Check, *, fails: bool = True) -> Way:
    outcome = Outcome.REFUSED if fails else Outcome.ISSUED
    return Way(f"condition-3:{name}", what, check, fails=fails, outcome=outcome)


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
        Way("documents", "condition 3 passes, but the documents have faults", outcome=Outcome.REFUSED),
        Way("refusal", "every condition passes, but there is a ground of refusal", outcome=Outcome.REFUSED),
        Way("negative", "the result says no", outcome=Outcome.NEGATIVE),
    )
}
