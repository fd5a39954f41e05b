import re

import pytest

from gateway.web.forms import Form, clean_file_name
from gateway.web.headers import content_security_policy, websocket_origin
from gateway.web.once import ClaimState, MemoryOnce
from gateway.web.pages import STATIC, TEMPLATES, redirect
from gateway.web.refusals import BadRequest
from gateway.web.signing import Ncalayer, chosen_certificate, signed_document, signer_parameters
from gateway.web.vendor import without_govuk_property


def test_the_policy_names_one_websocket_and_nothing_inline():
    policy = content_security_policy(ncalayer_url="wss://127.0.0.1:13579/")
    assert "connect-src 'self' wss://127.0.0.1:13579;" in policy
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy


@pytest.mark.parametrize("url", ["http://127.0.0.1", "javascript:1", "", "ws://"])
def test_only_a_websocket_gets_into_the_policy(url):
    with pytest.raises(ValueError, match="websocket"):
        websocket_origin(url)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_has_anything_inline_that_the_policy_would_refuse(path):
    text = path.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"\s(on[a-z]+|style)\s*=\s*[\"']", text)
    assert "javascript:" not in text


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_every_form_that_posts_carries_the_token(path):
    for form in re.findall(r"<form\b.*?</form>", path.read_text("utf-8"), re.DOTALL):
        if 'method="post"' in form:
            assert "csrf_field()" in form


def test_our_scripts_make_no_markup_out_of_strings():
    for path in STATIC.glob("*.js"):
        text = path.read_text("utf-8")
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", text), path.name


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example", "", "cabinet"])
def test_a_redirect_never_leads_elsewhere(address):
    with pytest.raises(ValueError, match="not an address"):
        redirect(address)


def test_the_style_sheet_keeps_nothing_that_belongs_to_govuk():
    css = without_govuk_property(
        "@font-face{font-family:GDS Transport;src:url(/assets/fonts/a.woff2)}"
        ".a{font-family:GDS Transport,arial,sans-serif;background:url(/assets/images/govuk-crest.svg)}"
    )
    assert "GDS" not in css
    assert "/assets/" not in css
    assert "Noto Sans" in css


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("справка.pdf", "справка.pdf"),
        ("C:\\Users\\x\\a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ('x"\r\ny', "xy"),
        ("..", "file"),
        ("", "file"),
    ],
)
def test_a_file_name_is_only_a_label(name, clean):
    assert clean_file_name(name) == clean


def _form(**fields):
    form = Form()
    form.fields.extend(fields)
    return form


def test_a_signed_document_comes_back_byte_for_byte():
    assert signed_document(_form(signed="PGE+DQo8L2E+")) == b"<a>\r\n</a>"
    assert signed_document(_form(signed="<a/>")) == b"<a/>"
    assert signed_document(_form(signed="")) is None


@pytest.mark.parametrize("value", ["%%%", "QQ", "A" * 900_000])
def test_what_is_no_signed_document_is_refused(value):
    with pytest.raises(BadRequest):
        signed_document(_form(signed=value))


def test_an_empty_choice_of_certificate_is_no_failure():
    assert chosen_certificate(_form()) is None
    with pytest.raises(BadRequest):
        chosen_certificate(_form(certificate="ә" * 10))


def test_the_chain_parameter_follows_the_setting():
    assert signer_parameters(Ncalayer(any_chain=True), iin="1", serial="AB") == (
        '{"extKeyUsageOids": [], "iin": "1", "serialNumber": "AB", "chain": []}'
    )
    assert signer_parameters(Ncalayer()).endswith('"chain": null}')


async def test_a_token_is_used_once():
    store = MemoryOnce()
    assert (await store.claim("a")).state is ClaimState.FIRST
    assert (await store.claim("a")).state is ClaimState.RUNNING
    await store.finish("a", "/done")
    assert (await store.claim("a")).location == "/done"
    await store.claim("b")
    await store.release("b")
    assert (await store.claim("b")).state is ClaimState.FIRST
