"""What belongs to another is not there: applications, drafts, documents, results, cases. A wrong role does nothing."""

import re

import pytest
from lxml import etree
from yarl import URL

from simulators.population.cast import PEOPLE
from tests.acceptance.hostile.cast import GUARDIAN, INTRUDER, KARAGANDA, VICTIM, official, signed_in
from tests.acceptance.hostile.routes import filled, routes_of
from tests.acceptance.hostile.visitor import Visitor, visitor

ONCE = "y" * 32


def told_of(person, text):
    """What a page says of a person that it should not."""
    one = PEOPLE[person]
    words = [str(one.iin), *one.full_name_kk.split(), *one.full_name_ru.split()]
    return [word for word in words if word.casefold() in text.casefold()]


def addresses(site, method, **fields):
    """Return the addresses of a site with an application's number in them; a register of couriers has another's."""
    named = (one for one in routes_of(site, method) if "{number}" in one and not one.startswith("/courier/"))
    return [filled(one, **fields) for one in named]


async def test_another_applicants_application_is_not_there_by_any_address(country, scene):
    async with signed_in(country, INTRUDER) as intruder, country.unchanged():
        one = Visitor.behind(country, "portal", intruder.browser)
        await one.look("/services/" + KARAGANDA)
        for number, person in ((scene.issued, VICTIM), (scene.ready, VICTIM), (scene.at_sign, GUARDIAN)):
            for document in ("identity-document", "guardianship-decision", "1"):
                paths = addresses("portal", "GET", number=number, document=document)
                assert len(paths) >= 12
                for path in paths:
                    answer = await one.get(path)
                    assert answer.status == 404, path
                    assert told_of(person, answer.text) == []
                    assert await same_as_unknown(one, path, number, answer)
            for path in addresses("portal", "POST", number=number):
                one.once = ONCE
                answer = await one.post(path, {"document": "identity-document", "certificate": "x", "signed": "AAAA"})
                assert answer.status == 404, path


async def same_as_unknown(one, path, number, answer):
    """An application of another is answered as one that never was."""
    unknown = await one.get(path.replace(number, "79999999999999"))
    return _words(unknown) == _words(answer)


def _words(answer):
    return re.sub(r"[0-9a-f]{8}|7\d{13}|value=\"[^\"]*\"", "", answer.text)


async def test_another_applicants_answers_are_not_taken_over(country, scene):
    async with signed_in(country, INTRUDER) as intruder, country.unchanged():
        one = Visitor.behind(country, "portal", intruder.browser)
        await one.look(f"/services/{KARAGANDA}")
        answer = await one.post(f"/services/{KARAGANDA}/apply", {"like": scene.issued})
        assert answer.status == 404


@pytest.mark.parametrize("site", ["portal", "desk"])
async def test_whoever_is_not_signed_in_sees_nothing_of_anybody(country, scene, site):
    async with visitor(country, site) as one, country.unchanged():
        for method in ("GET", "POST"):
            for number in (scene.issued, scene.at_sign):
                paths = addresses(site, method, number=number, document="identity-document", ordinal="1")
                for path in (*paths, "/cabinet" if site == "portal" else "/cases"):
                    if method == "GET":
                        answer = await one.get(path)
                    else:
                        one.once = ONCE
                        answer = await one.post(path, {"version": "1"})
                    assert answer.status in {303, 405}, path
                    if answer.status == 303:
                        assert answer.header("Location").startswith("/sign-in")


@pytest.mark.parametrize(
    ("member", "number", "person"),
    [
        ("karaganda-clerk", "at_sign", GUARDIAN),
        ("karaganda-head", "at_sign", GUARDIAN),
        ("karaganda-executor", "at_sign", GUARDIAN),
        ("almaty-head", "issued", VICTIM),
        ("almaty-executor", "issued", VICTIM),
    ],
)
async def test_another_offices_case_is_not_there_by_any_address(country, scene, member, number, person):
    number = getattr(scene, number)
    async with official(country, member) as stranger, country.unchanged():
        one = Visitor.behind(country, "desk", stranger.browser)
        await one.look("/cases")
        gets = addresses("desk", "GET", number=number, ordinal="1", register="gbdfl")
        posts = addresses("desk", "POST", number=number)
        assert len(gets) >= 7
        assert len(posts) >= 9
        for path in gets:
            answer = await one.get(path)
            assert answer.status == 404, path
            assert told_of(person, answer.text) == []
        for path in posts:
            for version in ("1", "2", "3", "4", "5"):
                one.once = ONCE
                fields = {
                    "version": version,
                    "executor": "1",
                    "new_executor": "1",
                    "conform": "yes",
                    "result": "certificate",
                    "act": "x",
                }
                answer = await one.post(path, {**fields, "signed": "AAAA"})
                assert answer.status == 404, path
        for query in (number, number[:4], "7", "%", "_", "' OR 1=1 --", str(PEOPLE[person].iin)):
            for state in ("open", "closed", "x"):
                async with stranger.browser._http.get(
                    f"{country.at('desk')}/cases", params={"q": query, "state": state}
                ) as found:
                    text = await found.text()
                assert f"/cases/{number}" not in text
                assert told_of(person, text.replace(query, "")) == []


