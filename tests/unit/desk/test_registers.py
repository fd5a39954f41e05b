from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

import pytest

from gateway.desk.ports import FileGone, NotOnRecord, RegisterSilent, StateRecord, StoreSilent
from gateway.desk.registers import PersonsOnRecord, StoredFiles
from gateway.identity.numbers import Iin, check_digit
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.outcome import Absent, Entry, Found
from gateway.registries.person import Person, Place
from gateway.registries.tempstorage import FileGone as Gone
from gateway.registries.tempstorage import FileIdentifier, StoredFile
from gateway.registries.tempstorage_messages import FileStatus

IIN = Iin("90051510003" + (check_digit("90051510003") or ""))
EVIDENCE = SimpleNamespace(document=b"<signed/>")


def entry(code: str) -> Entry:
    return Entry(code, f"ru {code}", f"kk {code}")


def person(**changed: object) -> Person:
    values: dict[str, object] = {
        "iin": IIN,
        "surname": "ЖАППАРОВА",
        "name": "ӘЙГҮЛ",
        "patronymic": None,
        "latin_name": None,
        "latin_surname": None,
        "birth_date": date(1990, 5, 15),
        "death_date": None,
        "sex": entry("2"),
        "nationality": entry("005"),
        "citizenship": entry("398"),
        "life_status": entry("0"),
        "birth_place": Place(),
        "address": None,
        "capability": None,
        "exclusion": None,
        "documents": (),
        "other_addresses": (),
        "removed": False,
    }
    return Person(**(values | changed))  # type: ignore[arg-type]


@dataclass
class Registry1:
    answer: object

    async def person(self, iin: Iin) -> object:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def ask(answer: object) -> StateRecord | NotOnRecord:
    return await PersonsOnRecord(Registry1(answer)).look_up(IIN)  # type: ignore[arg-type]


async def test_a_person_on_record_comes_with_the_signed_answer() -> None:
    record = await ask(Found(person(), EVIDENCE))  # type: ignore[arg-type]
    assert isinstance(record, StateRecord)
    assert record.answer == b"<signed/>"
    assert record.facts["full_name"] == "ЖАППАРОВА ӘЙГҮЛ"
    assert record.facts["birth_date"] == "1990-05-15"
    assert "death_date" not in record.facts


async def test_a_death_on_record_is_shown_to_the_executor() -> None:
    record = await ask(Found(person(death_date=date(2020, 1, 1), life_status=entry("1")), EVIDENCE))  # type: ignore[arg-type]
    assert isinstance(record, StateRecord)
    assert record.facts["death_date"] == "2020-01-01"
    assert record.facts["life_status"] == "kk 1"


@pytest.mark.parametrize("answer", [Absent(entry("1"), EVIDENCE), Found(person(removed=True), EVIDENCE)])  # type: ignore[arg-type]
async def test_absent_and_removed_are_not_on_record(answer: object) -> None:
    assert isinstance(await ask(answer), NotOnRecord)


@pytest.mark.parametrize("code", UnavailableCode)
async def test_no_answer_is_never_an_absence(code: UnavailableCode) -> None:
    with pytest.raises(RegisterSilent) as caught:
        await ask(RegistryUnavailable(Registry.GBDFL, code))
    assert caught.value.code == code.value


async def test_the_temporary_store_tells_gone_from_silent() -> None:
    class Files:
        answer: object = None

        async def download(self, identifier: FileIdentifier) -> object:
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

    identifier = FileIdentifier("11111111-1111-1111-1111-111111111111")
    files = Files()
    stored = StoredFiles(files)  # type: ignore[arg-type]
    files.answer = StoredFile(identifier, b"12345")
    assert await stored.fetch(identifier, max_bytes=5) == b"12345"
    with pytest.raises(FileGone):
        await stored.fetch(identifier, max_bytes=4)
    files.answer = Gone(identifier, FileStatus.EXPIRED)
    with pytest.raises(FileGone):
        await stored.fetch(identifier, max_bytes=5)
    files.answer = RegistryUnavailable(Registry.TEMPSTORAGE, UnavailableCode.NO_ANSWER)
    with pytest.raises(StoreSilent):
        await stored.fetch(identifier, max_bytes=5)


@pytest.mark.parametrize(
    "facts", [{"shep": "timed-out"}, {"shep": "answer-unsigned"}, {"fault": "SCE004"}, {"status": "SCSE003"}]
)
async def test_a_silence_says_whose_failure_it_is_and_nothing_of_the_answer(facts: dict[str, str]) -> None:
    with pytest.raises(RegisterSilent) as caught:
        await ask(RegistryUnavailable(Registry.GBDFL, UnavailableCode.NO_ANSWER, reason="900101300017", **facts))
    assert caught.value.facts == facts
