"""A password is nowhere to be read in what is kept or shown, and hostile bytes cost no more than their length."""

import time

import pytest

from gateway.shep.masking import without_passwords

SECRET = "Sup3r-secret"
LONG = SECRET * 1000


@pytest.mark.parametrize(
    "written",
    [
        f"<password>{SECRET}</password>",
        f"<password>{LONG}</password>",
        f"<ns1:password >{SECRET}</ns1:password >",
        f'<p:Password xmlns:p="urn:x">\n{SECRET}\n</p:Password>',
        f"<wsse:Password Type='#PasswordText'>{SECRET}</wsse:Password>",
        f"<{'p' * 60}:password>{SECRET}</{'p' * 60}:password>",
        f"<құпия:password>{SECRET}</құпия:password>",
        f'<password x="/>">{SECRET}</password>',
        f"<password x='/>' y = \"'>\">{SECRET}</password>",
        f"<password{' ' * 500}>{SECRET}</password>",
        f"<password x='{'>' * 2000}'>{SECRET}</password>",
        f"<password><![CDATA[{SECRET}]]></password>",
        f"<password><![CDATA[</password>{SECRET}]]></password>",
        f"<password><!-- </password> -->{SECRET}</password>",
        f"<password><?x </password>?>{SECRET}</password>",
        f"<password>a<b/>{SECRET}</password>",
        f"<password><password>a</password>{SECRET}</password>",
        f"<password><password x='>'/>{SECRET}</password>",
        f'<password a="&amp;">{SECRET}</password>',
        f"<data>&lt;password&gt;{SECRET}&lt;/password&gt;</data>",
        f"<data>&lt;password x=&quot;/&gt;&quot;&gt;{SECRET}&lt;/password&gt;</data>",
        f'<data>&lt;password x="/&gt;">{SECRET}&lt;/password></data>',
        f"<data>&lt;password&gt;&lt;![CDATA[&lt;/password&gt;{SECRET}]]&gt;&lt;/password&gt;</data>",
        f"<data><![CDATA[<a><password>{SECRET}</password></a>]]></data>",
        f"<data>&amp;lt;t:password&amp;gt;{SECRET}&amp;lt;/t:password&amp;gt;</data>",
        f"<data>{'&amp;' + 'amp;' * 20}lt;password>{SECRET}{'&amp;' + 'amp;' * 20}lt;/password></data>",
        f"<data>&amp;lt;password x=&amp;quot;&amp;amp;quot;/&gt;&amp;quot;>{SECRET}&amp;lt;/password></data>",
        f"<data>&#60;password>{SECRET}&#x3C;/password></data>",
        f"<data>&#38;#x0003c;password&#38;#62;{SECRET}&#38;lt;/password></data>",
    ],
)
def test_a_password_is_covered_however_it_is_written_and_nothing_beside_it(written):
    shown = without_passwords(f"<sender><senderId>PORTAL</senderId>{written}</sender>".encode()).decode()
    assert SECRET not in shown
    assert "***" in shown
    assert shown.startswith("<sender><senderId>PORTAL</senderId>")
    assert shown.endswith(written[-10:] + "</sender>")


@pytest.mark.parametrize(
    "broken",
    [
        f"<password>{SECRET}",
        f"<password {SECRET}",
        f"<password {SECRET}<a/>",
        f'<password x=">{SECRET}</password>',
        f"<password x='{SECRET}</password>",
        f"<password><![CDATA[{SECRET}</password>",
        f"<password><!-- {SECRET}</password>",
        f"&lt;password&gt;<![CDATA[{SECRET}</password>]]></data>",
        f"&lt;password&gt;{SECRET}",
        f"&lt;password x=&quot;{SECRET}",
    ],
)
def test_what_stands_in_broken_xml_after_a_password_begins_is_covered(broken):
    shown = without_passwords(f"<senderId>PORTAL</senderId>{broken}".encode())
    assert SECRET.encode() not in shown
    assert shown.startswith(b"<senderId>PORTAL</senderId>")


@pytest.mark.parametrize(
    "untouched",
    [
        "<password/><a>b</a>",
        "<password /><a>b</a>",
        "<password x='>'/><a>b</a>",
        "<data>&lt;password/&gt;&lt;a&gt;b&lt;/a&gt;</data>",
        "<data>&amp;lt;password x=&amp;quot;&gt;&amp;quot; /&amp;gt;&amp;lt;a&gt;b</data>",
        "<passwordHint>colour</passwordHint>",
        "<password-hint>colour</password-hint>",
        "<password:hint>colour</password:hint>",
        "<hint>password</hint><hint a='password'>b</hint>",
        "<a>құпиясөз</a>",
        "",
    ],
)
def test_what_is_no_password_stays_to_the_byte(untouched):
    assert without_passwords(untouched.encode()) == untouched.encode()


def test_every_password_of_an_envelope_is_covered_alone():
    shown = without_passwords(b"<password>a</password><x>1</x><p:password b='c'>d</p:password><y>&lt;password>e</y>")
    assert shown == b"<password>***</password><x>1</x><p:password b='c'>***</p:password><y>&lt;password>***"


HOSTILE = {
    "tags that do not end": b"<password ",
    "elements that do not end": b"<password>",
    "elements that end": b"<password></password>",
    "empty elements": b"<password/>",
    "only end tags": b"</password>",
    "double quotes that do not end": b'<password "</password>',
    "both quotes in turn": b'<password \'"</password>"',
    "quotes of many levels": b"<password \"&lt;password &quot;&amp;lt;password '&amp;apos;",
    "escaped elements": b"&lt;password&gt;",
    "escaped more and more": b"&amp;amp;lt;password&amp;quot;",
    "ampersands": b"amp;",
    "ampersands of their own": b"&amp;#38;",
    "noughts": b"0",
    "prefixes": b"<a:a:",
    "a prefix without an end": b"p",
    "brackets": b"<",
    "sections that do not end": b"<password><![CDATA[",
    "sections and comments": b"<password><![CDATA[]]><!--",
    "spaces": b" ",
    "quoted": b"''",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_eight_times_the_hostile_bytes_take_about_eight_times_the_time(piece):
    def seconds(size):
        hostile = b"<password>a</password><password &#" + piece * (size // len(piece)) + b"password"
        begun = time.thread_time()
        without_passwords(hostile)
        return time.thread_time() - begun

    seconds(2**10)
    part, whole = max(seconds(2**17) for _ in range(2)), seconds(2**20)
    # What grows with the square would take sixty-four times as long.
    assert whole < 24 * part + 0.01
