import base64
import os
import re
import zlib

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.journal.column import SealedColumn
from gateway.journal.vault import (
    LARGEST_BYTES,
    KeyRefused,
    Place,
    Vault,
    VaultCode,
    VaultError,
    is_sealed,
    key_name,
    new_key,
    read_key,
)

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
HERE = Place("desk", "message_log", ("7",))
BODY = "<сұраным>Қазақстан ұлттық ӘҒҚҢӨҰҮҺІ</сұраным>".encode() * 20

names = st.text(max_size=8)
places = st.builds(Place, names, names, st.lists(names, min_size=1, max_size=3).map(tuple))


@given(content=st.binary(max_size=3000), place=places)
def test_what_was_sealed_opens_to_the_same_bytes(content, place):
    vault = Vault([KEY])
    assert vault.open(vault.seal(content, place), place) == content


@given(one=places, another=places)
def test_a_value_that_was_moved_to_another_row_does_not_open_there(one, another):
    vault = Vault([KEY])
    sealed = vault.seal(b"<a/>", one)
    if one == another:
        assert vault.open(sealed, another) == b"<a/>"
        return
    with pytest.raises(VaultError) as caught:
        vault.open(sealed, another)
    assert caught.value.code is VaultCode.BROKEN


@given(one=places, another=places)
def test_no_two_places_have_the_same_bytes(one, another):
    same_parts = (one.schema, one.table, *one.key) == (another.schema, another.table, *another.key)
    assert (one.to_bytes() == another.to_bytes()) is same_parts


@given(place=st.integers(0, 10_000), mask=st.integers(1, 255))
def test_one_changed_byte_is_noticed_wherever_it_is(place, mask):
    vault = Vault([KEY])
    changed = bytearray(vault.seal(BODY, HERE))
    changed[place % len(changed)] ^= mask
    with pytest.raises(VaultError) as caught:
        vault.open(bytes(changed), HERE)
    assert caught.value.code in {VaultCode.BROKEN, VaultCode.KEY_UNKNOWN}


@given(length=st.integers(0, 60))
def test_a_value_that_was_cut_is_broken_and_nothing_worse(length):
    vault = Vault([KEY])
    sealed = vault.seal(b"<a/>", HERE)
    with pytest.raises(VaultError):
        vault.open(sealed[: min(length, len(sealed) - 1)], HERE)


def test_the_form_is_that_of_the_documentation_and_another_implementation_opens_it():
    sealed = Vault([KEY]).seal(BODY, HERE)
    head, nonce, rest = sealed[:5], sealed[5:17], sealed[17:]
    assert head[0] == 1
    place = b"\0\0\0\x04desk\0\0\0\x0bmessage_log\0\0\0\x017"
    packed = AESGCM(KEY).decrypt(nonce, rest, head + place)
    assert packed[:1] == b"\x01"
    assert zlib.decompress(packed[1:]) == BODY


def test_a_value_that_was_sealed_by_an_earlier_release_still_opens():
    sealed = bytes.fromhex("01390b450e000102030405060708090a0b473eb734fbd41f7295fb2048500dc1ecd70628ae89")
    assert Vault([KEY]).open(sealed, HERE) == b"<a/>"


def test_the_newest_key_seals_and_every_key_opens():
    before = Vault([OTHER]).seal(BODY, HERE)
    both = Vault([KEY, OTHER])
    assert both.open(before, HERE) == BODY
    assert key_name(both.seal(BODY, HERE)) == both.newest == Vault([KEY]).newest
    assert both.older == (Vault([OTHER]).newest,)


def test_a_value_whose_key_is_not_given_names_the_key_and_waits_for_it():
    with pytest.raises(VaultError) as caught:
        Vault([OTHER]).open(Vault([KEY]).seal(BODY, HERE), HERE)
    assert caught.value.code is VaultCode.KEY_UNKNOWN
    assert caught.value.mends_itself
    assert caught.value.facts["key"] == Vault([KEY]).newest


def test_the_same_content_never_looks_the_same_twice():
    vault = Vault([KEY])
    assert len({vault.seal(BODY, HERE) for _ in range(50)}) == 50


def test_nothing_of_the_content_can_be_read_in_what_is_stored():
    assert b"\xd2\x9b" not in Vault([KEY]).seal(b"", HERE)[:17]
    sealed = Vault([KEY]).seal(b"<iin>900101300017</iin>", HERE)
    assert b"900101300017" not in sealed


def test_what_does_not_shrink_is_not_compressed_and_what_does_is():
    vault = Vault([KEY])
    noise = os.urandom(4000)
    assert len(vault.seal(noise, HERE)) == len(noise) + 34
    assert len(vault.seal(b"<a></a>" * 1000, HERE)) < 200


@pytest.mark.parametrize("extra", [0, 1])
def test_a_bomb_is_not_unpacked_beyond_the_largest_value(extra):
    bomb = b"\x01" + zlib.compress(b"\0" * (LARGEST_BYTES + extra), 9)
    vault, nonce = Vault([KEY]), os.urandom(12)
    head = b"\x01" + bytes.fromhex(vault.newest)
    sealed = head + nonce + AESGCM(KEY).encrypt(nonce, bomb, head + HERE.to_bytes())
    if not extra:
        assert len(vault.open(sealed, HERE)) == LARGEST_BYTES
        return
    with pytest.raises(VaultError) as caught:
        vault.open(sealed, HERE)
    assert caught.value.code is VaultCode.TOO_LARGE


def test_nothing_larger_than_the_largest_value_is_sealed():
    with pytest.raises(VaultError, match="too-large"):
        Vault([KEY]).seal(bytes(LARGEST_BYTES + 1), HERE)


@pytest.mark.parametrize(
    "text",
    ["", "secret", base64.b64encode(b"x" * 31).decode(), base64.b64encode(bytes(32)).decode(), "ключ" * 11, "=" * 44],
)
def test_a_key_that_is_none_is_refused_with_advice_and_not_repeated(text):
    with pytest.raises(KeyRefused, match=re.escape("`qyzmet journal key`")) as caught:
        read_key(text)
    assert not text or text not in str(caught.value)


def test_a_new_key_is_one_and_no_two_are_the_same():
    assert len({read_key(new_key()) for _ in range(20)}) == 20


def test_a_vault_shows_no_key():
    shown = repr(Vault([KEY])) + repr(SealedColumn(Vault([KEY]), "desk", "inbox"))
    assert KEY.hex() not in shown
    assert base64.b64encode(KEY).decode() not in shown


@given(text=st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")), min_size=1))
@settings(max_examples=50)
def test_what_lies_in_clear_is_not_believed_though_it_can_be_read_to_remove_it(text):
    column = SealedColumn(Vault([KEY]), "desk", "inbox")
    stored = f"<a>{text}</a>".encode()
    assert not is_sealed(stored)
    with pytest.raises(VaultError, match="journal-not-sealed"):
        column.open(stored, "1")
    with pytest.raises(VaultError, match="journal-not-sealed"):
        column.renew(stored, "1")
    assert column.open_any(stored, "1") == column.open_any(column.seal(stored, "1"), "1") == stored
    assert SealedColumn(None, "desk", "inbox").open(stored, "1") == stored


def test_without_a_vault_a_sealed_value_is_not_taken_for_content():
    sealed = SealedColumn(Vault([KEY]), "desk", "inbox").seal(b"<a/>", "1")
    with pytest.raises(VaultError):
        SealedColumn(None, "desk", "inbox").open(sealed, "1")
