"""Our WSDL and XSD say what the published ones say, edition by edition, and load where those do not."""

import pytest
import xmlschema
import zeep
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from gateway.schema_folder import schema_folder
from gateway.shep.envelope import open_envelope
from gateway.shep.schema import Edition
from tests.conformance.shep.published import published_schema

PUBLISHED = {Edition.TYPES: "bip_v10", Edition.ITYPES: "bip_v10_nitec_sample"}
XS = "{http://www.w3.org/2001/XMLSchema}"
WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
IMPLIED = {("minOccurs", "1"), ("maxOccurs", "1"), ("nillable", "false")}
FILES = [(edition, path.name) for edition in Edition for path in sorted(schema_folder(edition.folder).glob("*.xsd"))]
SERVICES = ["SyncChannel", "AsyncChannel", "AsyncChannelClient"]


@pytest.fixture(params=Edition)
def edition(request):
    return request.param


@pytest.mark.parametrize(("edition", "file"), FILES)
def test_each_of_our_schemas_loads_in_libxml2_and_in_xmlschema(edition, file):
    path = schema_folder(edition.folder) / file
    etree.XMLSchema(etree.parse(str(path)))
    namespace = xmlschema.XMLSchema(str(path)).target_namespace
    others = [each for each in path.parent.glob("*.xsd") if each != path]
    assert namespace not in {etree.parse(str(each)).getroot().get("targetNamespace") for each in others}


@pytest.mark.parametrize("service", SERVICES)
def test_each_of_our_descriptions_loads_in_zeep(edition, service):
    client = zeep.Client(str(schema_folder(edition.folder) / f"{service}.wsdl"))
    for namespace in edition.type_namespaces:
        if namespace.startswith("http://bip.bee.kz/common/"):
            assert client.get_type(f"{{{namespace}}}ErrorInfo").name == "ErrorInfo"


def components(folder):
    """Return the types and elements of an edition, each by its namespace and name."""
    found = {}
    for file in sorted(folder.rglob("*.xsd")):
        root = etree.parse(str(file)).getroot()
        for each in root.iterchildren(etree.Element):
            if each.get("name"):
                found[root.get("targetNamespace"), etree.QName(each).localname, each.get("name")] = shape(each)
    return found


def shape(element):
    """Return a component as nested tuples: names, types by their namespace, occurrence, facets; no annotations."""
    kept = {
        (key, qualified(value, element) if key in {"type", "base", "ref"} else value)
        for key, value in element.attrib.items()
    }
    inner = [shape(each) for each in element.iterchildren(etree.Element) if each.tag != f"{XS}annotation"]
    inner = [each for each in inner if each[:2] != ("minLength", (("value", "0"),))]
    if element.tag == f"{XS}restriction":
        inner.sort()
    return etree.QName(element).localname, tuple(sorted(kept - IMPLIED)), tuple(inner)


def qualified(value, element):
    prefix, name = value.split(":") if ":" in value else (None, value)
    return f"{{{element.nsmap[prefix]}}}{name}"


def test_our_schemas_say_what_the_published_edition_says(facts, edition):
    published, ours = components(facts / PUBLISHED[edition]), components(schema_folder(edition.folder))
    assert ours == published
    assert len(ours) >= 40


def descriptions(folder):
    """Return what the WSDLs of an edition define, each part by its namespace, kind and name."""
    found = {}
    for file in sorted(folder.rglob("*.wsdl")):
        root = etree.parse(str(file)).getroot()
        target = root.get("targetNamespace")
        found[target, "definitions", root.get("name")] = imports(root)
        for each in root.iterchildren(etree.Element):
            if each.get("name"):
                key = (target, etree.QName(each).localname, each.get("name"))
                assert found.setdefault(key, part(each)) == part(each)
    return found


def imports(root):
    return tuple(sorted(each.get("namespace") for each in root.iter(f"{WSDL}import", f"{XS}import")))


def part(element):
    """Return a part of a WSDL as nested tuples, without documentation, addresses and the prefixes of names."""
    kept = tuple(
        sorted(
            (key, qualified(value, element) if key in {"element", "message", "type", "binding"} else value)
            for key, value in element.attrib.items()
            if key != "location"
        )
    )
    inner = [part(each) for each in element.iterchildren(etree.Element) if each.tag != f"{WSDL}documentation"]
    return element.tag, kept, tuple(inner)


def test_our_descriptions_say_what_the_published_edition_says(facts, edition):
    published, ours = descriptions(facts / PUBLISHED[edition]), descriptions(schema_folder(edition.folder))
    assert ours == published
    names = {(kind, name) for _, kind, name in ours}
    assert {("service", "ISyncChannelHttpService"), ("service", "AsyncChannelClientHttpService")} < names
    assert {kind for kind, _ in names} == {"definitions", "message", "portType", "binding", "service"}


def test_the_style_of_every_binding_is_document_literal_without_an_action(edition):
    operations = 0
    for name in SERVICES:
        root = etree.parse(str(schema_folder(edition.folder) / f"{name}.wsdl")).getroot()
        (binding,) = root.iter(f"{SOAP}binding")
        assert binding.get("style") == "document"
        assert {each.get("use") for each in root.iter(f"{SOAP}body", f"{SOAP}fault")} == {"literal"}
        for each in root.iter(f"{SOAP}operation"):
            assert each.get("soapAction") == ""
            operations += 1
    assert operations == 1 + 4 + 2


def samples(facts):
    for file in sorted((facts / "samples").glob("*.xml")):
        root = etree.fromstring(file.read_bytes())
        if root.tag.endswith("}Envelope"):
            element = open_envelope(file.read_bytes()).content
            yield element if element.find("detail") is None else element.find("detail")[0]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_our_schemas_decide_on_mutants_of_the_samples_as_the_published_ones_do(facts, data):
    element = data.draw(st.sampled_from(list(samples(facts))))
    element = etree.fromstring(etree.tostring(element))
    for each in element.iter("data"):
        each.clear()
    mutate(element, data)
    for edition in Edition:
        folder = schema_folder(edition.folder)
        (file,) = [each for each in WRAPPERS if target(folder / each) == etree.QName(element).namespace]
        ours = SCHEMAS.setdefault((edition, file), None) or etree.XMLSchema(file=str(folder / file))
        SCHEMAS[edition, file] = ours
        assert ours.validate(element) == published_schema(facts / PUBLISHED[edition]).validate(element)


WRAPPERS = ["SyncTypes.xsd", "AsyncTypes.xsd", "AsyncClientTypes.xsd"]
SCHEMAS = {}


def target(path):
    return etree.parse(str(path)).getroot().get("targetNamespace")


def mutate(element, data):
    """Leave out, double, exchange, rename or refill up to two elements below the wrapper."""
    for _ in range(data.draw(st.integers(0, 2))):
        inner = list(element.iterdescendants())
        if not inner:
            return
        chosen = data.draw(st.sampled_from(inner))
        above = chosen.getparent()
        match data.draw(st.sampled_from(["leave out", "double", "exchange", "rename", "refill"])):
            case "leave out":
                above.remove(chosen)
            case "double":
                above.insert(above.index(chosen), etree.fromstring(etree.tostring(chosen)))
            case "exchange":
                above.append(chosen)
            case "rename":
                chosen.tag = data.draw(st.sampled_from(["messageId", "routeId", "sessionId", "properties", "other"]))
            case "refill":
                chosen.text = data.draw(st.sampled_from(["", "x" * 31, "x" * 251, "RESPONSE", "2024-01-01T10:00:00Z"]))
