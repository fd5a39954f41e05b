"""What the desk's pages call things; every word here is a message of the translations."""

from __future__ import annotations

from datetime import datetime

from gateway.catalogue import Body, Channel, Role, Verb
from gateway.desk import Case, CaseState
from gateway.desk.case import Finding
from gateway.desk.papers import PaperKind
from gateway.desk.permissions import Move
from gateway.exchange.acceptance import PowerKind, SentBy
from gateway.journal import Outcome
from gateway.web.tags import Tag
from gateway.web.translation import gettext as _
from gateway.web.translation import mark

ROLES = {
    Role.CLERK: mark("Clerk of the office"),
    Role.HEAD: mark("Head of the provider"),
    Role.EXECUTOR: mark("Responsible executor"),
    Role.COMMISSION: mark("Commission"),
    Role.OPERATOR: mark("Operator of the State Corporation"),
    Role.WORKER: mark("Employee of the State Corporation"),
    Role.COURIER: mark("Courier of the State Corporation"),
    Role.APPLICANT: mark("Applicant"),
}
_ROLES_OF_BODIES = {
    (Role.HEAD, Body.RURAL_AKIM): mark("Akim of the rural district"),
    (Role.CLERK, Body.RURAL_AKIM): mark("Clerk of the rural akim's office"),
    (Role.EXECUTOR, Body.RURAL_AKIM): mark("Responsible executor of the rural akim"),
    (Role.HEAD, Body.DISTRICT_AKIM): mark("Akim of the district"),
    (Role.COMMISSION, Body.PRECINCT_COMMISSION): mark("Precinct commission"),
}
"""Who has another name at another body than the provider."""
CHANNELS = {
    Channel.PORTAL: mark("Through the portal"),
    Channel.PROVIDER_OFFICE: mark("On paper, at the provider's"),
    Channel.RURAL_AKIM: mark("On paper, at the rural akim's"),
    Channel.CORPORATION: mark("Through the State Corporation"),
}
MEDIA = {
    SentBy.ELECTRONIC: mark("Electronically, through ЭҮШ"),
    SentBy.COURIER: mark("On paper, by courier"),
}
POWERS = {
    PowerKind.NOTARISED: mark("Notarised"),
    PowerKind.SIMPLE: mark("Not notarised"),
}
CONCLUSIONS = {
    Finding.FAVOURABLE: mark("The assignment is needed"),
    Finding.ADVERSE: mark("The assignment is not needed"),
}
RECOMMENDATIONS = {
    Finding.FAVOURABLE: mark("A favourable decision is recommended"),
    Finding.ADVERSE: mark("A refusal is recommended"),
}
DECISIONS = {
    Finding.FAVOURABLE: mark("Favourable decision"),
    Finding.ADVERSE: mark("Adverse decision"),
}
PAPERS = {
    PaperKind.INSPECTION_ACT: mark("Act of the inspection"),
    PaperKind.COMMISSION_ACT: mark("Act of examination of the material situation"),
    PaperKind.COMMISSION_CONCLUSION: mark("Conclusion of the commission"),
    PaperKind.MINUTES: mark("Minutes of the commission"),
    PaperKind.RESOLUTION: mark("Resolution of the head"),
    PaperKind.LETTER: mark("Letter to the applicant"),
    PaperKind.REGISTER_ENTRY: mark("Entry in the state register"),
    PaperKind.FILE_SENT: mark("Sending of the file to the body that pays"),
}
VERBS = {
    Verb.REGISTER: mark("Entry in the journal"),
    Verb.RESOLVE: mark("Resolution"),
    Verb.CHECK_DOCUMENTS: mark("Check of the documents"),
    Verb.INSPECT: mark("Inspection on the spot"),
    Verb.DRAFT: mark("Draft of the result"),
    Verb.SIGN: mark("Signature"),
    Verb.HAND_OVER: mark("Hand-over of the result"),
    Verb.FORWARD: mark("Sending to another body"),
    Verb.CONCLUDE: mark("Conclusion of the commission"),
    Verb.CONVENE: mark("Setting of the session"),
    Verb.SUMMON: mark("Summons to the session"),
    Verb.RECOMMEND: mark("Recommendation of the commission"),
    Verb.DECIDE: mark("Decision of the head"),
    Verb.INFORM: mark("Letter to the applicant"),
    Verb.SUBMIT: mark("Papers of the applicant"),
    Verb.RECORD: mark("Entry in the state register"),
    Verb.SEND_FILE: mark("Sending of the file to the body that pays"),
    Verb.ACCEPT: mark("Acceptance of the documents"),
    Verb.DISPATCH: mark("Sending of the documents to the provider"),
    Verb.COLLECT: mark("Fetching of the result"),
}
MOVES = {
    Move.CLAIM: mark("Taken into work"),
    Move.RELEASE: mark("Given back"),
    Move.ASSIGN: mark("Given to another executor"),
    Move.RETURN: mark("Returned"),
    Move.EXTEND: mark("Term of the step extended"),
    Move.REDIRECT: mark("Sent to another office"),
}
_BY_NAME: dict[str, str] = {
    **{one.value: name for one, name in VERBS.items()},
    **{m.value: n for m, n in MOVES.items()},
}
OUTCOMES = {
    Outcome.DONE: (mark("Done"), "green"),
    Outcome.PASSED: (mark("Passed"), "green"),
    Outcome.FAILED: (mark("Failed"), "red"),
    Outcome.UNDETERMINED: (mark("Undetermined"), "yellow"),
}
REGISTERS = {
    "gbdfl": mark("State Database of Individuals (ГБД ФЛ)"),
    "gbdul": mark("State Database of Legal Entities (ГБД ЮЛ)"),
}
FACTS = {
    "full_name": mark("Full name"),
    "birth_date": mark("Date of birth"),
    "life_status": mark("Vital status"),
    "death_date": mark("Date of death"),
    "citizenship": mark("Citizenship"),
    "document_kind": mark("Identity document"),
    "document_number": mark("Number of the document"),
    "document_issued_on": mark("Issued on"),
    "document_issuer": mark("Issued by"),
    "document_valid_until": mark("Valid until"),
    "document_status": mark("Status of the document"),
    "address": mark("Registered address"),
    "organisation_name": mark("Name of the organisation"),
    "organisation_status": mark("Status of the organisation"),
    "registered_on": mark("Date of registration"),
    "liquidated_on": mark("Date of liquidation"),
}


def role_words(role: Role, body: Body = Body.PROVIDER) -> str:
    """Return what somebody of this role is called at a body."""
    return _(_ROLES_OF_BODIES.get((role, body), ROLES[role]))


def verb_words(verb: str) -> str:
    """Return what an action or a move is called, by its name in the journal."""
    return _(_BY_NAME[verb]) if verb in _BY_NAME else verb


def status_of(case: Case, now: datetime) -> Tag:
    """Return how the case stands, lateness first."""
    if case.state is CaseState.CLOSED:
        return Tag(_("Finished late"), "orange") if case.late else Tag(_("Finished"), "green")
    if case.is_overdue(now):
        return Tag(_("Overdue"), "red")
    return Tag(_("Was late"), "orange") if case.late else Tag(_("In time"), "blue")
