import asyncio
import re

import pytest

from gateway.clock import ManualClock
from gateway.eds.roles import KeyPurpose
from gateway.texts import Language
from simulators.ncalayer.dialog import Dialog, Outcome, Purpose, Question
from simulators.ncalayer.errors import Cancelled, PasswordsSpent
from simulators.ncalayer.fitness import Demands, Unfit
from simulators.ncalayer.keyring import StoredKey
from simulators.ncalayer.order import LikelySigners, place_of
from simulators.ncalayer.wording import WORDS, words
from tests.unit.ncalayer.keys import BIN, NOW, PASSWORD, ring


@pytest.fixture
def dialog():
    return Dialog(ring(), ManualClock(NOW))


async def ask(dialog, **changes):
    question = Question(Purpose.SIGN_XML, "http://127.0.0.1:8080", "kk", **changes)
    task = asyncio.create_task(dialog.choose(question))
    await asyncio.sleep(0)
    return task, dialog.pending[-1]


async def test_the_right_password_opens_the_key_and_ends_the_question(dialog):
    task, one = await ask(dialog)
    reply = await dialog.answer(one.id, "umit-sign", PASSWORD)
    assert reply.outcome is Outcome.DONE
    assert (await task).certificate.subject.common_name == "ӘБІЛОВА ҮМІТ"
    assert dialog.pending == []


async def test_three_wrong_passwords_end_the_question(dialog):
    task, one = await ask(dialog)
    replies = [await dialog.answer(one.id, "umit-sign", "wrong") for _ in range(4)]
    assert [(reply.outcome, reply.tries_left) for reply in replies] == [
        (Outcome.WRONG_PASSWORD, 2),
        (Outcome.WRONG_PASSWORD, 1),
        (Outcome.SPENT, 0),
        (Outcome.GONE, 0),
    ]
    with pytest.raises(PasswordsSpent):
        await task


async def test_a_wrong_password_does_not_end_the_question_at_once(dialog):
    task, one = await ask(dialog)
    await dialog.answer(one.id, "umit-sign", "wrong")
    assert (await dialog.answer(one.id, "umit-sign", PASSWORD)).outcome is Outcome.DONE
    await task


async def test_cancel_ends_the_question(dialog):
    task, one = await ask(dialog)
    assert dialog.cancel(one.id).outcome is Outcome.CANCELLED
    with pytest.raises(Cancelled):
        await task
    assert dialog.cancel(one.id).outcome is Outcome.GONE


async def test_a_key_that_does_not_fit_is_refused_even_with_its_password(dialog):
    task, one = await ask(dialog, demands=Demands(purpose=KeyPurpose.AUTH))
    reply = await dialog.answer(one.id, "umit-sign", PASSWORD)
    assert (reply.outcome, reply.unfit) == (Outcome.UNFIT, Unfit.PURPOSE)
    assert not task.done()
    dialog.cancel(one.id)
    with pytest.raises(Cancelled):
        await task


async def test_an_unknown_key_costs_no_try(dialog):
    task, one = await ask(dialog)
    assert (await dialog.answer(one.id, "../umit-sign", PASSWORD)).outcome is Outcome.NO_SUCH_KEY
    assert one.tries_left == 3
    task.cancel()


async def test_a_question_without_storages_offers_no_key(dialog):
    task, one = await ask(dialog, offers_keys=False)
    assert await dialog.offers(one.question) == []
    assert (await dialog.answer(one.id, "umit-sign", PASSWORD)).outcome is Outcome.NO_SUCH_KEY
    task.cancel()


async def test_fitting_keys_stand_first(dialog):
    question = Question(Purpose.SIGN_XML, None, "kk", Demands(purpose=KeyPurpose.SIGN, live_only=True))
    offers = await dialog.offers(question)
    assert [offer.key.id for offer in offers if offer.unfit is None] == ["umit-curve", "umit-sign", "nurlan-sign"]
    assert {offer.key.id: offer.unfit for offer in offers if offer.unfit} == {
        "umit-auth": Unfit.PURPOSE,
        "umit-expired": Unfit.EXPIRED,
    }
    assert [offer.unfit is not None for offer in offers] == [False, False, False, True, True]


WINDOW, PORTAL = "http://127.0.0.1:8100", "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("origin", "order"),
    [
        (WINDOW, ["nurlan-sign", "umit-curve", "umit-sign"]),
        (PORTAL, ["umit-curve", "umit-sign", "nurlan-sign"]),
        (None, ["umit-curve", "umit-sign", "nurlan-sign"]),
    ],
    ids=["of an organisation", "of persons", "a program of one's own"],
)
async def test_keys_of_those_who_sign_at_the_asking_site_stand_before_the_others(origin, order):
    likely = {WINDOW: LikelySigners(frozenset({BIN})), PORTAL: LikelySigners()}
    dialog = Dialog(ring(), ManualClock(NOW), likely=likely)
    question = Question(Purpose.SIGN_XML, origin, "kk", Demands(purpose=KeyPurpose.SIGN, live_only=True))
    offers = await dialog.offers(question)
    assert [offer.key.id for offer in offers if offer.unfit is None] == order


def test_owners_stand_by_the_kazakh_alphabet():
    owners = ["ЯКОВ", "ӘБІЛОВА", "АБАЙ", "ҚАСЫМ", "КӘРІМ", "БЕК", "Ағыбай"]
    keys = [StoredKey(str(place), owner) for place, owner in enumerate(owners)]
    told = [key.owner for key in sorted(keys, key=lambda key: place_of(key, None))]
    assert told == ["АБАЙ", "Ағыбай", "ӘБІЛОВА", "БЕК", "КӘРІМ", "ҚАСЫМ", "ЯКОВ"]


async def test_a_page_that_goes_away_takes_its_question_with_it(dialog):
    task, one = await ask(dialog)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert dialog.pending == []
    assert (await dialog.answer(one.id, "umit-sign", PASSWORD)).outcome is Outcome.GONE


async def test_a_question_that_nobody_answers_counts_as_cancelled():
    dialog = Dialog(ring(), ManualClock(NOW), patience_seconds=0.01)
    with pytest.raises(Cancelled):
        await dialog.choose(Question(Purpose.KEY_INFO, None, "kk"))


async def test_watchers_learn_of_a_new_question(dialog):
    watcher = asyncio.create_task(dialog.changed_after(dialog.version, 5))
    await asyncio.sleep(0)
    task, _one = await ask(dialog)
    await asyncio.wait_for(watcher, 1)
    task.cancel()


async def test_watchers_are_not_kept_for_ever(dialog):
    await asyncio.wait_for(dialog.changed_after(dialog.version, 0.01), 1)


def test_the_window_has_every_word_in_both_languages_and_none_is_english():
    for language in (Language.KK, Language.RU):
        for name, text in words(language).items():
            assert text, name
            assert not re.search(r"\b(the|key|password|request)\b", text), name
    assert set("әғқңөұүі") <= set("".join(text.kk for text in WORDS.values()).lower())
