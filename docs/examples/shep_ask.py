"""Two questions to ЭҮШ: the echo with a payload in a string, ГБД ФЛ with a typed one."""

import sys
import uuid
from pathlib import Path

import zeep
from shep_seal import Seal, now, sender, shep, stand, system

SCHEMA = Path(__file__).parents[2] / "schemas/registries/gbdfl/message.xsd"

client = zeep.Client(shep["sync_wsdl"], plugins=[Seal()])


def ask(service, data):
    """Ask a service and return what stands in the answer's `data`."""
    info = {"messageId": str(uuid.uuid4()), "serviceId": service, "messageDate": now(), "sender": sender}
    answer = client.service.SendMessage({"requestInfo": info, "requestData": {"data": data}})
    print(service, answer.responseInfo.status.code, answer.responseInfo.sessionId)
    return answer.responseData.data


# A string: zeep writes `xsi:type="xs:string"` and escapes it.
print(ask("QYZMET_ECHO", "<сәлем>ЭҮШ</сәлем>"))

# Typed: the service's own schema gives the type.
client.wsdl.types.add_document_by_url(str(SCHEMA))
Request = client.get_type("{http://message.persistence.interactive.nat}Request")
iin = sys.argv[1] if len(sys.argv) > 1 else stand["people"][0]["iin"]
question = Request(messageId=str(uuid.uuid4()), messageDate=now(), senderCode=system["sender_id"], iin=iin)
answer = {each.tag: each for each in ask("GBDFL_UniversalServiceSync", zeep.xsd.AnyObject(Request, question))}
print(answer["messageResult"].findtext("nameRu"))
if (person := answer["persons"].find("person") if "persons" in answer else None) is not None:
    print(person.findtext("iin"), person.findtext("surname"), person.findtext("name"), person.findtext("birthDate"))
