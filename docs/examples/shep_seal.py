"""What a message to ЭҮШ needs beside its content: the signature over the Body, as the gateway expects it.

The facts of the stand (addresses, senderId, password, key) come from the file that `qyzmet stand` writes; another
folder is named by QYZMET_STAND. zeep builds the messages, xmlsec signs; nothing of qyzmet itself is used here.
"""

import base64
import json
import os
import uuid
from datetime import datetime
from pathlib import Path

import xmlsec
import zeep
from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
DS = "http://www.w3.org/2000/09/xmldsig#"
OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE, WSU = OASIS + "wssecurity-secext-1.0.xsd", OASIS + "wssecurity-utility-1.0.xsd"

stand = json.loads(Path(os.environ.get("QYZMET_STAND", ".qyzmet/stand"), "stand.json").read_text(encoding="utf-8"))
shep, system = stand["gateways"]["shep"], stand["system"]
sender = {"senderId": system["sender_id"], "password": system["password"]}


def now():
    """Return the moment with its zone: a date without one is refused."""
    return datetime.now().astimezone()


class Seal(zeep.Plugin):
    """Signs what goes out, checks what comes back."""

    def egress(self, envelope, http_headers, operation, binding_options):
        body = envelope.find(f"{{{SOAP}}}Body")
        body.set(f"{{{WSU}}}Id", f"id-{uuid.uuid4()}")
        header = envelope.find(f"{{{SOAP}}}Header")
        if header is None:
            header = etree.Element(f"{{{SOAP}}}Header")
            envelope.insert(0, header)
        security = etree.SubElement(header, f"{{{WSSE}}}Security", {f"{{{SOAP}}}mustUnderstand": "1"})
        c14n = xmlsec.Transform.EXCL_C14N
        signature = xmlsec.template.create(security, c14n, xmlsec.Transform.RSA_SHA256, ns="ds")
        security.append(signature)
        reference = xmlsec.template.add_reference(
            signature, xmlsec.Transform.SHA256, uri="#" + body.get(f"{{{WSU}}}Id")
        )
        xmlsec.template.add_transform(reference, c14n)
        key_info = xmlsec.template.ensure_key_info(signature)
        token = etree.SubElement(key_info, f"{{{WSSE}}}SecurityTokenReference")
        identifier = etree.SubElement(token, f"{{{WSSE}}}KeyIdentifier")
        identifier.set("EncodingType", OASIS + "soap-message-security-1.0#Base64Binary")
        identifier.set("ValueType", OASIS + "x509-token-profile-1.0#X509v3")
        identifier.text = base64.b64encode(Path(system["certificate"]["rsa"]).read_bytes()).decode()
        key = xmlsec.Key.from_file(system["key"]["rsa"], xmlsec.KeyFormat.PKCS12_PEM, system["key"]["password"])
        self._context(key, body).sign(signature)
        return envelope, http_headers

    def ingress(self, envelope, http_headers, operation):
        signature = envelope.find(f".//{{{WSSE}}}Security/{{{DS}}}Signature")
        key = xmlsec.Key.from_file(shep["certificate"], xmlsec.KeyFormat.CERT_DER)
        self._context(key, envelope.find(f"{{{SOAP}}}Body")).verify(signature)
        return envelope, http_headers

    def _context(self, key, body):
        context = xmlsec.SignatureContext()
        context.key = key
        context.register_id(body, "Id", WSU)
        return context
