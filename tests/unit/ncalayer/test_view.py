from simulators.ncalayer.view import SHOWN_CHARACTERS, view_of


def test_xml_is_laid_out_and_its_exact_text_stays():
    view = view_of("<a><b>ә</b><c/></a>".encode())
    assert view.text == "<a><b>ә</b><c/></a>"
    assert view.layout == "<a>\n  <b>ә</b>\n  <c/>\n</a>"


def test_letters_that_hide_or_turn_the_text_are_shown_by_their_numbers():
    assert view_of("a\u202eb\u200bc\x1b".encode()).text == "a⟦U+202E⟧b⟦U+200B⟧c⟦U+001B⟧"


def test_bytes_that_are_no_text_are_shown_in_hexadecimal():
    assert view_of(b"\xff\xfe\x00").text == "fffe00"


def test_a_large_document_is_cut_and_says_so():
    view = view_of(b"x" * (SHOWN_CHARACTERS + 1))
    assert view.cut
    assert len(view.text) == SHOWN_CHARACTERS


def test_broken_xml_is_shown_as_it_is():
    view = view_of(b"<a><b></a>")
    assert view.layout is None
    assert view.text == "<a><b></a>"
