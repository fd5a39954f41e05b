"""How a case ends: its signers sign the result in their order, it is registered and handed over.

Where nothing is left for the desk after the last signature, the case ends with it (`gateway.desk.ending`).
"""

from __future__ import annotations

from gateway.catalogue import Catalogue, Verb
from gateway.desk.case import Case
from gateway.desk.cases import Cases
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

    async def hand_over(self, member: StaffMember, number: str, *, version: int) -> Case:
        """The signed result is registered and handed over: on the portal the RESPONSE, with the flow's last step."""
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
