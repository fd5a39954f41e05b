"""Applications of a department that were taken in, refused or decided, laid down as rows on a hall's store."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.catalogue.terms import Channel
from gateway.exchange.acceptance import Power, PowerKind, Representative
from gateway.flows.arm.operators import Operator
from gateway.flows.outcomes import IssuedDocument, Outcomes
from gateway.journal import Kind, Outcome, Step
from tests.integration.flows_arm.hall import APPLICANT, NAME, REPRESENTATIVE, Hall, iin

HERE, ELSEWHERE, IN_ALMATY = "karaganda-corporation", "temirtau-corporation", "almaty-corporation"
ASSISTANCE = "targeted-social-assistance"
"""No numbered flow; the Corporation hands over within 15 minutes (Karaganda act, lines 316-318)."""
STRANGER = iin("85030310012")
NOTARISED = Power(PowerKind.NOTARISED, "4217", None)
OFFICES = {HERE: "karaganda-employment", ELSEWHERE: "temirtau-employment", IN_ALMATY: "almaty-education"}


@dataclass
class Results:
    """The results that came to a department, and the hand-over at its windows."""

    hall: Hall
    operator: Operator
    colleague: Operator

    @classmethod
    async def build(cls, hall: Hall, department: str = HERE) -> Results:
        return cls(hall, await hall.operator(department, 1), await hall.operator(department, 2))

    @property
    def window(self):
        return self.hall.rooms.desk_of_results

    async def taken_in(self, number: str, **options: object) -> str:
        """An application of the Corporation, as process 6 leaves it unless said otherwise."""
        now, database = self.hall.store.clock.now(), self.hall.store.database
        department = str(options.get("department", self.operator.department))
        representative: Representative | None = options.get("representative")
        operator = options.get("operator", self.operator)
        missing = options.get("missing")
        await database.execute(
            "INSERT INTO application (number, channel, service, office, applicant_number, applicant_name, state, "
            "fields, created_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, '{}', $8, $8)",
            number,
            Channel.CORPORATION.value,
            options.get("service", ASSISTANCE),
            options.get("office", OFFICES[department]),
            str(APPLICANT),
            NAME,
            options.get("state", "registered"),
            now,
        )
        await database.execute(
            "INSERT INTO intake (application, department, operator, at_window, typed, representative, medium, finding, "
            "missing, refused_at, created_at) VALUES ($1, $2, $3, $4, '{}', $5, $6, $7, $8, $9, $10)",
            number,
            department,
            operator.id,
            options.get("window", 1),
            representative and representative.to_json(),
            options.get("medium", "electronic"),
            options.get("finding"),
            missing,
            now if missing else None,
            now,
        )
        return number

    async def decided(self, number: str, *, ground: str | None = None, **options: object) -> str:
        """An application whose result came to the department; with a ground, a refusal."""
        options.setdefault("state", "refused" if ground else "issued")
        await self.taken_in(number, **options)
        now, blobs = self.hall.store.clock.now(), self.hall.store.blobs
        async with self.hall.store.database.transaction() as conn:
            xml = await blobs.put(conn, f"<result>{number}</result>".encode(), media_type="application/xml")
            pdf = await blobs.put(conn, f"%PDF {number}".encode(), media_type="application/pdf")
            kind, outcomes = "refusal" if ground else "certificate", Outcomes(self.hall.store.database)
            await outcomes.add_document(
                conn, IssuedDocument(number, f"{number}-R", kind, "provider", xml, pdf, {}, now)
            )
            await outcomes.wait_at_the_windows(conn, number)
            facts = {"step": "result received", "document": f"{number}-R"} | ({"ground": ground} if ground else {})
            step = Step("corporation", Kind.NOTE, 0, Outcome.DONE, facts)
            await self.hall.rooms.journal.record(conn, step, application=number)
        return number

    async def hand_over(self, number: str, **options: object):
        values = {
            "scanned": number,
            "to": "applicant",
            "identity_kind": "identity-card",
            "identity_number": str(APPLICANT),
            "signed": True,
        }
        operator = options.pop("operator", self.operator)
        return await self.window.hand_over(operator, number, **(values | options))

    async def steps(self, number: str) -> list[str]:
        """What the trail says was done, such as `procedure 9 hand-over`."""
        events = await self.hall.rooms.journal.trail(number)
        told = [(event.step, event.step.facts.get("verb") or event.step.facts.get("step") or "") for event in events]
        return [f"{step.kind} {step.number} {said}".strip() for step, said in told]

    async def hand_over_facts(self, number: str) -> dict[str, object]:
        events = await self.hall.rooms.journal.trail(number)
        (facts,) = (event.step.facts for event in events if event.step.facts.get("step") == "result handed over")
        return dict(facts)


def named() -> Representative:
    return Representative(REPRESENTATIVE, "Өкілов Өкіл", NOTARISED)
