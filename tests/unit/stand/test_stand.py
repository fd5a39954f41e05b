import argparse
from pathlib import Path

import pytest

from gateway.shep.messages import PayloadForm
from simulators.installation import Installation, Ports
from simulators.stand.ask import _shown
from simulators.stand.command import FORMS, arguments, run


@pytest.fixture
def given():
    parser = argparse.ArgumentParser()
    arguments(parser)
    return lambda *words: parser.parse_args(words)


def test_a_strict_stand_is_strict_in_the_processes_that_it_starts(tmp_path):
    Installation.at(tmp_path, ports=Ports(), admin_url="postgresql://x", strict=True).save()
    assert Installation.load(tmp_path).strict
    Installation.at(tmp_path, ports=Ports(), admin_url="postgresql://x").save()
    assert not Installation.load(tmp_path).strict


@pytest.mark.parametrize(
    "words", [("--data", "a", "ask"), ("ask", "--data", "a"), ("--data", "b", "ask", "--data", "a")]
)
def test_the_folder_may_be_named_before_and_after_the_word(given, words):
    assert given(*words).data == Path("a")


def test_where_messages_go_may_be_said_at_the_start_and_later(given):
    assert given("--push-url", "http://x").push_url == "http://x"
    assert given("register", "--push-url", "http://x").push_url == "http://x"
    assert given("register").push_url is None


def test_every_form_of_a_payload_can_be_asked_in():
    assert set(FORMS) == {form.value for form in PayloadForm}


def test_a_stand_that_is_not_there_is_said_to_be_missing(given, tmp_path, capsys):
    assert run(given("ask", "--data", str(tmp_path))) == 1
    assert "raise it by `qyzmet stand`" in capsys.readouterr().err


def test_messages_cannot_be_pushed_and_wait_at_once(given):
    assert run(given("--pull", "--push-url", "http://x")) == 64


def test_what_is_no_xml_is_shown_as_it_came():
    assert _shown(b"<html><br></html>") == "<html><br></html>"
