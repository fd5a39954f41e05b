"""The answer as the store writes it: `tempStorageResponse`, qualified at its root when the question was qualified."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from lxml import etree

from gateway.shep.elements import add, moment
from simulators.tempstorage.question import NAMESPACE, Operation
from simulators.tempstorage.shelf import ShelfStatus, ShelvedFile

_PARTS = {
    Operation.UPLOAD: ("uploadResponse", "uploadFileResults"),
    Operation.DOWNLOAD: ("downloadResponse", "fileDownloadResults"),
    Operation.CONFIRM: ("confirmResponse", "fileConfirmResults"),
    Operation.GET_FILE_INFO: ("getFileInfoResponse", "fileInfoResults"),
}
_MESSAGES = {
    ShelfStatus.OK: "Успешно",
    ShelfStatus.NOT_FOUND: "Файл не найден",
    ShelfStatus.EXPIRED: "Срок хранения файла истёк",
    ShelfStatus.DELETED: "Файл удалён",
    ShelfStatus.TOO_LARGE: "Файл превышает допустимый размер",
    ShelfStatus.NO_SPACE: "В хранилище нет места",
    ShelfStatus.BAD_REQUEST: "Под этим идентификатором уже загружен другой файл",
    ShelfStatus.ACCESS_DENIED: "Неверные учётные данные хранилища",
}


def build_answer(
    operation: Operation,
    files: Sequence[tuple[str, ShelvedFile]],
    *,
    overall: ShelfStatus,
    qualified: bool = True,
) -> bytes:
    """Return `data`; each file comes with the identifier that the question gave it. Milliseconds a megabyte."""
    data = etree.Element("data")
    response = (
        etree.SubElement(data, f"{{{NAMESPACE}}}tempStorageResponse", nsmap={"ts": NAMESPACE})
        if qualified
        else etree.SubElement(data, "tempStorageResponse")
    )
    add(response, "type", operation.value)
    part_name, result_name = _PARTS[operation]
    part = etree.SubElement(response, part_name)
    for asked, file in files:
        element = etree.SubElement(part, result_name)
        if operation is Operation.UPLOAD:
            _upload(element, asked, file)
        else:
            _about(element, asked, file, with_meta=operation is not Operation.CONFIRM)
    _status(part, overall)
    return etree.tostring(data, encoding="UTF-8")


def _upload(element: etree._Element, process_identifier: str, file: ShelvedFile) -> None:
    add(element, "fileProcessIdentifier", process_identifier)
    _status(element, file.status)
    add(element, "fileIdentifier", file.identifier)
    life_time = file.facts.get("life_time")
    if life_time is not None:
        add(element, "lifeTime", str(life_time // timedelta(milliseconds=1)))


def _about(element: etree._Element, identifier: str, file: ShelvedFile, *, with_meta: bool) -> None:
    _status(element, file.status)
    add(element, "fileIdentifier", identifier)
    if file.content is not None:
        add(element, "content", base64.b64encode(file.content).decode("ascii"))
    if with_meta and file.facts:
        _meta(etree.SubElement(element, "meta"), file)


def _meta(element: etree._Element, file: ShelvedFile) -> None:
    facts = file.facts
    gone = file.status in {ShelfStatus.EXPIRED, ShelfStatus.DELETED}
    add(element, "name", facts["name"])
    add(element, "mime", facts["media_type"])
    add(element, "uploadDate", moment(facts["uploaded_at"]))
    _system(element, "uploaderSystem", facts["uploader"])
    add(element, "expirationTime", moment(facts["expires_at"]))
    _flag(element, "needToBeConfirmed", facts["to_be_confirmed"])
    add(element, "size", str(facts["size"]))
    _flag(element, "deleted", gone)
    if gone:
        add(element, "deletionTime", moment(facts["deleted_at"] or facts["expires_at"]))
    _flag(element, "confirmed", facts["confirmed_at"] is not None)
    if facts["confirmed_at"] is not None:
        _system(element, "confirmedSystem", facts["confirmed_by"])
        add(element, "confirmationTime", moment(facts["confirmed_at"]))


def _status(parent: etree._Element, status: ShelfStatus) -> None:
    element = etree.SubElement(parent, "status")
    add(element, "code", status.value)
    add(element, "message", _MESSAGES[status])


def _system(parent: etree._Element, name: str, system: Any) -> None:
    add(etree.SubElement(parent, name), "senderId", str(system))


def _flag(parent: etree._Element, name: str, value: Any) -> None:
    add(parent, name, "true" if value else "false")
