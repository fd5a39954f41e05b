import copy
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from gateway.schema_folder import schema_folder
from gateway.shep.async_channel import read_message, read_receipt, write_message, write_receipt
from gateway.shep.delivery_status import (
    read_status_answer,
    read_status_notification,
    read_status_question,
    write_status_answer,
    write_status_notification,
    write_status_question,
)
from gateway.shep.envelope import is_fault, open_envelope, wrap
from gateway.shep.faults import FaultCode, read_fault, write_fault
from gateway.shep.names import Operation
from gateway.shep.schema import EDITION, check_schema
from gateway.shep.sync_channel import read_answer, read_question, write_answer, write_question
from tests.conformance.shep.infoset import content, infoset
from tests.unit.shep.messages import DATE

WRITE_ANEW = {
    Operation.SEND_SYNC.value: (read_question, write_question),
    Operation.SEND_SYNC.response: (read_answer, write_answer),
    Operation.SEND_ASYNC.value: (read_message, write_message),
    Operation.SEND_ASYNC.response: (read_receipt, write_receipt),
    Operation.GET_MESSAGE_STATUS.value: (read_status_question, write_status_question),
    Operation.GET_MESSAGE_STATUS.response: (read_status_answer, write_status_answer),
    Operation.CHANGE_STATUS_NOTIFICATION.value: (read_status_notification, write_status_notification),
}
DATES = {"messageDate", "responseDate", "requestDate", "notificationDate", "statusDate", "errorDate"}
"""Written in Almaty's offset of their moment, whatever offset they came with."""
EMPTY_ON_THE_WIRE = {"routeId"}
"""Optional elements that real messages carry empty; we leave them out."""


def without_empty(element):
    element = copy.deepcopy(element)
    for each in [*element.iter(*EMPTY_ON_THE_WIRE)]:
        if not len(each) and not (each.text or "").strip():
            each.getparent().remove(each)
    return element


def test_every_sample_of_a_message_is_written_as_it_was(facts):
    compared = []
    for file in sorted((facts / "samples").glob("*.xml")):
        root = etree.fromstring(file.read_bytes())
        if not root.tag.endswith("}Envelope"):
            continue
        element = open_envelope(file.read_bytes()).content
        if element.tag not in WRITE_ANEW:
            continue
        read, write = WRITE_ANEW[element.tag]
        again = write(read(element))
        assert infoset(again, leaving_out=DATES) == infoset(without_empty(element), leaving_out=DATES), file.name
        compared.append(file.name)
    assert len(compared) >= 12


def test_the_faults_of_the_samples_are_written_as_they_were(facts):
    for name, operation in (
        ("sync_fault_SCE007_no_transport_signature.xml", Operation.SEND_SYNC),
        ("async_fault_SCE004_unknown_service.xml", Operation.SEND_ASYNC),
    ):
        element = open_envelope((facts / "samples" / name).read_bytes()).content
        assert is_fault(element)
        fault = read_fault(element, received_at=DATE)
        assert fault.message == FaultCode(fault.code).text.ru
        assert infoset(content(wrap(write_fault(fault, operation))), leaving_out=DATES) == infoset(
            element, leaving_out=DATES
        )


def test_the_integrators_kit_is_read(facts):
    folder = facts / "nitec_shep_service_sample"
    question = read_question(open_envelope((folder / "request.xml").read_bytes()).content)
    answer = read_answer(open_envelope((folder / "response.xml").read_bytes()).content)
    assert question.service_id == "TEST_SERVICE_ID"
    assert b"requestNumber" in question.payload.xml
    assert answer.status.is_success


@pytest.mark.parametrize("file", sorted(path.name for path in schema_folder(EDITION).glob("*.xsd")))
def test_each_of_our_schemas_loads_in_libxml2_and_in_xmlschema(file):
    path = schema_folder(EDITION) / file
    etree.XMLSchema(etree.parse(str(path)))
    namespace = xmlschema.XMLSchema(str(path)).target_namespace
    others = [each for each in schema_folder(EDITION).glob("*.xsd") if each != path]
    assert namespace not in {etree.parse(str(each)).getroot().get("targetNamespace") for each in others}


def components(folder: Path):
    """Return the types and elements of an edition by local name, with namespaces brought to one letter case."""
    found = {}
    for file in sorted(folder.rglob("*.xsd")):
        root = etree.parse(str(file)).getroot()
        namespace = root.get("targetNamespace").lower().replace("/itypes", "/types")
        for each in root:
            if isinstance(each.tag, str) and each.get("name"):
                found[namespace, etree.QName(each).localname, each.get("name")] = shape(each)
    return found


def shape(element):
    """Return a component as nested tuples: names, types without prefixes, occurrence; no annotations."""
    if not isinstance(element.tag, str) or etree.QName(element).localname == "annotation":
        return None
    kept = {
        key: value.split(":")[-1]
        for key, value in element.attrib.items()
        if (key, value) not in {("minOccurs", "1"), ("maxOccurs", "1"), ("nillable", "false")}
    }
    children = (shape(each) for each in element)
    inner = [each for each in children if each and each != ("minLength", (("value", "0"),), ())]
    if etree.QName(element).localname == "restriction":
        inner.sort()
    return etree.QName(element).localname, tuple(sorted(kept.items())), tuple(inner)


def test_our_schemas_say_what_the_published_edition_says(facts):
    published = components(facts / "bip_v10_nitec_sample")
    ours = components(schema_folder(EDITION))
    assert ours == published


def test_what_we_write_is_allowed_by_the_published_schemas(facts):
    """`xmlschema` reads the published schemas, which libxml2 cannot, when each file is given to it."""
    folder = facts / "bip_v10_nitec_sample"
    types = folder / "AsyncChannel" / "v10" / "Types"
    schema = xmlschema.XMLSchema(
        [str(types / "IAsyncChannel.xsd"), *map(str, sorted(types.glob("Async*.xsd")))], validation="lax"
    )
    for name in ("async_01_request_client_to_shep.xml", "async_02_ack_sendMessageResponse.xml"):
        element = open_envelope((facts / "samples" / name).read_bytes()).content
        read, write = WRITE_ANEW[element.tag]
        written = write(read(element))
        check_schema(written)
        assert schema.is_valid(etree.fromstring(etree.tostring(written)))
