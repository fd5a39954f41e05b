import pytest

from gateway.shep.elements import Malformed
from gateway.shep.envelope import content_of, open_envelope, operation_of
from gateway.shep.names import SOAP, SYNC, WSSE, Operation

HEADER, BODY = b"<s:Header/>", b"<s:Body><a/></s:Body>"
SECURITY = f'<w:Security xmlns:w="{WSSE}"/>'.encode()


def envelope(*parts, namespace=SOAP):
    return b'<s:Envelope xmlns:s="%s">%s</s:Envelope>' % (namespace.encode(), b"".join(parts))


@pytest.mark.parametrize("parts", [(HEADER, BODY), (BODY,), (b"<!-- -->\n", HEADER, b"<?a b?>", BODY)])
def test_one_body_with_a_header_or_without_is_an_envelope(parts):
    opened = open_envelope(envelope(*parts))
    assert (opened.content.tag, opened.is_sealed) == ("a", False)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "xml-malformed"),
        (b"<Envelope/>", "not a SOAP 1.1 Envelope"),
        (envelope(BODY, namespace="http://www.w3.org/2003/05/soap-envelope"), "not a SOAP 1.1 Envelope"),
        (envelope(HEADER), "0 Bodies"),
        (envelope(BODY, BODY), "2 Bodies"),
        (envelope(HEADER, HEADER, BODY), "one Header and one Body"),
        (envelope(HEADER, BODY, b"<a/>"), "one Header and one Body"),
        (envelope(BODY, HEADER), "the Header stands after the Body"),
        (envelope(b"<s:Header>", SECURITY * 2, b"</s:Header>", BODY), "more than one Security header"),
        (envelope(HEADER, b"<s:Body>" * 200, b"</s:Body>" * 200), "depth"),
    ],
)
def test_what_is_no_envelope_is_said_why(data, reason):
    with pytest.raises(Malformed, match=reason):
        open_envelope(data)


@pytest.mark.parametrize("inner", [b"", b"text", b"<a/><b/>", b"<!-- -->"])
def test_a_body_has_one_element(inner):
    with pytest.raises(Malformed, match="one element is expected"):
        content_of(open_envelope(envelope(b"<s:Body>", inner, b"</s:Body>")).body)


@pytest.mark.parametrize(
    "namespace", ["", SYNC.replace("Types", "types"), SYNC.replace("Types", "ITypes"), SYNC + "/", "urn:x"]
)
def test_only_the_published_wrappers_are_operations(namespace):
    def content(of):
        element = f'<SendMessage xmlns="{of}"/>'.encode()
        return open_envelope(envelope(b"<s:Body>", element, b"</s:Body>")).content

    assert operation_of(content(SYNC)) is Operation.SEND_SYNC
    with pytest.raises(Malformed, match="no operation"):
        operation_of(content(namespace))
