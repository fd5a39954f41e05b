"""Signatures of the applicant and of the head with real keys, judged by the room of ЭЦҚ itself."""

from __future__ import annotations

import pytest

from gateway.desk import DeskCode, DeskError, NotYet
from gateway.desk.issue import Issue
from gateway.desk.signatures import CheckedSignatures
from gateway.desk.submission import SubmissionCheck
from gateway.eds.keeping import EvidenceKeeper
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.roles import Role
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.verdict import Verdict
from gateway.eds.xmldsig import sign_enveloped
from gateway.exchange.application import build_application
from gateway.exchange.notification import read_notice
from gateway.identity.numbers import Bin
from tests.integration.desk.windows import OPERATOR, taken_in
from tests.integration.desk.workplace import APPLICANT, CATALOGUE, KARAGANDA, application
from tests.unit.eds import pki

BIN = CATALOGUE.office("karaganda-employment").bin
OTHER_BIN = CATALOGUE.office("almaty-education").bin


@pytest.fixture(scope="module")
def root():
    return pki.root()


@pytest.fixture(scope="module")
def nca(root):
    return pki.issuing(root)


class CountedKeeper(EvidenceKeeper):
    """Counts how often evidence is gathered, which costs a question to the authority of time stamps."""

    kept = 0

    async def keep(self, signed_xml: bytes, verdict: Verdict) -> bytes:
        self.kept += 1
        return await super().keep(signed_xml, verdict)


def use(workplace, checker: CertificateChecker, keeper: EvidenceKeeper | None = None) -> None:
    """Let the desk judge signatures for itself."""
    signatures = CheckedSignatures(checker, keeper)
    workplace.desk.intake._check = SubmissionCheck(CATALOGUE, signatures, workplace.files, workplace.clock)
    issue = workplace.desk.issue
    assert isinstance(issue, Issue)
    issue._signatures = signatures


@pytest.fixture
def trusting(workplace, root, nca):
    use(workplace, CertificateChecker(Anchors.of([root.certificate], [nca.certificate]), None, workplace.clock))
    return workplace


async def submitted(workplace, key, number: str) -> str | None:
    """Submit an application signed by `key` and return the code of its refusal, if it was refused."""
    app = application(KARAGANDA, number, at=workplace.clock.now())
    await workplace.submit(KARAGANDA, app=app, signed=sign_enveloped(build_application(app), key))
    (_, message) = list(workplace.sent.sent.values())[-1]
    return read_notice(message.payload.xml).facts.get("code")


async def test_applications_are_taken_from_the_applicant_only(trusting, nca) -> None:
    assert await submitted(trusting, nca.person("a", iin=APPLICANT), "70000000000001") is None
    assert await submitted(trusting, nca.person("b"), "70000000000002") == "submission-signer-not-applicant"
    authentication = nca.person("c", iin=APPLICANT, usage=pki.AUTH)
    assert await submitted(trusting, authentication, "70000000000003") == "submission-signature-invalid"


async def test_a_changed_application_is_refused(trusting, nca) -> None:
    app = application(KARAGANDA, "70000000000001", at=trusting.clock.now())
    signed = sign_enveloped(build_application(app), nca.person("a", iin=APPLICANT))
    changed = signed.replace("Ерубаев".encode(), "Бұқаржырау".encode())
    await trusting.submit(KARAGANDA, app=app, signed=changed)
    (_, message) = list(trusting.sent.sent.values())[-1]
    assert read_notice(message.payload.xml).facts["code"] == "submission-signature-invalid"


async def test_when_revocation_is_out_of_reach_an_application_waits(workplace, root, nca) -> None:
    anchors = Anchors.of([root.certificate], [nca.certificate])
    use(workplace, CertificateChecker(anchors, RevocationChecker(MemoryFetcher({}), workplace.clock), workplace.clock))
    with pytest.raises(NotYet):
        await submitted(workplace, nca.person("a", iin=APPLICANT), "70000000000001")
    assert await workplace.store.database.fetchval("SELECT count(*) FROM casefile") == 0


