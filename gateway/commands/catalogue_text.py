"""A service of the catalogue as text for a terminal: every fact with its lines."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from gateway.catalogue import Action, Catalogue, Duration, Flow, Procedure, ProcedureStep, ResultKind, Service, Unit
from gateway.catalogue.procedure import Term
from gateway.catalogue.terms import CountedFrom
from gateway.texts import Language

_WIDTH = 116
_UNITS = {
    Unit.MINUTES: "minutes",
    Unit.HOURS: "hours",
    Unit.WORKING_DAYS: "working days",
    Unit.CALENDAR_DAYS: "calendar days",
    Unit.MONTHS: "months",
}
_COUNTED = {
    CountedFrom.STEP: "",
    CountedFrom.SUBMISSION: " from submission",
    CountedFrom.BEFORE_SESSION: " before the session",
}


def headline(catalogue: Catalogue, service: Service, language: Language) -> str:
    """Return what a list says of a service."""
    act = catalogue.act_of(service)
    channels = ", ".join(entry.channel.value for entry in service.channels)
    lines = [
        f"{service.id}  {service.titles.to(language)}",
        f"    {act.id}, lines {service.lines}; channels: {channels}",
    ]
    if act.repealed is not None:
        lines.append(f"    {act.repealed.text.to(language)}")
    return "\n".join(lines) + "\n"


def description(service: Service, language: Language) -> str:
    """Return all that the file says of a service, below its headline."""
    parts = [_facts(service, language)]
    parts += [_flow(flow, language) for flow in service.flows]
    parts += [_procedure(procedure, language) for procedure in service.procedures]
    parts.append(_readings(service))
    return "".join("\n" + "".join(f"{line}\n" for line in part) for part in parts)


def _facts(service: Service, language: Language) -> Iterator[str]:
    where = "one body" if service.provider.scope == "one" else "one in each city and district"
    yield from _item(f"provider ({where}): {service.provider.text.to(language)} [{service.provider.lines}]")
    for entry in service.channels:
        yield from _item(f"channel {entry.channel} [{entry.lines}]")
        if entry.only is not None:
            yield from _item(f"only {entry.only.rule}: {entry.only.text.to(language)} [{entry.only.lines}]", depth=2)
    for total in service.totals:
        yield from _item(f"total on {total.channel}{_kinds(total.kinds)}: {_term(total.duration)} [{total.lines}]")
    for route in service.routes:
        yield from _item(f"route of {route.channel}: {' → '.join(route.path)} [{route.lines}]")
    for kind in service.kind_ids:
        yield from _item(f"kind {kind}")
    for power in service.powers_of_attorney:
        yield from _item(f"power of attorney on {', '.join(power.channels)}: {power.rule} [{power.lines}]")
    for queue in service.queues:
        ways = {"electronic": queue.electronic, "bookable on the portal": queue.bookable}
        how = ", ".join(way for way, holds in ways.items() if holds) or "as people come"
        yield from _item(f"queue on {queue.channel}: {how} [{queue.lines}]")
    for receipt in service.receipts:
        states = ", ".join(receipt.states) or "nothing prescribed"
        yield from _item(f"{receipt.kind} on {', '.join(receipt.channels)} states: {states} [{receipt.lines}]")
    for result in service.results:
        yield from _item(_result(result, language))


def _result(result: ResultKind, language: Language) -> str:
    where = f" on {', '.join(result.channels)}" if result.channels else ""
    signers = ", ".join(f"{signer.role} of {signer.body}" for signer in result.signers)
    assumed = ", assumed" if result.assumed else ""
    facts = f"{result.outcome}, {result.medium}, signed by {signers}{assumed}"
    return f"result{where}{_kinds(result.kinds)}: {result.title.to(language)} ({facts}) [{result.lines}]"


def _flow(flow: Flow, language: Language) -> Iterator[str]:
    yield from _item(f"flow {flow.id}{_kinds(flow.kinds)} (lines {flow.lines})")
    for step in flow.steps:
        yield from _item(f"{step.kind} {step.number}  {step.text.to(language)} [{step.lines}]", depth=2)


def _procedure(procedure: Procedure, language: Language) -> Iterator[str]:
    channels = ", ".join(procedure.channels)
    place = f"paragraph {procedure.paragraph}, lines {procedure.lines}"
    yield from _item(f"procedure {procedure.id}{_kinds(procedure.kinds)} on {channels} ({place})")
    for order in procedure.orders:
        yield f"      order on {order.channel}: {', '.join(map(str, order.steps))} [{order.lines}]"
    for step in procedure.steps:
        yield from _item(f"{_who(step)}: {step.text.to(language)} ({_term(step.duration)}) [{step.lines}]", depth=2)
        for term in step.terms:
            yield from _item(_other_term(term, language), depth=4)
        yield from _item(", ".join(_action(action) for action in step.actions), depth=4)


def _action(action: Action) -> str:
    where = f" on {', '.join(action.channels)}" if action.channels else ""
    return f"{action.verb}{where}{_kinds(action.kinds)}"


def _who(step: ProcedureStep) -> str:
    number = f"{step.number}." if step.kind == "step" else f"condition {step.number}"
    only = f" (only on {', '.join(step.channels)})" if step.channels else ""
    elsewhere = "".join(f" (on {one.channel}: {one.body})" for one in step.elsewhere)
    return f"{number} {step.role} of {step.body}{elsewhere}{only}"


def _other_term(term: Term, language: Language) -> str:
    where = [f"on {term.channel}"] if term.channel else []
    where += [f"for {term.kind}"] if term.kind else []
    where += [f"of {term.output}"] if term.output else []
    where += [f"when {term.when}"] if term.when else []
    words = f" ({term.text.to(language)})" if term.text is not None else ""
    more = "and " if term.extends else ""
    return f"{more}{_term(term.duration)} {', '.join(where)}{words} [{term.lines}]"


def _readings(service: Service) -> Iterator[str]:
    for reading in service.readings:
        cited = "; ".join(str(one) for one in reading.lines)
        yield from _item(f"read so [{cited}]: {reading.question} — {reading.answer}")


def _term(duration: Duration) -> str:
    unit = _UNITS[duration.unit] if duration.value > 1 else _UNITS[duration.unit].replace("days", "day").rstrip("s")
    most = "at most " if duration.at_most else ""
    assumed = ", assumed" if duration.assumed else ""
    return f"{most}{duration.value} {unit}{_COUNTED[duration.counted_from]}{assumed}"


def _kinds(kinds: Iterable[str]) -> str:
    named = ", ".join(kinds)
    return f" for {named}" if named else ""


def _item(text: str, *, depth: int = 1) -> list[str]:
    indent = "    " + "  " * (depth - 1)
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "    ",
        break_on_hyphens=False,
        break_long_words=False,
    )
