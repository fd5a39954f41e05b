from datetime import timedelta

from gateway.identity.throttle import BY_ACCOUNT, source_of


def test_the_first_attempts_are_free_then_the_wait_doubles_and_stays_bounded():
    waits = [BY_ACCOUNT.after(attempts).total_seconds() for attempts in (1, 3, 4, 5, 6, 20, 10_000)]
    assert waits == [0, 0, 2, 4, 8, 900, 900]
    assert BY_ACCOUNT.after(10**9) == timedelta(minutes=15)


def test_a_whole_network_of_ipv6_is_one_source():
    assert source_of("2001:db8::1") == source_of("2001:db8::ffff") == "2001:db8::/64"
    assert source_of("::ffff:192.0.2.7") == source_of("192.0.2.7") == "192.0.2.7"
    assert source_of(None) == source_of("no address") == "unknown"