@pytest.mark.parametrize("member", ["almaty-clerk", "almaty-executor"])
async def test_a_colleague_of_another_role_reads_the_case_and_does_nothing_to_it(country, scene, member):
    async with official(country, member) as colleague, country.unchanged():
        one = Visitor.behind(country, "desk", colleague.browser)
        page = await one.look(f"/cases/{scene.at_sign}")
        assert page.status == 200
        verbs = set(re.findall(rf'action="/cases/{scene.at_sign}/([a-z-]+)"', page.text))
        assert verbs == set()
        ((version,),) = await country.fetch("SELECT version FROM desk.casefile WHERE number = $1", scene.at_sign)
        for path in addresses("desk", "POST", number=scene.at_sign):
            one.once = ONCE
            fields = {
                "executor": "1",
                "new_executor": "1",
                "conform": "yes",
                "result": "certificate",
                "return_reason": "x",
            }
            fields |= {"signed": "AAAA", "assign_reason": "x", "act": "x"}
            answer = await one.post(path, {"version": str(version), **fields})
            assert answer.status in {400, 403, 409}, path


async def test_the_head_does_only_what_is_the_heads_turn(country, scene):
    ((version,),) = await country.fetch("SELECT version FROM desk.casefile WHERE number = $1", scene.at_sign)
    async with official(country, "almaty-head") as head, country.unchanged():
        one = Visitor.behind(country, "desk", head.browser)
        await one.look(f"/cases/{scene.at_sign}")
        for path in addresses("desk", "POST", number=scene.at_sign):
            if path.endswith(("/return", "/claim")):
                continue  # the head's to do
            one.once = ONCE
            fields = {"executor": "999999", "new_executor": "999999", "conform": "yes", "result": "certificate"}
            fields |= {"signed": "AAAA", "assign_reason": "x", "act": "x"}
            answer = await one.post(path, {"version": str(version), **fields})
            assert answer.status in {400, 403, 409}, path
        for wrong in ("", "-1", "99999999999999999999", "1e3", "٣", "1\n2", "0x1", str(version + 1)):
            one.once = ONCE
            answer = await one.post(f"/cases/{scene.at_sign}/return", {"version": wrong, "return_reason": "x"})
            assert answer.status in {400, 409}, wrong


async def test_an_applicants_own_files_are_saved_and_never_shown(country, scene):
    async with signed_in(country, GUARDIAN) as guardian:
        one = Visitor.behind(country, "portal", guardian.browser)
        for document in ("identity-document", "guardianship-decision"):
            answer = await one.get(f"/cabinet/{scene.at_sign}/documents/{document}")
            assert answer.status == 200
            assert answer.header("Content-Disposition").startswith("attachment;")
            assert answer.header("Content-Type") == "application/pdf"
            assert answer.header("X-Content-Type-Options") == "nosniff"
        for document in ("..%2f..%2fetc", "%00", "1", "identity-document%00", "a" * 2000):
            assert (await one.get(f"/cabinet/{scene.at_sign}/documents/{document}")).status == 404


async def document_code(country, number):
    ((name, digest),) = await country.fetch(
        "SELECT number, sha256 FROM channels.issued_document WHERE application = $1", number
    )
    return name, digest


async def test_the_verification_page_tells_of_a_document_and_of_nobody(country, scene):
    name, digest = await document_code(country, scene.issued)
    async with visitor(country) as one:
        answer = await one.get(f"/verify/{name}?d={digest[:32]}")
        assert answer.status == 200
        assert told_of(VICTIM, answer.text) == []
        assert scene.issued not in answer.text
        by_form = await one.get(f"/verify?number={name}&d={digest}")
        assert told_of(VICTIM, by_form.text) == []


async def test_the_verification_page_is_no_way_to_guess(country, scene):
    name, digest = await document_code(country, scene.issued)
    wrong = "0" * 64 if digest[0] != "0" else "1" * 64
    guesses = [
        (name, wrong),
        (name, digest[:15]),
        (name, ""),
        (name, digest[1:]),
        (name, digest[:16] + "%"),
        ("0000-2026-000001", digest),
        (name + "'", digest),
        (scene.issued, digest),
        ("%", digest),
    ]
    async with visitor(country) as one:
        shown = set()
        for number, code in guesses:
            address = URL("/verify").with_query(number=number, d=code)
            answer = await one.get(str(address))
            assert answer.status == 404, (number, code)
            shown.add(re.sub(r"value=\"[^\"]*\"|href=\"\?[^\"]*\"|[0-9a-f]{8}", "", answer.text))
        assert len(shown) == 1


async def test_a_result_says_whose_it_is_only_to_its_owner(country, scene):
    async with signed_in(country, VICTIM) as victim:
        one = Visitor.behind(country, "portal", victim.browser)
        xml = await one.get(f"/cabinet/{scene.issued}/result.xml")
        assert str(PEOPLE[VICTIM].iin) in xml.text
        assert etree.fromstring(xml.body) is not None
        pdf = await one.get(f"/cabinet/{scene.issued}/result.pdf")
        assert pdf.body.startswith(b"%PDF-")