@pytest.mark.parametrize(
    ("label", "options", "code"),
    [
        ("operator", {}, None),
        ("operator with the right to sign", {"roles": (Role.SIGNING_RIGHT, Role.LEGAL_ENTITY)}, None),
        ("another operator", {"iin": "850101100013"}, "submission-signer-not-operator"),
        ("of another office", {"bin": OTHER_BIN}, "submission-signer-not-operator"),
        ("as a person", {"bin": None, "roles": (Role.INDIVIDUAL,)}, "submission-signer-not-operator"),
        ("authentication", {"usage": pki.AUTH}, "submission-signature-invalid"),
    ],
)
async def test_an_operators_application_is_taken_by_the_operators_own_key_of_an_employee(
    trusting, nca, label: str, options, code: str | None
) -> None:
    app = taken_in(trusting, KARAGANDA)
    assert app.acceptance is not None
    department = CATALOGUE.office(app.acceptance.department)
    fitting = {
        "iin": OPERATOR,
        "bin": department.bin,
        "roles": (Role.EMPLOYEE, Role.LEGAL_ENTITY),
        "usage": pki.SIGN,
    }
    key = nca.person(label, **(fitting | options))
    await trusting.submit(KARAGANDA, app=app, signed=sign_enveloped(build_application(app), key))
    assert trusting.notices(app.number)[-1].facts.get("code") == code


async def to_sign(workplace, nca):
    number = "70000000000009"
    assert await submitted(workplace, nca.person("a", iin=APPLICANT), number) is None
    await workplace.ask(number)
    case = await workplace.to(number, "sign")
    return case, await workplace.desk.cases.draft(workplace.staff["head"], number)


@pytest.mark.parametrize(
    ("label", "options", "code"),
    [
        ("another-person", {"iin": "850101100013"}, "signer-not-iin"),
        ("another-office", {"bin": OTHER_BIN}, "signer-not-bin"),
        ("employee-only", {"roles": (Role.EMPLOYEE,)}, "role-not-fit"),
        ("authentication-key", {"usage": pki.AUTH}, "key-not-for-signing"),
    ],
)
async def test_a_head_signs_with_the_heads_own_key_only(trusting, nca, label: str, options, code: str) -> None:
    case, draft = await to_sign(trusting, nca)
    head = trusting.staff["head"]
    fitting = {"iin": head.iin, "bin": BIN, "roles": (Role.HEAD, Role.LEGAL_ENTITY), "usage": pki.SIGN}
    signatures = trusting.desk.issue._signatures
    signed = sign_enveloped(draft, nca.person(label, **(fitting | options)))
    judged = await signatures.of_official(signed, iin=head.iin, bin_=Bin(BIN))
    assert judged.code == code
    assert judged.covered is None
    with pytest.raises(DeskError) as caught:
        await trusting.desk.issue.sign(head, case.number, version=case.version, signed=signed)
    assert caught.value.code is DeskCode.SIGNATURE_INVALID


@pytest.mark.parametrize("role", [Role.HEAD, Role.SIGNING_RIGHT])
async def test_a_head_or_a_signing_right_signs(trusting, nca, role: Role) -> None:
    case, draft = await to_sign(trusting, nca)
    head = trusting.staff["head"]
    key = nca.person(f"head {role}", iin=head.iin, bin=BIN, roles=(role, Role.LEGAL_ENTITY))
    other = sign_enveloped(draft.replace(b"2025", b"2015"), key)
    with pytest.raises(DeskError) as caught:
        await trusting.desk.issue.sign(head, case.number, version=case.version, signed=other)
    assert caught.value.code is DeskCode.NOT_THE_DRAFT
    case = await trusting.desk.issue.sign(head, case.number, version=case.version, signed=sign_enveloped(draft, key))
    assert case.awaits_verb == "hand-over"


async def test_no_time_stamp_is_asked_for_what_is_refused_or_comes_again(workplace, root, nca) -> None:
    checker = CertificateChecker(Anchors.of([root.certificate], [nca.certificate]), None, workplace.clock)
    keeper = CountedKeeper(checker)
    use(workplace, checker, keeper)
    assert await submitted(workplace, nca.person("b"), "70000000000002") == "submission-signer-not-applicant"
    assert keeper.kept == 0
    for _ in range(2):
        assert await submitted(workplace, nca.person("a", iin=APPLICANT), "70000000000001") is None
        assert keeper.kept == 1
    case, draft = await to_sign(workplace, nca)
    head, before = workplace.staff["head"], keeper.kept
    key = nca.person("head", iin=head.iin, bin=BIN, roles=(Role.HEAD, Role.LEGAL_ENTITY))
    signed = sign_enveloped(draft.replace(b"2025", b"2015"), key)
    with pytest.raises(DeskError):
        await workplace.desk.issue.sign(head, case.number, version=case.version, signed=signed)
    assert keeper.kept == before
    for _ in range(2):
        signed = sign_enveloped(draft, key)
        await workplace.desk.issue.sign(head, case.number, version=case.version, signed=signed)
        assert keeper.kept == before + 1
