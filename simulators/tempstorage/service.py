"""EDS_TEMP_FILES: the four operations over the shelf."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Mapping, Sequence

from gateway.shep.messages import PROCESSED, Payload, PayloadForm, Sender, Status, SyncQuestion
from gateway.shep.participant import SyncReply
from simulators.faults.kinds import Faults
from simulators.tempstorage.answer import build_answer
from simulators.tempstorage.question import Operation, Question, read_question
from simulators.tempstorage.shelf import MAX_FILE_BYTES, Shelf, ShelfStatus, ShelvedFile

SERVICE_ID = "EDS_TEMP_FILES"
BUSINESS_ERROR = Status("SCSE002", "Ошибка бизнес-данных")


class TempStorageService:
    """The store; `credentials` are its own passwords by senderId, apart from those of ЭҮШ."""

    def __init__(self, shelf: Shelf, *, credentials: Mapping[str, str], faults: Faults) -> None:
        self._shelf = shelf
        self._credentials = dict(credentials)
        self._faults = faults

    async def answer(self, question: SyncQuestion, _sender: Sender) -> SyncReply:
        """Answer a question of ЭҮШ; raises `Refused` when it cannot be read."""
        # (1) The question is read and its credentials are compared before any file is touched.
        asked = await asyncio.to_thread(read_question, question.payload)
        await self._faults.delay("")
        if not self._knows(asked):
            return await self._reply(asked, (), ShelfStatus.ACCESS_DENIED)
        # (2) Each file is judged by itself; the whole is OK when every one is.
        files = [file async for file in self._each(asked)]
        statuses = {file.status for _, file in files}
        overall = ShelfStatus.OK if statuses == {ShelfStatus.OK} else next(iter(statuses - {ShelfStatus.OK}))
        return await self._reply(asked, files, overall)

    async def _each(self, asked: Question) -> AsyncIterator[tuple[str, ShelvedFile]]:
        for new in asked.uploads:
            yield new.process_identifier, await self._shelf.put(new, uploader=asked.sender_id)
        room = MAX_FILE_BYTES
        for identifier in asked.identifiers:
            if asked.operation is Operation.DOWNLOAD:
                file = await self._shelf.take(identifier)
                room -= len(file.content or b"")
                if room < 0:
                    file = ShelvedFile(ShelfStatus.TOO_LARGE, identifier, file.facts)
            elif asked.operation is Operation.CONFIRM:
                file = await self._shelf.confirm(identifier, system=asked.sender_id)
            else:
                file = await self._shelf.look(identifier)
            yield identifier, file

    async def _reply(
        self, asked: Question, files: Sequence[tuple[str, ShelvedFile]], overall: ShelfStatus
    ) -> SyncReply:
        answer = await asyncio.to_thread(
            build_answer, asked.operation, files, overall=overall, qualified=asked.qualified
        )
        status = PROCESSED if files else BUSINESS_ERROR
        return SyncReply(Payload(PayloadForm.TYPED, answer), status)

    def _knows(self, asked: Question) -> bool:
        expected = self._credentials.get(asked.sender_id)
        given = asked.password.encode()
        return hmac.compare_digest((expected or "").encode(), given) and expected is not None
