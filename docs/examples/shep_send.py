"""A message by the asynchronous channel; with `--fetch`, the answers too, as a system does that is not pushed to."""

import sys
import time

import zeep
from shep_seal import Seal, now, sender, shep

SERVICE = "QYZMET_ECHO_ASYNC"

service = zeep.Client(shep["async_wsdl"], plugins=[Seal()]).service

# A REQUEST has no ids of its own: the gateway issues them.
info = {"serviceId": SERVICE, "messageType": "REQUEST", "messageDate": now(), "sender": sender}
receipt = service.sendMessage({"messageInfo": info, "messageData": {"data": "<өтініш>1</өтініш>"}})
print("messageId", receipt.messageId, "correlationId", receipt.correlationId)

waiting = {"NOTIFICATION", "RESPONSE"} if "--fetch" in sys.argv else set()
for _ in range(60):
    if not waiting:
        break
    asked = {"serviceId": SERVICE, "correlationId": receipt.correlationId, "requestDate": now(), "sender": sender}
    for message in service.getMessages(asked).messages or []:
        got = message.messageInfo
        print(got.messageType, got.messageId, message.messageData.data)
        status = {"receiveStatus": "MESSAGE_ACCEPTED", "statusDate": now(), "resendMessage": "NOT_RESEND"}
        notification = {"messageId": got.messageId, "serviceId": SERVICE, "notificationDate": now()}
        notification["deliveryStatus"] = status
        service.sendDeliveryNotification({"notification": notification, "requestDate": now(), "sender": sender})
        waiting.discard(got.messageType)
    time.sleep(0.25)

state = service.getMessageStatus({"messageId": receipt.messageId, "requestDate": now(), "sender": sender})
print("the request is", state.messageState, state.status.statusMessage)
sys.exit(1 if waiting else 0)
