"""Namespaces and element names of the wire (facts: shep.md, sections 0 and 1).

The two published editions differ in the namespaces of their types only. What is on the wire is the same in both: a
wrapper element in one of the namespaces below, and everything under it unqualified.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
DS: Final = "http://www.w3.org/2000/09/xmldsig#"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
XS: Final = "http://www.w3.org/2001/XMLSchema"

SYNC: Final = "http://bip.bee.kz/SyncChannel/v10/Types"
ASYNC: Final = "http://bip.bee.kz/AsyncChannel/v10/Types"
ASYNC_CLIENT: Final = "http://bip.bee.kz/AsyncChannel/v10/Types/Client"

SYNC_PATH: Final = "/bip-sync-wss-gost/"
ASYNC_PATH: Final = "/bip-async/"

MAX_MESSAGE_BYTES: Final = 15 * 1024 * 1024
"""What a service may carry at most (shep.md, fact 10)."""

MAX_ENVELOPE_BYTES: Final = 16 * 1024 * 1024
"""What is read of one HTTP body: the largest message with its envelope and signature."""


class Operation(StrEnum):
    """An operation of the channels; the value is the wrapper element in Clark notation."""

    SEND_SYNC = f"{{{SYNC}}}SendMessage"
    SEND_ASYNC = f"{{{ASYNC}}}sendMessage"
    SEND_DELIVERY_NOTIFICATION = f"{{{ASYNC}}}sendDeliveryNotification"
    GET_MESSAGE_STATUS = f"{{{ASYNC}}}getMessageStatus"
    GET_MESSAGES = f"{{{ASYNC}}}getMessages"
    CHANGE_STATUS_NOTIFICATION = f"{{{ASYNC_CLIENT}}}changeMassageStatusNotification"

    @property
    def namespace(self) -> str:
        """The namespace of the wrapper elements."""
        return self.value[1:].split("}", 1)[0]

    @property
    def local_name(self) -> str:
        """The operation as the WSDL calls it."""
        return self.value.split("}", 1)[1]

    @property
    def response(self) -> str:
        """The wrapper element of the answer."""
        return f"{self.value}Response"

    @property
    def fault(self) -> str:
        """The element of the fault's detail."""
        return f"{self.value}Fault1_{self.local_name}Fault"
