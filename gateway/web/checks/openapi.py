"""The OpenAPI 3.1 description, made from the same table and models that serve."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic.json_schema import models_json_schema

from gateway.eds.codes import Code, Status
from gateway.web.checks.answers import HealthAnswer
from gateway.web.checks.app import CODES, ENDPOINTS, HEALTH, OPENAPI, VERIFY, Endpoint
from gateway.web.checks.verdicts import Form, Revocation

_SCHEMAS = "#/components/schemas/"
_TEXT: dict[str, Any] = {
    "type": "object",
    "required": ["kk", "ru", "en"],
    "properties": {language: {"type": "string"} for language in ("kk", "ru", "en")},
}
_STRING: dict[str, Any] = {"type": "string"}
_OBJECT: dict[str, Any] = {"type": "object"}
_REFUSALS = {
    "400": "The request is not of the expected form",
    "403": "This host or origin is not served, or signing is switched off",
    "408": "The body did not arrive in time",
    "413": "The body is too large",
    "415": "Another content type",
    "503": "Too many requests at once",
}


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Return the description."""
    models = {model for endpoint in ENDPOINTS for model in (endpoint.request, endpoint.answer)} | {HealthAnswer}
    ordered = sorted(models, key=lambda model: model.__name__)
    _, generated = models_json_schema([(model, "validation") for model in ordered], ref_template=_SCHEMAS + "{model}")
    paths: dict[str, Any] = {endpoint.path: {"post": _operation(endpoint)} for endpoint in ENDPOINTS}
    paths[HEALTH] = {"get": _simple("health", "Tell whether the site serves", _ref("HealthAnswer"))}
    paths[VERIFY] = {"post": _verify()}
    paths[CODES] = {"get": _simple("codes", "The closed list of codes with their texts", _ref("Codes"))}
    paths[OPENAPI] = {"get": _simple("openapi", "This description", _OBJECT)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Qyzmet: checks of ЭЦҚ",
            "version": "1",
            "description": "NCANode's REST contract, answered by an open check, and beside it the full verdict. "
            "valid is true only when the verdict is valid; undetermined is false with the reason.",
        },
        "paths": paths,
        "components": {"schemas": generated["$defs"] | _own_schemas()},
    }


def _operation(endpoint: Endpoint[Any, Any]) -> dict[str, Any]:
    return {
        "operationId": endpoint.path.strip("/").replace("/", "-"),
        "summary": endpoint.summary,
        **({"description": "Off unless the setting checks.signing is on."} if endpoint.signing else {}),
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref(endpoint.request.__name__)}},
        },
        "responses": _responses(_ref(endpoint.answer.__name__)),
    }


def _verify() -> dict[str, Any]:
    binary = {"type": "string", "format": "binary"}
    at = {"type": "string", "format": "date-time", "description": "Judge for this moment; now without it."}
    rule = {"type": "string", "enum": list(map(str, Revocation)), "default": str(Revocation.REQUIRED)}
    form = {
        "type": "object",
        "required": ["file"],
        "properties": {"file": binary, "content": binary, "at": at, "revocation": rule},
        "additionalProperties": False,
    }
    return {
        "operationId": "verify",
        "summary": "Check a signed file: XML, SOAP or CMS",
        "description": "As a form with file and, for a detached CMS, content; or the file itself as the body.",
        "parameters": [
            {"name": "at", "in": "query", "schema": at},
            {"name": "revocation", "in": "query", "schema": rule},
        ],
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": form},
                "application/octet-stream": {"schema": {}},
                "application/xml": {"schema": {}},
                "application/pkcs7-mime": {"schema": {}},
            },
        },
        "responses": _responses(_ref("FileVerdict")),
    }


def _simple(name: str, summary: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"operationId": name, "summary": summary, "responses": {"200": _content("OK", schema)}}


def _responses(schema: dict[str, Any]) -> dict[str, Any]:
    refused = {status: _content(what, _ref("Refusal")) for status, what in _REFUSALS.items()}
    return {"200": _content("The check was made, whatever came of it", schema)} | refused


def _content(what: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": what, "content": {"application/json": {"schema": schema}}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": _SCHEMAS + name}


def _own_schemas() -> dict[str, Any]:
    code = {"type": "string", "enum": list(map(str, Code))}
    status = {"type": "string", "enum": list(map(str, Status))}
    verdict = {
        "verdict": status,
        "code": code,
        "text": _TEXT,
        "advice": _TEXT,
        "judged_at": {"type": "string", "format": "date-time"},
        "moment_reason": _STRING,
        "certificate": {"type": ["object", "null"]},
        "path": {"type": "array", "items": _OBJECT},
        "revocation": {"type": ["object", "null"]},
        "authorities_revocation": {"type": "array", "items": _OBJECT},
        "facts": {"type": "object", "additionalProperties": _STRING},
    }
    covered = {
        "type": ["object", "null"],
        "properties": {"bytes": {"type": "integer"}, "sha256": _STRING},
        "description": "What the signature is over; nothing else of the file may be taken for signed.",
    }
    signer = {"type": "object", "required": [*verdict, "covered"], "properties": {**verdict, "covered": covered}}
    return {
        "Refusal": {
            "type": "object",
            "required": ["status", "message"],
            "properties": {
                "status": {"type": "integer"},
                "message": _STRING,
                "details": _STRING,
                "code": code,
                "reason": _TEXT,
            },
        },
        "FileSigner": signer,
        "FileVerdict": {
            "type": "object",
            "required": [*verdict, "form", "asked_revocation", "signers"],
            "properties": {
                **verdict,
                "form": {"type": "string", "enum": list(map(str, Form))},
                "asked_revocation": {"type": "string", "enum": list(map(str, Revocation))},
                "signers": {"type": "array", "items": _ref("FileSigner")},
            },
        },
        "Codes": {
            "type": "object",
            "required": ["codes"],
            "properties": {
                "codes": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["code", "verdict", "text", "advice"],
                        "properties": {"code": code, "verdict": status, "text": _TEXT, "advice": _TEXT},
                    },
                }
            },
        },
    }
