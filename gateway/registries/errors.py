"""Why a registry gave no answer that may be used; never to be taken for "no such person"."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from gateway.texts import Text


class Registry(StrEnum):
    """A registry or store that is asked through ЭҮШ."""

    GBDFL = "gbdfl"
    GBDUL = "gbdul"
    ENIS = "enis"
    KDP = "kdp"
    TEMPSTORAGE = "tempstorage"

    @property
    def known_as(self) -> Text:
        """The name that people know it by."""
        return _NAMES[self]


_NAMES = {
    Registry.GBDFL: Text(
        "«Жеке тұлғалар» мемлекеттік деректер базасы", "ГБД «Физические лица»", "State Database of Individuals"
    ),
    Registry.GBDUL: Text(
        "«Заңды тұлғалар» мемлекеттік деректер базасы", "ГБД «Юридические лица»", "State Database of Legal Entities"
    ),
    Registry.ENIS: Text("Бірыңғай нотариаттық ақпараттық жүйе", "ЕНИС", "Unified Notarial Information System"),
    Registry.KDP: Text(
        "Дербес деректерге қолжетімділікті бақылау сервисі",
        "Сервис контроля доступа к персональным данным",
        "Control of access to personal data",
    ),
    Registry.TEMPSTORAGE: Text("Уақытша файл қоймасы", "Временное хранилище файлов", "Temporary file store"),
}


class UnavailableCode(StrEnum):
    """The stable name of each reason."""

    NO_ANSWER = "registry-no-answer"
    GATEWAY_REFUSED = "registry-gateway-refused"
    NOT_TRUSTED = "registry-gateway-answer-not-trusted"
    REFUSED = "registry-refused"
    UNREADABLE = "registry-answer-unreadable"
    OTHER_SUBJECT = "registry-answer-about-another"
    UNSIGNED = "registry-answer-unsigned"
    SIGNATURE_BROKEN = "registry-signature-broken"
    SIGNER_NOT_FIT = "registry-signer-not-fit"
    SIGNER_UNDETERMINED = "registry-signer-undetermined"


_OUT_OF_REACH = Text(
    "{name} уақытша жауап бермейді. Сұрау автоматты түрде қайталанады.",
    "{name} временно не отвечает. Запрос будет повторён автоматически.",
    "{name} does not answer for now. The question will be repeated automatically.",
)
_REFUSED = Text(
    "{name} сұрауды орындамады. Сұрау автоматты түрде қайталанады.",
    "{name}: запрос не выполнен. Он будет повторён автоматически.",
    "{name} did not carry out the question. It will be repeated automatically.",
)
_NOT_CERTIFIED = Text(
    "{name} жауабы мемлекеттік органның лауазымды адамының ЭЦҚ-сымен куәландырылмаған, деректер пайдаланылмады.",
    "Ответ ({name}) не удостоверен ЭЦП должностного лица государственного органа, поэтому данные не использованы.",
    "The answer of {name} is not certified by an official of the state body, so its data were not used.",
)
_UNREADABLE = Text(
    "{name} жауабын оқу мүмкін болмады, сондықтан деректер пайдаланылмады.",
    "Ответ ({name}) не удалось прочитать, поэтому данные не использованы.",
    "The answer of {name} could not be read, so its data were not used.",
)
_TEXTS = {
    UnavailableCode.NO_ANSWER: _OUT_OF_REACH,
    UnavailableCode.GATEWAY_REFUSED: _REFUSED,
    UnavailableCode.NOT_TRUSTED: _OUT_OF_REACH,
    UnavailableCode.REFUSED: _REFUSED,
    UnavailableCode.UNREADABLE: _UNREADABLE,
    UnavailableCode.OTHER_SUBJECT: _UNREADABLE,
    UnavailableCode.UNSIGNED: _NOT_CERTIFIED,
    UnavailableCode.SIGNATURE_BROKEN: _NOT_CERTIFIED,
    UnavailableCode.SIGNER_NOT_FIT: _NOT_CERTIFIED,
    UnavailableCode.SIGNER_UNDETERMINED: _NOT_CERTIFIED,
}


class RegistryError(Exception):
    """Something is wrong in a question to a registry."""


class RegistryUnavailable(RegistryError):
    """There is no answer that may be used; the question is to be asked again, and nothing is known of its subject."""

    def __init__(self, registry: Registry, code: UnavailableCode, /, **facts: Any) -> None:
        self.registry = registry
        self.code = code
        self.facts = facts
        detail = "".join(f", {name}: {value}" for name, value in facts.items())
        super().__init__(f"{registry.value}: {code.value}{detail}")

    @property
    def text(self) -> Text:
        """What happened, for a person."""
        return _TEXTS[self.code].format(name=self.registry.known_as)

    def to_json(self) -> dict[str, Any]:
        """Return the error for a journal or a program."""
        facts = {name: str(value) for name, value in self.facts.items()}
        return {"registry": self.registry.value, "code": self.code.value, "facts": facts}


class ConsentNotAccepted(RegistryError):
    """The registry does not take a person's consent; another one is to be asked for, the same will not do."""

    def __init__(self, registry: Registry, *, status: str, reason: str) -> None:
        self.registry = registry
        self.status = status
        self.reason = reason
        super().__init__(f"{registry.value}: consent not accepted, {status} {reason}")


class FileRefused(RegistryError):
    """A file cannot be put into the temporary store at all."""

    def __init__(self, *, size: int, limit: int) -> None:
        self.size = size
        self.limit = limit
        super().__init__(f"file of {size} bytes, at most {limit} fit into one message")
