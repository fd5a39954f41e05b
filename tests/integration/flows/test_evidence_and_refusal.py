"""The flow over the real checks of `eds` and the real documents of `results`."""

from datetime import timedelta

import pytest
from cryptography.x509 import ocsp

from gateway.eds.evidence import read_evidence
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.flows.checks import EdsChecks
from gateway.flows.refusals import SealedRefusals
from gateway.results.markup import read_result
from tests.integration.flows.town import CATALOGUE, IIN, KARAGANDA, Town
from tests.unit.eds import pki

ROOT_CA = pki.root()
NCA = pki.issuing(ROOT_CA)
APPLICANT = NCA.person("applicant", iin=IIN)
HEAD = NCA.person(
    "head", bin=CATALOGUE.office("karaganda-employment").bin, roles=(pki.Role.LEGAL_ENTITY, pki.Role.HEAD)
)
SYSTEM = NCA.person("portal", bin="750340000510", roles=(pki.Role.INFORMATION_SYSTEM,))


class Nca:
    """The НУЦ on the network; `status` is what it says of each certificate."""

    def __init__(self):
        self.status = {}
        self.reachable = True

    def respond(self, request):
        serial = ocsp.load_der_ocsp_request(request).serial_number
        key = next(one for one in (APPLICANT, HEAD, SYSTEM) if one.certificate.serial == serial)
        status = self.status.get(serial, ocsp.OCSPCertStatus.GOOD)
        return NCA.answers(key.certificate, status=status)(request)


@pytest.fixture
def nca():
    return Nca()


@pytest.fixture
async def town(new_store, clock, nca):
    network = MemoryFetcher({pki.OCSP_URL: nca.respond, pki.ROOT_CRL_URL: ROOT_CA.crl(), pki.CRL_URL: NCA.crl()})
    checker = CertificateChecker(
        Anchors.of([ROOT_CA.certificate], [NCA.certificate]), RevocationChecker(network, clock), clock
    )
    refusals = SealedRefusals(
        catalogue=CATALOGUE,
        key=SYSTEM,
        verification="http://127.0.0.1:8080",
        simulated=True,
        signatures=EdsChecks(checker),
    )
    town = await Town.build(new_store, clock, signatures=EdsChecks(checker), refusals=refusals)
    town.nca = NCA
    return town


async def test_the_accepted_result_keeps_the_answer_it_was_judged_by(town):
    account = await town.register(key=APPLICANT)
    number = await town.accepted(KARAGANDA, account, APPLICANT)
    await town.response(number, KARAGANDA, sign_enveloped(town.result(number, account), HEAD))
    signed = await town.rooms.cabinet.signed_document(account.id, number)
    assert len(read_evidence(signed).revocation.ocsp) == 1
    (signature,) = verify_enveloped(signed)
    assert read_result(signature).application == number
    document = (await town.rooms.cabinet.view(account.id, number)).document
    assert (await town.rooms.cabinet.verify(document.number, document.sha256[:16])).verdict.valid


async def test_the_accepted_application_keeps_the_answer_it_was_judged_by(town):
    account = await town.register(key=APPLICANT)
    number = await town.accepted(KARAGANDA, account, APPLICANT)
    application = await town.rooms.cabinet.application(account.id, number)
    kept = await town.store.blobs.get(application.signed)
    assert len(read_evidence(kept).revocation.ocsp) == 1
    assert verify_enveloped(kept)[0].certificate == APPLICANT.certificate


async def test_process_4_is_a_document_sealed_by_the_system_in_the_words_of_the_verdict(town, nca):
    account = await town.register(key=APPLICANT)
    number = await town.filled(KARAGANDA, account)
    nca.status[APPLICANT.certificate.serial] = ocsp.OCSPCertStatus.REVOKED
    town.store.clock.advance(timedelta(minutes=1))
    application = await town.rooms.flow.process_3_choose_certificate(account.id, number, APPLICANT.certificate.der)
    assert application.verdict["code"] == "certificate-revoked"
    sealed = await town.rooms.cabinet.signed_document(account.id, number)
    assert len(read_evidence(sealed).revocation.ocsp) == 1
    (signature,) = verify_enveloped(sealed)
    assert signature.certificate == SYSTEM.certificate
    document = read_result(signature)
    assert (document.authority, document.ground.code) == ("portal", "certificate-revoked")
    assert (await town.rooms.cabinet.page_of_document(account.id, number)).startswith(b"%PDF-1.7")
