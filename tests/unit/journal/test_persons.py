import pytest

from gateway.journal import PersonHash


def test_a_person_is_found_again_only_with_the_same_key():
    here, there = PersonHash(b"k" * 32), PersonHash(b"l" * 32)
    assert here.of("880101300123") == here.of("880101300123")
    assert here.of("880101300123") != there.of("880101300123")
    assert "880101300123" not in here.actor("880101300123")


def test_a_key_too_short_to_hide_anyone_is_refused():
    with pytest.raises(ValueError, match="at least 16"):
        PersonHash(b"short")
