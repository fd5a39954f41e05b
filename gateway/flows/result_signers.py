"""Whom the act has sign the result of an application: the provider's officials, in order, or another body's."""

from __future__ import annotations

from gateway.catalogue.kinds import kind_of
from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.result import ResultKind
from gateway.flows.applications import ApplicationRow
from gateway.identity.numbers import Bin
from gateway.results.document import Authority, ResultDocument
from gateway.results.errors import DocumentRefused, ResultCode
from gateway.results.signers import Demanded, ExpectedSigner, certificate_roles, named_signers, result_of


def result_kind(service: Service, application: ApplicationRow, document: ResultDocument) -> ResultKind:
    """Return which of the results on the application's channel a document is; raises `DocumentRefused` for none."""
    results = service.results_on(application.channel, kind_of(service, application.fields))
    found = result_of(document, results)
    if found is None:
        raise DocumentRefused(ResultCode.CONTRADICTION, "the service does not end in such a document", where="title")
    return found


def demanded_of(catalogue: Catalogue, service: Service, application: ApplicationRow) -> Demanded:
    """Return what says who must have signed a result of an application: officials of the bodies that the act names."""
    office = catalogue.office(application.office)

    def demanded(document: ResultDocument) -> tuple[ExpectedSigner, ...]:
        if document.authority is Authority.PORTAL:
            return named_signers(document)
        return tuple(
            ExpectedSigner(
                Bin(catalogue.body_of(office, signer.body, answers=application.fields).bin),
                certificate_roles(signer.role),
            )
            for signer in result_kind(service, application, document).signers
        )

    return demanded
