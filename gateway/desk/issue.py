"""How a case ends: its signers sign the result in their order, it is registered and handed over.

Where nothing is left for the desk after the last signature, the case ends with it (`gateway.desk.ending`). What goes
to the State Corporation on paper is handed over by its entry in a courier's register.
"""

from __future__ import annotations

from gateway.catalogue import Catalogue, Verb
from gateway.courier.notes import REGISTER
from gateway.desk.case import Case
from gateway.desk.cases import Cases
from gateway.desk.courier_results import ReadyResult
from gateway.desk.ending import Ending
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.permissions import check_turn
from gateway.desk.places import next_signer
from gateway.desk.ports import Signatures
from gateway.desk.staff import StaffMember
from gateway.desk.telling import Telling
from gateway.desk.turns import Turns
from gateway.eds.canonical import canonical_document
from gateway.eds.codes import Status
from gateway.identity.numbers import Bin
from gateway.store import Store
from gateway.store.database import Connection

_SIGNED = "UPDATE casefile SET signed_result = $2, signatures = signatures + 1 WHERE number = $1"


class Issue:
    """Signature and hand-over."""

    def __init__(
        self,
        *,
        store: Store,
        catalogue: Catalogue,
        cases: Cases,
        turns: Turns,
        telling: Telling,
        ending: Ending,
        signatures: Signatures,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._cases = cases
        self._turns = turns
        self._telling = telling
        self._ending = ending
        self._signatures = signatures

    async def sign(self, member: StaffMember, number: str, *, version: int, signed: bytes) -> Case:
        """The signer in turn signs what was drafted, as the one before left it; `signed` comes from their browser.

        Raises `DeskError` SIGNATURE_INVALID, SIGNATURE_UNDETERMINED (try again: nothing is refused) or NOT_THE_DRAFT.
        """
        case = await self._cases.get(member, number)
        if case.version == version:
            check_turn(case, member, Verb.SIGN)
            signed = await self._judge(member, case, signed)

        async def change(conn: Connection, case: Case) -> None:
            digest = await self._store.blobs.put(conn, signed, media_type="application/xml")
            await conn.execute(_SIGNED, number, digest)
            facts = {"document": digest}
            signed_case = await self._turns.read(conn, number)
            if next_signer(self._catalogue, signed_case) is None:
                await self._turns.advance(conn, case, member, facts=facts)
                if self._ending.is_next(signed_case):
                    await self._ending.end(conn, signed_case, signed, member)
                return
            await self._telling.note(conn, case, {"verb": Verb.SIGN.value, **facts}, actor=member.actor)
            await self._turns.stand(conn, signed_case, case.position, due=case.due_at)

        return await self._turns.take(member, number, version, Verb.SIGN, change)

    async def needs_register(self, case: Case) -> bool:
        """Tell whether a case waits for the entry of its result in a courier's register."""
        return await self._ending.goes_with_register(self._store.database, case)

    async def hand_over_with(
        self, conn: Connection, member: StaffMember, result: ReadyResult, document: bytes | None, register: str
    ) -> None:
        """The result is entered in a courier's register: by that it is handed over, in the register's transaction.

        `document` is the signed result; of what was given before, and is only carried again, it is not asked for.
        Raises `DeskError` for a result that is not the member's to give.
        """
        if result.verb is None:
            return
        assert document is not None

        async def change(conn: Connection, case: Case) -> None:
            await self._turns.advance(conn, case, member, facts={REGISTER: register})
            await self._ending.end(conn, case, document, member, register=register)

        await self._turns.take(member, result.number, result.version, result.verb, change, conn=conn)

    async def hand_over(self, member: StaffMember, number: str, *, version: int) -> Case:
        """The signed result is registered and handed over: on the portal the RESPONSE, with the flow's last step.

        Raises `DeskError` BY_REGISTER for a result that goes with a courier's register.
        """
        document = await self._ending.document(number)

        async def change(conn: Connection, case: Case) -> None:
            await self._turns.advance(conn, case, member)
            await self._ending.end(conn, case, document, member)

        return await self._turns.take(member, number, version, Verb.HAND_OVER, change)

    async def _judge(self, member: StaffMember, case: Case, signed: bytes) -> bytes:
        """Return the signed result with the evidence that it was judged by."""
        office = self._catalogue.office(member.office)
        judged = await self._signatures.of_official(
            signed, iin=member.iin, bin_=Bin(office.bin), role=member.role, earlier=case.signatures
        )
        if judged.status is Status.UNDETERMINED:
            raise DeskError(DeskCode.SIGNATURE_UNDETERMINED, why=judged.text)
        if judged.status is not Status.VALID or judged.covered is None:
            raise DeskError(DeskCode.SIGNATURE_INVALID, why=judged.text)
        before = case.signed_result if case.is_partly_signed else case.draft
        if before is None or judged.covered != canonical_document(await self._store.blobs.get(before)):
            raise DeskError(DeskCode.NOT_THE_DRAFT)
        return signed if judged.keep is None else await judged.keep()
