"""Bad input at the windows of the State Corporation: each with its status, its code, its words, and what may change."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from gateway.catalogue.acceptance import Representation
from gateway.clock import ALMATY
from gateway.courier.errors import RegisterCode
from gateway.flows.arm.errors import ArmCode
from gateway.flows.arm.handing_over_errors import HandOverCode
from tests.integration.bad_input.unchanged import differing, everything
from tests.integration.bad_input.windows import Bad, Tried, Try, Windows, listed
from tests.integration.flows_arm.decided import ASSISTANCE, ELSEWHERE, HERE, OFFICES, STRANGER
from tests.integration.flows_arm.hall import APPLICANT, CATALOGUE, CERTIFICATE, DEAD

FIND, SEARCH = ("/", "/find"), ("/hand-over", "/hand-over")
"""A field of barcodes: the page on which it stands, and where it sends them."""
FOREIGN = {
    "five digits": "12345",
    "an IIN": str(APPLICANT),
    "the EAN-13 of goods": "4870001234567",
    "the Code 128 of a parcel": "RB123456785KZ",
    "an application of the portal": "71000000000017",
    "a paper of a provider's counter": "72000000000017",
    "two receipts at once": "7300000000001773000000000024",
}


# Barcodes


def scanned(field: tuple[str, str], code: str) -> Tried:
    async def tried(_: Windows) -> Try:
        return Try(*field, {"code": code}, {"number": code})

    return tried


def found_elsewhere(field: tuple[str, str]) -> Tried:
    """The receipt of another department's application."""

    async def tried(windows: Windows) -> Try:
        return Try(*field, {"code": await windows.decided(ELSEWHERE)}, {"place": CATALOGUE.office(ELSEWHERE).name})

    return tried


async def page_elsewhere(windows: Windows) -> Try:
    return Try(f"/intakes/{await windows.decided(ELSEWHERE)}", facts={"place": CATALOGUE.office(ELSEWHERE).name})


async def register_of(windows: Windows, department: str) -> tuple[str, str]:
    """A register of results that came to a department, and the one application that it lists."""
    number = await windows.decided(department, medium="courier")
    register = f"75{number[2:]}"
    await windows.department.bring_results([number], register, department=department, office=OFFICES[department])
    return register, number


def scanned_in_a_register(code: str) -> Tried:
    async def tried(windows: Windows) -> Try:
        register, _ = await register_of(windows, HERE)
        return Try(f"/registers/{register}", f"/registers/{register}/scan", {"code": code}, {"number": code})

    return tried


async def package_elsewhere(windows: Windows) -> Try:
    """Another department's package in the register of this one."""
    register, _ = await register_of(windows, HERE)
    code = await windows.decided(ELSEWHERE, medium="courier")
    facts = {"number": code, "name": CATALOGUE.office(ELSEWHERE).name}
    return Try(f"/registers/{register}", f"/registers/{register}/scan", {"code": code}, facts)


def register_in_the_field_of_a_receipt(field: tuple[str, str]) -> Tried:
    async def tried(windows: Windows) -> Try:
        register, _ = await register_of(windows, HERE)
        return Try(*field, {"code": register})

    return tried


async def register_elsewhere(windows: Windows) -> Try:
    register, _ = await register_of(windows, ELSEWHERE)
    return Try(*FIND, {"code": register}, {"number": register, "name": CATALOGUE.office(ELSEWHERE).name})


BARCODES = (
    *(
        Bad(f"{what}: {field[1]}", scanned(field, code), 400, ArmCode.NOT_A_NUMBER)
        for what, code in FOREIGN.items()
        for field in (FIND, SEARCH)
    ),
    Bad("a number that never was: find", scanned(FIND, "73999999999999"), 400, ArmCode.NO_SUCH_INTAKE),
    Bad("a number that never was: hand-over", scanned(SEARCH, "73999999999999"), 400, ArmCode.NO_SUCH_INTAKE),
    Bad("a register that never was", scanned(FIND, "74999999999999"), 400, RegisterCode.UNKNOWN),
    Bad("another department's receipt: find", found_elsewhere(FIND), 400, ArmCode.OTHER_DEPARTMENT),
    Bad("another department's receipt: hand-over", found_elsewhere(SEARCH), 400, ArmCode.OTHER_DEPARTMENT),
    Bad("another department's application by its address", page_elsewhere, 409, ArmCode.OTHER_DEPARTMENT),
    Bad("another department's register", register_elsewhere, 400, RegisterCode.ELSEWHERE),
    Bad("a register for a receipt", register_in_the_field_of_a_receipt(SEARCH), 400, ArmCode.NOT_A_NUMBER),
    Bad("goods in a register", scanned_in_a_register("4870001234567"), 400, RegisterCode.NOT_A_NUMBER),
    Bad("an unknown package in a register", scanned_in_a_register("73999999999999"), 400, RegisterCode.PACKAGE_UNKNOWN),
    Bad("another department's package in a register", package_elsewhere, 400, RegisterCode.PACKAGE_ELSEWHERE),
)


