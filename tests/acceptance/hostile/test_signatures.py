"""The two places where a signature decides: the applicant's sending, the head's result."""

import base64

import pytest
from lxml import html

from gateway.eds.xmldsig import sign_enveloped
from simulators.population.cast import PEOPLE
from tests.acceptance.hostile.cast import VICTIM, official, signed_in
from tests.acceptance.hostile.signing import entry_key_of, key_of, spoilt
from tests.acceptance.hostile.visitor import Visitor, visitor


def offered(page):
    """The document that the page asks to be signed."""
    (element,) = html.document_fromstring(page.body.decode()).xpath("//*[@data-document]")
    return base64.b64decode(element.get("data-document"))


def refused(answer):
    assert answer.status in {400, 409}, answer.text[:300]
    assert "qz-simulation" in answer.text
    assert "Traceback" not in answer.text


async def test_nothing_but_the_shown_document_signed_by_the_chosen_key_is_sent(country, scene):
    folder = country.installation.folder
    own, other = key_of(folder, f"{VICTIM}-sign"), key_of(folder, "applicant-almaty-sign")
    entry = await entry_key_of(country, VICTIM)
    async with signed_in(country, VICTIM) as victim, country.unchanged(), country.answering():
        one = Visitor.behind(country, "portal", victim.browser)
        path = f"/applications/{scene.ready}/sign"
        draft = offered(await one.look(path))
        tricks = dict(spoilt(draft, own, other))
        tricks["entry key"] = sign_enveloped(draft, entry)
        tricks["an official's key"] = sign_enveloped(draft, key_of(folder, "karaganda-head-sign"))
        for what, document in tricks.items():
            for form in (base64.b64encode(document).decode(), document.decode("utf-8", "replace")):
                if form.startswith("<") and "\x00" in form:
                    continue
                await one.look(path)
                answer = await one.post(path, {"signed": form})
                assert answer.status in {400, 409}, what
                refused(answer)


@pytest.mark.parametrize("value", ["", "%%%", "AAAA", "<", "<" * 5000, "é", "A" * 900_000, "\U0001f4a5"])
async def test_what_is_no_signed_document_at_all_is_told_so(country, scene, value):
    async with signed_in(country, VICTIM) as victim, country.unchanged():
        one = Visitor.behind(country, "portal", victim.browser)
        await one.look(f"/applications/{scene.ready}/sign")
        refused(await one.post(f"/applications/{scene.ready}/sign", {"signed": value}))


PEM = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----"


async def test_what_is_no_certificate_is_not_chosen(country, scene):
    folder = country.installation.folder
    good = key_of(folder, f"{VICTIM}-sign").certificate
    entry = (await entry_key_of(country, VICTIM)).certificate
    anchors = (folder / "anchors" / "root_gost_2022.cer").read_bytes()
    values = [
        "",
        "x",
        PEM.format(""),
        PEM.format("AAAA"),
        PEM.format("MIID" + "A" * 15_000),
        PEM.format(base64.b64encode(b"\x30\x80" * 4000).decode()),
        PEM.format(base64.b64encode(b"\x30\x84\xff\xff\xff\xff").decode()),
        good.pem[:-200],
        good.pem.replace("M", "N", 3),
        "A" * 19_000,
        "é" * 100,
        entry.pem,
        base64.b64encode(anchors).decode(),
    ]
    async with signed_in(country, VICTIM) as victim, country.unchanged():
        one = Visitor.behind(country, "portal", victim.browser)
        path = f"/applications/{scene.ready}/certificate"
        for value in values:
            await one.look(path)
            answer = await one.post(path, {"certificate": value})
            assert answer.status in {400, 409}, value[:60]
            refused(answer)


@pytest.mark.full
async def test_a_registration_is_confirmed_by_nobody_elses_key(country, scene):
    folder = country.installation.folder
    iin = str(PEOPLE["applicant-absent"].iin)
    async with visitor(country) as one:
        await one.look("/register")
        typed = {"number": iin, "password": "Qyzmet-2026", "password_again": "Qyzmet-2026"}
        assert (await one.post("/register", typed)).status == 303
        document = offered(await one.look("/register/confirm"))
        assert iin in document.decode()
        own, other = key_of(folder, "applicant-absent-sign"), key_of(folder, "applicant-other-sign")
        tricks = dict(spoilt(document, own, other))
        tricks["entry key"] = sign_enveloped(document, await entry_key_of(country, "applicant-absent"))
        async with country.unchanged():
            for what, signed in tricks.items():
                await one.look("/register/confirm")
                answer = await one.post("/register/confirm", {"signed": base64.b64encode(signed).decode()})
                assert answer.status == 400, what


async def test_a_result_is_signed_by_the_offices_own_head_or_not_at_all(country, scene):
    folder = country.installation.folder
    own, other = key_of(folder, "almaty-head-sign"), key_of(folder, "karaganda-head-sign")
    async with official(country, "almaty-head") as head, country.unchanged(), country.answering():
        one = Visitor.behind(country, "desk", head.browser)
        path = f"/cases/{scene.at_sign}/sign"
        page = await one.look(path)
        draft = offered(page)
        version = html.document_fromstring(page.body.decode()).xpath("//input[@name='version']/@value")[0]
        tricks = dict(spoilt(draft, own, other))
        for name in (
            "almaty-head-auth",
            "almaty-executor-sign",
            "almaty-clerk-sign",
            "karaganda-executor-sign",
            "director-partnership-sign",
            "applicant-almaty-sign",
            "official-gbdfl-sign",
        ):
            tricks[name] = sign_enveloped(draft, key_of(folder, name))
        for what, document in tricks.items():
            await one.look(path)
            signed = base64.b64encode(document).decode()
            answer = await one.post(path, {"signed": signed, "version": version})
            assert answer.status == 400, what
            refused(answer)
        # The head of another office does not even come near, with a signature that would be the office's own.
        good = base64.b64encode(sign_enveloped(draft, own)).decode()
        async with official(country, "karaganda-head") as stranger:
            theirs = Visitor.behind(country, "desk", stranger.browser)
            await theirs.look("/cases")
            theirs.once = "y" * 32
            assert (await theirs.post(path, {"signed": good, "version": version})).status == 404
        for name in ("almaty-clerk", "almaty-executor"):
            async with official(country, name) as colleague:
                theirs = Visitor.behind(country, "desk", colleague.browser)
                await theirs.look("/cases")
                theirs.once = "y" * 32
                assert (await theirs.post(path, {"signed": good, "version": version})).status == 403
