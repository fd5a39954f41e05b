from dataclasses import replace
from datetime import date

import pytest
from lxml import etree

from gateway.registries.gbdul_messages import NAMESPACE, build_question, read_answer
from gateway.shep.elements import Malformed
from simulators.gbdul.answer import NOT_FOUND, PROCESSED, build_answer
from simulators.population import Population, cast
from tests.unit.registries.country import assert_of_schema

POPULATION = Population.generate(seed=11, size=120)
PARTNERSHIP = POPULATION.organisation(cast.ORGANISATIONS["partnership"].bin)


def answer(organisation, result=PROCESSED):
    head = None if organisation is None else POPULATION.person(organisation.head)
    return etree.fromstring(build_answer(organisation, head=head, result=result))


def test_the_question_is_of_the_schema_and_names_who_asks():
    root = etree.fromstring(build_question(PARTNERSHIP.bin, requestor=cast.GBDUL_OWNER.bin))
    assert_of_schema(root, "gbdul/gbdul.xsd")
    assert (root.findtext("RequestorBIN"), root.findtext("BIN")) == (cast.GBDUL_OWNER.bin, PARTNERSHIP.bin)


@pytest.mark.parametrize("organisation", POPULATION.organisations, ids=lambda one: one.bin.masked)
def test_every_organisation_comes_out_of_an_answer_as_the_population_has_it(organisation):
    root = answer(organisation)
    assert_of_schema(root, "gbdul/gbdul.xsd")
    read = read_answer(root)
    assert read.status.code == "002"
    found = read.organisation
    assert found is not None
    assert (found.bin, found.name_kk, found.name_ru) == (organisation.bin, organisation.name_kk, organisation.name_ru)
    assert found.registered_on == organisation.registered_on
    assert found.leader is not None
    assert found.leader.iin == organisation.head
    assert found.address is not None
    assert found.address.kato == organisation.address.locality.kato


def test_a_liquidated_organisation_says_when():
    closed = replace(PARTNERSHIP, liquidated_on=date(2025, 5, 5))
    root = answer(closed)
    assert_of_schema(root, "gbdul/gbdul.xsd")
    found = read_answer(root).organisation
    assert found is not None
    assert (found.liquidated_on, found.status.code) == (date(2025, 5, 5), "2")


def test_an_answer_about_nobody_has_no_organisation():
    root = answer(None, NOT_FOUND)
    assert_of_schema(root, "gbdul/gbdul.xsd")
    assert read_answer(root).organisation is None


def test_both_root_names_are_read_and_no_other():
    root = answer(PARTNERSHIP)
    root.tag = f"{{{NAMESPACE}}}Response"
    assert read_answer(root).organisation
    root.tag = f"{{{NAMESPACE}}}Request"
    with pytest.raises(Malformed):
        read_answer(root)


def test_a_bin_that_is_none_is_refused():
    root = answer(PARTNERSHIP)
    root.find("Organization/BIN").text = cast.PEOPLE["applicant-karaganda"].iin
    with pytest.raises(Malformed):
        read_answer(root)
