"""The office is proposed by the registered address, and the choice is kept with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from gateway.flows.errors import ApplicationUnknown, FlowError
from gateway.flows.office_choice import Finding, Standing, Why
from gateway.flows.registered_address import AddressSilent, RegisteredPlace
from gateway.journal import Kind
from tests.integration.flows.town import ALMATY, IIN, KARAGANDA, OTHER_IIN, Town

TEMIRTAU = "temirtau-employment"


@dataclass
class GivenAddresses:
    """Registered addresses as a test has them; whom it asked about stands in `asked`."""

    places: dict[str, RegisteredPlace] = field(default_factory=dict)
    silent: bool = False
    asked: list[str] = field(default_factory=list)

    async def place_of(self, number):
        self.asked.append(str(number))
        if self.silent:
            raise AddressSilent("no answer")
        return self.places.get(str(number))


@pytest.fixture
def addresses():
    return GivenAddresses({IIN: RegisteredPlace(district="1930403")})


@pytest.fixture
async def town(new_store, clock, addresses):
    return await Town.build(new_store, clock, addresses=addresses)


async def begun(town, account, service=KARAGANDA):
    return await town.rooms.flow.process_3_select_service(account, service, session="s")


async def kept(town, number):
    return dict(await town.store.database.fetchrow("SELECT * FROM office_choice WHERE application = $1", number))


async def test_the_office_of_the_registered_district_is_proposed_and_its_choice_says_why(town, account, addresses):
    offices, number = town.rooms.offices, await begun(town, account)
    application = await town.rooms.cabinet.application(account.id, number)
    assert await offices.is_open(application)
    found = await offices.process_3_find_office(account.id, number, consent=True)
    assert found == Standing(Finding.FOUND, proposed=TEMIRTAU)
    assert addresses.asked == [IIN]
    assert await offices.is_open(application), "what is proposed is not chosen yet"
    chosen = await offices.process_3_choose_office(account.id, number, TEMIRTAU)
    assert chosen.why is Why.REGISTERED_ADDRESS
    application = await town.rooms.cabinet.application(account.id, number)
    assert application.office == TEMIRTAU
    assert not await offices.is_open(application)
    row = await kept(town, number)
    assert (row["place"], row["proposed"], row["chosen"]) == ("1930403", TEMIRTAU, TEMIRTAU)
    assert row["consented_at"] == row["found_at"] == town.store.clock.now()


async def test_the_trail_says_which_office_and_why_and_nothing_of_the_address(town, account):
    number = await begun(town, account)
    await town.rooms.offices.process_3_find_office(account.id, number, consent=True)
    await town.rooms.offices.process_3_choose_office(account.id, number, TEMIRTAU)
    trail = await town.rooms.journal.trail(number)
    notes = [event for event in trail if event.step.kind is Kind.NOTE]
    assert [dict(event.step.facts) for event in notes] == [
        {"step": "office chosen", "office": TEMIRTAU, "why": "registered-address"}
    ]
    assert notes[0].actor.startswith("applicant:")


async def test_another_office_than_the_proposed_one_is_the_applicants_own_choice(town, account):
    number = await begun(town, account)
    await town.rooms.offices.process_3_find_office(account.id, number, consent=True)
    chosen = await town.rooms.offices.process_3_choose_office(account.id, number, "karaganda-employment")
    assert (chosen.proposed, chosen.chosen, chosen.why) == (TEMIRTAU, "karaganda-employment", Why.OWN_CHOICE)


@pytest.mark.parametrize(
    "case",
    [
        (None, True, Finding.SILENT, Why.SILENT),
        (None, False, Finding.NO_ADDRESS, Why.NO_ADDRESS),
        (RegisteredPlace(district="1971403"), False, Finding.NO_OFFICE, Why.NO_OFFICE),
    ],
)
async def test_where_nothing_is_found_the_applicant_chooses_and_it_is_kept_why(town, account, addresses, case):
    place, addresses.silent, finding, why = case
    addresses.places = {} if place is None else {IIN: place}
    number = await begun(town, account)
    found = await town.rooms.offices.process_3_find_office(account.id, number, consent=True)
    assert found == Standing(finding)
    chosen = await town.rooms.offices.process_3_choose_office(account.id, number, "bukhar-zhyrau-employment")
    assert chosen.why is why


async def test_nobody_asks_without_the_consent_that_the_act_wants(town, account, addresses):
    number = await begun(town, account)
    with pytest.raises(ValueError, match="consent"):
        await town.rooms.offices.process_3_find_office(account.id, number, consent=False)
    assert addresses.asked == []
    chosen = await town.rooms.offices.process_3_choose_office(account.id, number, TEMIRTAU)
    assert (chosen.finding, chosen.why) == (Finding.NOT_ASKED, Why.OWN_CHOICE)


async def test_where_the_act_asks_for_no_consent_none_is_noted(town, account):
    number = await begun(town, account, "local-social-assistance")
    await town.rooms.offices.process_3_find_office(account.id, number, consent=False)
    assert (await kept(town, number))["consented_at"] is None


async def test_an_organisation_is_found_by_its_place_of_kato(town, account, addresses):
    addresses.places = {IIN: RegisteredPlace(territory="354053100")}
    number = await begun(town, account)
    found = await town.rooms.offices.process_3_find_office(account.id, number, consent=True)
    assert found.proposed == "bukhar-zhyrau-employment"


async def test_one_provider_is_no_question(town, account, addresses):
    number = await begun(town, account, ALMATY)
    application = await town.rooms.cabinet.application(account.id, number)
    assert not await town.rooms.offices.is_open(application)
    assert not town.rooms.offices.is_asked(town.rooms.catalogue.service(ALMATY))
    assert addresses.asked == []


async def test_without_a_registry_there_is_no_such_step(new_store, clock):
    town = await Town.build(new_store, clock)
    assert not town.rooms.offices.is_asked(town.rooms.catalogue.service(KARAGANDA))


async def test_an_office_that_does_not_provide_the_service_is_refused(town, account):
    number = await begun(town, account)
    for office in ("almaty-education", "kokpekti-akim", "nowhere"):
        with pytest.raises(FlowError, match="service-not-on-this-channel"):
            await town.rooms.offices.process_3_choose_office(account.id, number, office)
    assert await town.rooms.offices.standing(number) is None


async def test_another_ones_application_is_unknown(town, account, addresses):
    stranger = await town.register(OTHER_IIN)
    number = await begun(town, account)
    with pytest.raises(ApplicationUnknown):
        await town.rooms.offices.process_3_find_office(stranger.id, number, consent=True)
    with pytest.raises(ApplicationUnknown):
        await town.rooms.offices.process_3_choose_office(stranger.id, number, TEMIRTAU)
    assert addresses.asked == []


async def test_choosing_another_office_takes_the_chosen_certificate_back(town, account, key):
    number = await town.ready(KARAGANDA, account, key)
    assert (await town.rooms.cabinet.application(account.id, number)).certificate is not None
    await town.rooms.offices.process_3_choose_office(account.id, number, TEMIRTAU)
    application = await town.rooms.cabinet.application(account.id, number)
    assert (application.office, application.certificate, application.draft) == (TEMIRTAU, None, None)


async def test_a_sent_application_keeps_its_office(town, account, key):
    number = await town.accepted(KARAGANDA, account, key)
    with pytest.raises(FlowError, match="not-editable"):
        await town.rooms.offices.process_3_choose_office(account.id, number, TEMIRTAU)
    with pytest.raises(FlowError, match="not-editable"):
        await town.rooms.offices.process_3_find_office(account.id, number, consent=True)
