"""The OpenAPI description says what the site serves, and answers are of the forms that it names."""

import json

import pytest

from gateway.eds.codes import ROWS, Code
from gateway.web.checks.app import ENDPOINTS, make_checks_app
from gateway.web.checks.openapi import description
from gateway.web.checks.verdicts import all_codes


def references(node):
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_route_is_described_and_every_description_has_its_route(checks):
    routes = {
        (route.method.lower(), route.resource.canonical)
        for route in make_checks_app(checks).router.routes()
        if route.method != "HEAD" and route.resource.canonical != "/v3/api-docs"
    }
    described = {(method, path) for path, methods in description()["paths"].items() for method in methods}
    assert described == routes


def test_it_is_openapi_3_1_whose_references_lead_somewhere():
    text = json.dumps(description())
    found = json.loads(text)
    assert found["openapi"] == "3.1.0"
    schemas = found["components"]["schemas"]
    assert {reference.removeprefix("#/components/schemas/") for reference in references(found)} <= set(schemas)
    operations = [operation for methods in found["paths"].values() for operation in methods.values()]
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    assert all("200" in operation["responses"] for operation in operations)


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.path)
def test_the_fields_of_a_request_and_an_answer_are_described_by_the_names_that_clients_use(endpoint):
    schemas = description()["components"]["schemas"]
    for model in (endpoint.request, endpoint.answer):
        names = {field.alias for field in model.model_fields.values()}
        assert set(schemas[model.__name__]["properties"]) == names


def test_names_of_ncanode_are_spelt_as_its_clients_spell_them():
    schemas = description()["components"]["schemas"]
    wanted = {
        "XmlSignRequest": {"xml", "signers", "clearSignatures", "trimXml"},
        "SignerRequest": {"key", "password", "keyAlias", "referenceUri"},
        "WsseSignRequest": {"xml", "key", "password", "keyAlias", "trimXml"},
        "XmlVerifyRequest": {"xml", "revocationCheck"},
        "CmsCreateRequest": {"cms", "data", "signers", "withTsp", "tsaPolicy", "detached"},
        "CmsVerifyRequest": {"cms", "data", "revocationCheck"},
        "X509InfoRequest": {"certs", "revocationCheck"},
        "X509VerifyRequest": {"certificate", "signature", "data", "revocationCheck"},
        "Pkcs12Request": {"keys", "revocationCheck"},
        "CertificateInfo": {
            *("valid", "revocations", "notBefore", "notAfter", "keyUsage", "serialNumber", "signAlg", "keyUser"),
            *("publicKey", "signature", "subject", "issuer"),
        },
        "Person": {
            *("commonName", "lastName", "surName", "email", "organization", "iin", "bin", "country", "locality"),
            *("state", "dn"),
        },
        "Revocation": {"revoked", "by", "revocationTime", "reason"},
        "TspInfo": {"serialNumber", "genTime", "policy", "tsa", "tspHashAlgorithm", "hash"},
        "CmsSigner": {"certificates", "tsp"},
    }
    for name, fields in wanted.items():
        assert fields <= set(schemas[name]["properties"]), name


def test_the_list_of_codes_is_whole():
    told = {row["code"]: row for row in all_codes()["codes"]}
    assert set(told) == set(map(str, Code))
    assert all(row["advice"]["kk"] and row["text"]["ru"] for row in told.values())
    assert told["ok"]["verdict"] == str(ROWS[Code.OK].status)
