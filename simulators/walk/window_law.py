"""What the acts ask of an intake at a window of the State Corporation: read off the catalogue alone.

Nothing here asks the gateway's own reading of the flows, so that the one can be laid beside the other.
"""

from __future__ import annotations

from gateway.catalogue import Channel, Flow, FlowStep, Party, Service, StepKind
from gateway.catalogue.acceptance import ReceiptKind, Representation
from gateway.catalogue.form import FieldType
from gateway.catalogue.kinds import documents_of, fields_of
from simulators.walk.law import flows_of

AT = Channel.CORPORATION
_BY_COURIER_TOO = "almaty-2015-4-594"
"""The act whose process 6 sends the package through the gateways or by courier (lines 226-230)."""


def no_data_step(service: Service, kind: str | None) -> FlowStep | None:
    """Return process 4: the one step at which a flow with processes of both parties ends at the window."""
    for flow in flows_of(service, AT, kind):
        if any(step.party is Party.DESK for step in flow.steps):
            own = (step for step in flow.steps if step.party is Party.CHANNELS and step.hand_over is None)
            return next((step for step in own if step.terminal), None)
    return None


def asks_registries(service: Service, kind: str | None) -> bool:
    """Tell whether the act has the state databases asked at the window."""
    return no_data_step(service, kind) is not None


def representation_of(service: Service) -> Representation:
    """Return the act's rule on powers of attorney at the window."""
    rules = (one.rule for one in service.powers_of_attorney if AT in one.channels)
    return next(rules, Representation.NONE)


def may_be_represented(service: Service, _kind: str | None) -> bool:
    """Tell whether somebody may apply for the applicant."""
    return representation_of(service) is not Representation.NONE


def asks_notaries(service: Service, kind: str | None) -> bool:
    """Tell whether the data of a power of attorney are asked of БНАЖ."""
    entered = (Representation.NOTARISED, Representation.NOTARISED_DATA)
    return asks_registries(service, kind) and representation_of(service) in entered


def asks_consent(service: Service, kind: str | None) -> bool:
    """Tell whether the applicant's consent is taken before anything is asked."""
    return service.consent is not None or any(field.type is FieldType.CONSENT for field in fields_of(service, kind))


def asks_documents(service: Service, kind: str | None) -> bool:
    """Tell whether a document can be missing."""
    return any(document.required for document in documents_of(service, kind))


def goes_by_courier(service: Service, _kind: str | None) -> bool:
    """Tell whether a package goes to the provider by courier: where no gateway is named, or where the act says so."""
    return not goes_electronically(service) or service.act == _BY_COURIER_TOO


def goes_electronically(service: Service) -> bool:
    """Tell whether the act names the gateways of an application from a window."""
    return any(route.channel is AT for route in service.routes)


def expected_at_window(service: Service, kind: str | None, way: str | None, *, failing: int | None) -> list[str]:
    """Return the steps of the flows that are walked, as `kind number outcome`; without a numbered flow none.

    `failing` is the number of the condition that fails. Where the act has lost condition 1 (guardian-allowance, lines
    1650-1661) process 4 follows process 3 itself.
    """
    told: list[str] = []
    for flow in flows_of(service, AT, kind):
        told += _walked(flow, way, no_data_step(service, kind), failing=failing)
        if way in _STOPS:
            break
    return told


_STOPS = ("window:consent-refused", "window:incomplete")
"""The ways that end before the application is taken in, whatever the flow."""


def _walked(flow: Flow, way: str | None, no_data: FlowStep | None, *, failing: int | None) -> list[str]:
    refusals = {step.on_fail for step in flow.steps if step.on_fail is not None}
    ends_without_data = way is not None and way.startswith(("window:absent", "window:dead", "window:power-"))
    last = _last_before_stop(flow, way, no_data)
    walked: list[str] = []
    for step in flow.steps:
        if step is no_data:
            if ends_without_data:
                return [*walked, f"{step.ref} done"]
            continue
        if step.ref in refusals:
            continue
        if step.kind is not StepKind.CONDITION:
            walked.append(f"{step.ref} done")
        elif step.number != failing:
            walked.append(f"{step.ref} passed")
        else:
            return [*walked, f"{step.ref} failed", f"{step.on_fail} done"]
        if step is last:
            return walked
    return walked


def _last_before_stop(flow: Flow, way: str | None, no_data: FlowStep | None) -> FlowStep | None:
    """Return the last step of an intake that stops: before the query without consent, before the signature otherwise.

    A list whose end is the receipt ends with it when the documents are refused; the step before it checks them, and
    without consent it does not come to that.
    """
    if way not in _STOPS:
        return None
    without_consent = way == "window:consent-refused"
    if no_data is None:
        return flow.steps[-3] if without_consent else flow.steps[-1]
    place = flow.steps.index(no_data)
    if not without_consent:
        return flow.steps[place - 1]
    processes = [step for step in flow.steps[:place] if step.kind is StepKind.PROCESS]
    return processes[-2]


def receipts_at_window(service: Service, way: str | None) -> list[str]:
    """Return the receipts of the act that an intake gives: of acceptance, of refusal, or none."""
    if way == "window:incomplete":
        return [one.kind.value for one in service.receipts if _is(one.kind, refusal=True) and AT in one.channels]
    if way is not None and way.startswith(("window:absent", "window:dead", "window:power-", "window:consent")):
        return []
    return [one.kind.value for one in service.receipts if _is(one.kind, refusal=False) and AT in one.channels]


def _is(kind: ReceiptKind, *, refusal: bool) -> bool:
    return (kind is ReceiptKind.REFUSAL_RECEIPT) is refusal
