"""Where a flow comes to the desk and how it ends, read off the flow and never by number."""

import pytest

from gateway.catalogue import Channel, load_catalogue
from gateway.catalogue.flow import StepRef
from gateway.catalogue.kinds import application_documents, documents_for, documents_of
from gateway.catalogue.terms import Party, StepKind

CATALOGUE = load_catalogue()
FLOWS = [(service, flow) for service in CATALOGUE.services.values() for flow in service.flows]
WITH_A_CONDITION = [(one, flow) for one, flow in FLOWS if flow.examination_step() is not None]
LISTS = [("foreign-labour-permit", "employer-issue", 5, 7), ("foreign-labour-permit", "employer-reissue", 3, 4)]
LISTS.append(("birth-registration", "changes", 2, 3))


def moved(flow, by):
    """The same flow with other numbers."""

    def other(ref):
        return None if ref is None else StepRef(ref.kind, ref.number + by)

    steps = tuple(
        step.model_copy(
            update={"number": step.number + by, "on_fail": other(step.on_fail), "on_pass": other(step.on_pass)}
        )
        for step in flow.steps
    )
    return flow.model_copy(update={"steps": steps})


@pytest.mark.parametrize(("service", "flow"), WITH_A_CONDITION, ids=lambda one: one.id)
def test_the_desks_condition_leads_to_the_result_and_to_the_refusal(service, flow):
    first, result, refusal = flow.registration_step(), flow.result_step(), flow.refusal_step()
    assert first.kind is StepKind.PROCESS
    assert first.party is result.party is refusal.party is Party.DESK
    assert result.terminal
    assert refusal.terminal
    assert first.number < refusal.number < result.number
    assert (first.number, refusal.number, result.number) == ((6, 7, 8) if flow.channel is Channel.PORTAL else (7, 8, 9))


def test_another_numbering_gives_other_steps():
    flow = CATALOGUE.service("school-meals").flow(Channel.PORTAL)
    other = moved(flow, 2)
    for step in ("registration_step", "result_step", "refusal_step", "examination_step"):
        assert getattr(other, step)().number == getattr(flow, step)().number + 2


@pytest.mark.parametrize(("service_id", "kind", "first", "last"), LISTS)
def test_a_list_of_actions_comes_to_the_desk_and_ends_without_condition_or_refusal(service_id, kind, first, last):
    flow = CATALOGUE.service(service_id).flow(Channel.PORTAL, kind)
    assert str(flow.registration_step().ref) == f"action {first}"
    assert str(flow.result_step().ref) == f"action {last}"
    assert flow.examination_step() is None
    assert flow.refusal_step() is None


def test_a_flow_that_never_comes_to_the_desk_says_so():
    flow = CATALOGUE.service("birth-registration").flow(Channel.PORTAL)
    own = tuple(step for step in flow.steps if step.party is Party.CHANNELS)
    alone = flow.model_copy(update={"steps": own})
    with pytest.raises(KeyError, match="no step of the desk"):
        alone.registration_step()
    with pytest.raises(KeyError, match="how the service ends"):
        alone.result_step()


def test_what_a_condition_asks_for_afterwards_is_no_part_of_the_application():
    service = CATALOGUE.service("foreign-labour-permit")
    procedure = service.procedure(Channel.PORTAL, "employer-issue")
    (condition,) = [step for step in procedure.steps if step.kind == "condition"]
    assert [document.id for document in documents_for(service, condition)] == ["departure-guarantee"]
    assert all(document.required for document in documents_for(service, condition))
    asked = [document.id for document in documents_of(service, "employer-issue")]
    assert "departure-guarantee" not in asked
    assert asked == [document.id for document in application_documents(service)]
    assert documents_for(service, procedure.step(1)) == ()
