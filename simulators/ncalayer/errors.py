"""What goes wrong inside the program; each error knows what the asking page is told."""

from __future__ import annotations


class NcalayerError(Exception):
    """A request is not fulfilled; `message` is what NCALayer says, None where it says nothing."""

    code = "GENERAL_ERROR"

    def __init__(self, message: str | None) -> None:
        super().__init__(message or "")
        self.message = message


class FrameRefused(NcalayerError):
    """The frame is no request: not JSON, too deep, or of another shape."""


class ModuleNotFound(NcalayerError):
    """The frame asks a module that this program has not."""

    code = "MODULE_NOT_FOUND"


class InvocationRefused(NcalayerError):
    """The method does not take such arguments; the message is the Java exception that the real program quotes."""

    code = "INVOCATION_ERROR"


class StorageRefused(NcalayerError):
    """The named key storage is unknown, empty or not given."""


class DocumentRefused(NcalayerError):
    """The document cannot be signed: it is no XML, or no base64."""


class Cancelled(NcalayerError):
    """The person pressed Cancel, or gave no answer in time."""

    def __init__(self) -> None:
        super().__init__("action.canceled")


class PasswordsSpent(NcalayerError):
    """The password was wrong as often as the dialog allows."""

    def __init__(self) -> None:
        super().__init__("WRONG_PASSWORD")


class TimestampUnavailable(NcalayerError):
    """The time-stamping authority is not configured, does not answer, or refuses."""


class KeyRingError(Exception):
    """A key of the ring cannot be used."""


class KeyUnknown(KeyRingError):
    """The ring has no key of this id."""


class WrongPassword(KeyRingError):
    """The key's password is another."""


class KeyBroken(KeyRingError):
    """The key file cannot be read whatever the password."""
