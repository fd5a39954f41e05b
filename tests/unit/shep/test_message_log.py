import pytest

from gateway.shep.message_log import without_passwords


@pytest.mark.parametrize(
    ("envelope", "shown"),
    [
        (b"<sender><password>s3cret</password></sender>", b"<sender><password>***</password></sender>"),
        (b'<n:Password xmlns:n="u">s&amp;t</n:Password>', b'<n:Password xmlns:n="u">***</n:Password>'),
        (b"<password></password>", b"<password>***</password>"),
        (b"<password/><a>b</a>", b"<password/><a>b</a>"),
        (b"<passwordHint>colour</passwordHint>", b"<passwordHint>colour</passwordHint>"),
        (b"&lt;password&gt;x&lt;/password&gt;", b"&lt;password&gt;x&lt;/password&gt;"),
    ],
)
def test_a_password_is_covered_before_a_person_sees_the_envelope(envelope, shown):
    assert without_passwords(envelope) == shown


def test_covering_passwords_takes_no_longer_for_an_envelope_that_only_begins_them():
    hostile = b"<password " * 100_000 + b"<a:password>" * 100_000
    assert without_passwords(hostile) == hostile
