import base64

import pytest

from gateway.eds.xmldsig import verify_enveloped
from tests.unit.ncalayer.keys import person_keys

DATA = base64.b64encode(b"11\n").decode()
CANCEL = base64.b64encode(b"cancel").decode()
ANY = {"extKeyUsageOids": [], "chain": []}


@pytest.mark.parametrize("transport", ["plain", "secure"])
async def test_the_real_client_does_everything_it_can(layer, run_client, transport):
    results = await run_client(
        getattr(layer, transport),
        ["getActiveTokens"],
        ["getKeyInfo", "PKCS12"],
        ["signXml", "PKCS12", "<a>ә</a>"],
        ["signXmls", "PKCS12", ["<a/>", "<b/>"]],
        ["createCAdESFromBase64", "PKCS12", DATA, "SIGNATURE", True],
        ["createCAdESFromBase64", "PKCS12", DATA],
        ["createCAdESFromBase64Hash", "PKCS12", DATA],
        ["basicsSign", ["PKCS12"], "xml", "<a/>", {}, ANY, "kk"],
        ["basicsSign", None, "xml", ["<a/>", "<b/>"], {}, ANY, "kk"],
        ["basicsSignCMS", ["PKCS12"], DATA, {"decode": True}, ANY],
        ["basicsSignCMS", ["PKCS12"], [DATA, DATA], {}, ANY],
        ["basicsSignCMS", "!!basicsStoragePKCS12", DATA, "!!basicsCMSParamsDetachedNoTSP", "!!basicsSignerTestAny"],
        ["changeLocale", "kk"],
    )
    version, tokens, info, xml, xmls, attached, detached, hashed, one, two, cms, many, signed, locale = (
        step.get("result", step) for step in results
    )
    assert version == "1.4"
    assert tokens == []
    assert info["pem"] == person_keys()["umit-sign"].key.certificate.pem
    assert verify_enveloped(xml.encode())[0].covered == "<a>ә</a>".encode()
    assert [verify_enveloped(each.encode())[0].covered for each in xmls] == [b"<a></a>", b"<b></b>"]
    assert all(base64.b64decode(each) for each in (attached, detached, hashed))
    assert len(one) == 1
    assert len(two) == 2
    assert [text.startswith("-----BEGIN CMS-----") for text in (cms, signed, *many)] == [True] * 4
    assert locale == {}


async def test_the_client_tells_cancel_wrong_password_and_wrong_method_apart(layer, run_client):
    results = await run_client(
        layer.plain,
        ["signXml", "PKCS12", "<cancel/>"],
        ["basicsSignCMS", ["PKCS12"], CANCEL, {"decode": True}, ANY],
        ["signXml", "PKCS12", "<a>wrong password</a>"],
        ["basicsSign", ["PKCS12"], "xml", "<a>wrong password</a>", {}, ANY, "ru"],
        ["basicsSign", ["PKCS12"], "pdf", "<a/>", {}, ANY, "ru"],
        ["getKeyInfo", 1],
        ["getKeyInfo", "FLOPPY"],
        ["getActiveTokens"],
    )
    _version, common, basics, spent, basics_spent, unknown, mismatch, storage, after = results
    assert common == {"error": "500: action.canceled", "name": "NCALayerError"}
    assert basics == {"error": "cancelled by user", "name": "NCALayerError", "canceledByUser": True}
    assert spent["error"] == "500: WRONG_PASSWORD"
    assert basics_spent["error"].endswith("(WRONG_PASSWORD)")
    assert unknown["error"].startswith("INVOCATION_ERROR")
    assert "argument type mismatch" in mismatch["error"]
    assert storage["error"] == "500: storage.unknown"
    assert after == {"result": []}


async def test_the_client_refuses_a_certificate_that_it_does_not_trust(layer, run_client):
    with pytest.raises(RuntimeError, match="NCALayer"):
        await run_client(layer.secure, trusted=False)
