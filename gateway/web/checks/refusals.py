"""Why a request is not served, in the form that clients of NCANode read: `{status, message, details?}`."""

from __future__ import annotations

from gateway.eds.codes import Code
from gateway.eds.errors import EdsError
from gateway.texts import Text

KEY_NOT_BASE64 = "Key reading error: Invalid Base64 format. Key must be in valid Base64 format."
KEY_INVALID_FORMAT = "Key reading error: Invalid format."
KEY_INVALID_PASSWORD = "Key reading error: Password incorrect."  # noqa: S105 - a message, not a password
KEY_ALIAS_NOT_FOUND = "Key reading error: Key does not have '{}' alias"
CANNOT_READ_XML = "Cannot read XML"


class CheckRefused(Exception):
    """The request is not served; the status is of the client's fault unless said otherwise."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        details: str | None = None,
        code: Code | None = None,
        text: Text | None = None,
    ) -> None:
        self.message = message
        self.status = status
        self.details = details
        self.code = code
        self.text = text
        super().__init__(message)

    @classmethod
    def of(cls, error: EdsError, message: str, *, status: int = 400) -> CheckRefused:
        """Translate an error of the room; its facts become the details."""
        facts = ", ".join(f"{name}={value}" for name, value in error.facts.items())
        return cls(message, status=status, details=facts or None, code=error.code, text=error.text)

    def about(self, what: str) -> CheckRefused:
        """Return the same refusal with what it is about before its message."""
        return CheckRefused(
            f"{what}: {self.message}", status=self.status, details=self.details, code=self.code, text=self.text
        )

    def to_json(self) -> dict[str, object]:
        """Return the body of the answer; `code` and `reason` are ours."""
        body: dict[str, object] = {"status": self.status, "message": self.message}
        if self.details is not None:
            body["details"] = self.details
        if self.code is not None:
            body["code"] = str(self.code)
        if self.text is not None:
            body["reason"] = {"kk": self.text.kk, "ru": self.text.ru, "en": self.text.en}
        return body