# A receipt already served, or not to be served yet


def shown(number: str, to: str = "applicant", **others: str) -> dict[str, str]:
    """The form of the hand-over, filled in."""
    identity = {"identity_kind": "identity-card", "identity_number": str(APPLICANT)}
    return {"code": number, "to": to, **identity, "signed": "yes", **others}


def served_receipt(field: tuple[str, str], day: str) -> Tried:
    async def tried(windows: Windows) -> Try:
        number = await windows.decided()
        await (await windows.results()).hand_over(number)
        handed = windows.clock.now().astimezone(ZoneInfo(ALMATY))
        return Try(*field, {"code": number}, {"day": handed.strftime(day)})

    return tried


async def served_meanwhile(windows: Windows) -> Try:
    """A colleague handed the result over while the page of the hand-over stood open."""
    number, results = await windows.decided(), await windows.results()
    handed = windows.clock.now().astimezone(ZoneInfo(ALMATY)).strftime("%d.%m.%Y %H:%M")
    return Try(
        f"/hand-over/{number}",
        f"/hand-over/{number}",
        shown(number),
        {"day": handed},
        meanwhile=lambda: results.hand_over(number, operator=results.colleague),
    )


async def not_decided(windows: Windows) -> Try:
    return Try(*SEARCH, {"code": await windows.taken_in()})


async def on_its_way(windows: Windows) -> Try:
    return Try(*SEARCH, {"code": await windows.decided(medium="courier")})


RECEIPTS = (
    Bad("served already: find", served_receipt(FIND, "%d.%m.%Y"), 200, ArmCode.ALREADY_HANDED_OVER),
    Bad("served already: hand-over", served_receipt(SEARCH, "%d.%m.%Y %H:%M"), 400, ArmCode.ALREADY_HANDED_OVER),
    Bad("served while the page stood open", served_meanwhile, 409, ArmCode.ALREADY_HANDED_OVER),
    Bad("no result yet", not_decided, 400, ArmCode.RESULT_NOT_READY),
    Bad("the courier still carries the result", on_its_way, 400, HandOverCode.PAPER_ON_ITS_WAY),
)


# Another person than on the receipt


def received_by(to: str, number: object, service: str = ASSISTANCE, **power: str) -> Tried:
    async def tried(windows: Windows) -> Try:
        receipt = await windows.decided(service=service)
        page = f"/hand-over/{receipt}"
        rule = Representation.NONE if service == WITHOUT_POWERS else Representation.ANY
        return Try(page, page, shown(receipt, to, identity_number=str(number), **power), rule=rule)

    return tried


async def by_anothers_receipt(windows: Windows) -> Try:
    number, other = await windows.decided(), await windows.decided()
    return Try(f"/hand-over/{number}", f"/hand-over/{number}", shown(other))


WITHOUT_POWERS = "birth-registration"
TOMORROW = {"power_kind": "simple", "power_number": "7", "power_date": "03.03.2026"}
PERSONS = (
    Bad("another than the applicant", received_by("applicant", STRANGER), 400, ArmCode.OTHER_PERSON),
    Bad(
        "a representative where the act has none",
        received_by("representative", STRANGER, WITHOUT_POWERS),
        400,
        ArmCode.OTHER_PERSON,
    ),
    Bad("a representative without a power", received_by("representative", STRANGER), 400, HandOverCode.POWER_NEEDED),
    Bad(
        "a power of tomorrow",
        received_by("representative", STRANGER, **TOMORROW),
        400,
        HandOverCode.POWER_NOT_YET,
    ),
    Bad("the receipt of another application", by_anothers_receipt, 400, HandOverCode.OTHER_RECEIPT),
)
IN_THE_SAMPLE = ("the EAN-13 of goods: /find", "served while the page stood open", "another than the applicant")


@pytest.mark.parametrize("bad", listed(*BARCODES, *RECEIPTS, *PERSONS, sample=IN_THE_SAMPLE))
async def test_bad_input_is_told_of_and_changes_nothing(windows: Windows, bad: Bad) -> None:
    await windows.refuses(bad)


# A dead person


@pytest.mark.parametrize(
    ("language", "words"),
    [("kk", "адам қайтыс болған"), ("ru", "человек умер"), ("en", "the person is dead")],
)
async def test_from_the_dead_nothing_is_taken_in(windows: Windows, language: str, words: str) -> None:
    """The intake ends with process 4: what changes is this application, with its trail and nothing else."""
    window = await windows.window(await windows.operator())
    await window.get(f"/?lang={language}")
    number = await window.begin(CERTIFICATE)
    before = await everything(windows.hall.store)
    page = await window.enter(number, CERTIFICATE, applicant_number=str(DEAD))
    assert (window.status, window.path) == (200, f"/intakes/{number}")
    assert words in page
    assert f"/intakes/{number}/no-data.pdf" in page, "the message to be given"
    assert differing(before, await everything(windows.hall.store)) == {"application", "intake", "event"}
    assert windows.hall.sent.sent == []
