"""What can be wrong with a catalogue file or a question to the catalogue."""

from __future__ import annotations

from pathlib import Path


class CatalogueError(Exception):
    """The catalogue cannot be read or does not have what is asked."""

    code = "catalogue"


class CatalogueFileError(CatalogueError):
    """A catalogue file does not hold what its model expects; names the file, the line and the expectation."""

    code = "catalogue-file"

    def __init__(self, file: Path, line: int, where: str, expected: str) -> None:
        super().__init__(f"{file.name}:{line}: {where or 'the file'}: {expected}")
        self.file = file
        self.line = line
        self.where = where
        self.expected = expected


class UnknownService(CatalogueError):
    """No service of this id is in the catalogue."""

    code = "service-unknown"

    def __init__(self, service_id: str) -> None:
        super().__init__(f"no service {service_id!r} in the catalogue")
        self.service_id = service_id


class UnknownOffice(CatalogueError):
    """No office of this id is in the catalogue."""

    code = "office-unknown"

    def __init__(self, office_id: str) -> None:
        super().__init__(f"no office {office_id!r} in the catalogue")
        self.office_id = office_id


class NoOfficeOfBody(UnknownOffice):
    """No office of this body works for a provider."""

    def __init__(self, office_id: str, body: str) -> None:
        super().__init__(f"{body} of {office_id}")
        self.body = body
