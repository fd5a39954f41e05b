import io
import json
import logging

import pytest
import structlog
from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.test_utils import make_mocked_request

from gateway.web.csrf import FormGuard
from gateway.web.language import language_links
from gateway.web.logs import configure_logs
from gateway.web.pages import is_local
from gateway.web.portal.guards import next_of

IIN = "900101100015"


@pytest.mark.parametrize(
    "address",
    [
        "/\t/evil.test",
        "/\n/evil.test",
        "\t//evil.test",
        "/\\evil.test",
        "///evil.test",
        "/ /evil.test",
        "/\x00",
        "/\u2028a",
    ],
)
def test_an_address_that_a_browser_reads_as_another_hosts_is_not_local(address):
    assert not is_local(address)
    assert next_of(address) == "/cabinet"


@pytest.mark.parametrize("address", ["/", "/cabinet", "/a?b=c&d=%09#e", "/applications/71000000000001/documents#x"])
def test_an_address_of_this_site_is_local(address):
    assert is_local(address)


@pytest.mark.parametrize("path", ["//evil.test/x", "/a/b?c=d&lang=ru"])
def test_the_language_links_stay_on_the_page(path):
    links = language_links(make_mocked_request("GET", path))
    assert [link["href"][0] for link in links] == ["?", "?", "?"]
    assert "evil" not in str(links)


@pytest.mark.parametrize("referer", ["http://[", "http://[::1", "https://127.0.0.1]"])
def test_an_address_that_cannot_be_read_is_of_no_origin(referer):
    request = make_mocked_request("POST", "/", headers={"Referer": referer, "Host": "127.0.0.1:8080"})
    assert not FormGuard(frozenset({"http://127.0.0.1:8080"}))._comes_from_here(request)


@pytest.fixture
def logged():
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    stream = io.StringIO()
    configure_logs(stream)
    yield stream
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers


def test_what_a_library_logs_is_masked_like_everything_else(logged):
    try:
        int(f"no number of {IIN}")
    except ValueError:
        logging.getLogger("some.library").exception("failed for %s", IIN)
    line = json.loads(logged.getvalue())
    assert line["event"] == "failed for ********0015"
    assert "ValueError" in line["exception"]
    assert IIN not in logged.getvalue()


def test_a_request_that_is_no_http_is_logged_without_its_bytes(logged):
    error = BadHttpMessage("Invalid header: b'Cookie: portal-session=secret'")
    logging.getLogger("aiohttp.server").error("Error handling request", exc_info=error)
    assert "secret" not in logged.getvalue()
    assert json.loads(logged.getvalue())["event"] == "a request that is no HTTP: BadHttpMessage"


def test_setting_the_logs_up_twice_says_everything_once(logged):
    again = io.StringIO()
    configure_logs(again)
    logging.getLogger("some.library").warning("once")
    assert logged.getvalue() == ""
    assert again.getvalue().count("once") == 1
