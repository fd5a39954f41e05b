"""zeep as a client that nobody here wrote: it builds and reads messages from a WSDL; only the signature is ours."""

import zeep
from zeep import Plugin, Settings
from zeep.transports import Transport

from gateway.eds.wsse import sign_body, verify_body
from tests.unit.shep.pki import key_of


class Signing(Plugin):
    """Signs what goes out, as WSS4J would, and checks what comes back."""

    def __init__(self, key, gateway):
        self._key, self._gateway = key, gateway
        self.checked = 0

    def egress(self, envelope, http_headers, operation, binding_options):
        from lxml import etree

        return etree.fromstring(sign_body(envelope, self._key)), http_headers

    def ingress(self, envelope, http_headers, operation):
        assert verify_body(envelope, [self._gateway]).certificate == self._gateway
        self.checked += 1
        return envelope, http_headers


def zeep_client(wsdl, *, name="PORTAL", gateway="SHEP", **options):
    """Return a client of `wsdl` (a path or an address) that signs as `name`, and its plugin."""
    signing = Signing(key_of(name), key_of(gateway).certificate)
    settings = Settings(strict=True, xml_huge_tree=True)
    client = zeep.Client(str(wsdl), plugins=[signing], transport=Transport(timeout=10), settings=settings, **options)
    return client, signing
