import pytest
from lxml import etree

from gateway.eds.wsse import KeyReference
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.shep.envelope import open_envelope
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.seal import CertificateSet, SealBroken, seal, unseal
from gateway.shep.sync_channel import read_question, write_question
from tests.unit.shep.messages import DATE, question
from tests.unit.shep.pki import key_of

TYPED = (
    b'<data xmlns:cs="urn:provider" xmlns:unused="urn:unused" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    b' xsi:type="cs:Request"><iin>1</iin></data>'
)


async def sealed(**changes):
    return await seal(write_question(question(**changes)), key_of("PORTAL"))


async def test_the_signer_and_the_covered_body_come_out_of_a_sealed_message():
    unsealed = await unseal(open_envelope(await sealed()), ())
    assert unsealed.certificate == key_of("PORTAL").certificate
    assert read_question(unsealed.content).message_date == DATE


async def test_prefixes_that_only_a_value_or_a_business_signature_needs_survive_the_seal():
    unsealed = await unseal(open_envelope(await sealed(typed=TYPED)), ())
    assert read_question(unsealed.content).payload.xml == TYPED


async def test_a_business_signature_in_the_data_holds_after_two_hops():
    data = sign_enveloped(TYPED, key_of("GBDFL"))
    for key in (key_of("PORTAL"), key_of("SHEP")):
        envelope = await seal(write_question(question(typed=data)), key)
        data = read_question((await unseal(open_envelope(envelope), ())).content).payload.xml
    (signature,) = verify_enveloped(data)
    assert signature.certificate == key_of("GBDFL").certificate


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"SERVICE_ONE", b"SERVICE_TWO"), (b"<iin>1</iin>", b"<iin>2</iin>"), (b'Id="id-', b'Id="ID-')],
)
async def test_a_changed_body_is_not_read(old, new):
    data = await sealed(typed=TYPED)
    assert old in data
    with pytest.raises(SealBroken):
        await unseal(open_envelope(data.replace(old, new, 1)), ())


async def test_a_body_beside_the_signed_one_is_not_read():
    envelope = etree.fromstring(await sealed())
    header, body = envelope
    moved = etree.SubElement(header, "kept")
    forged = etree.fromstring(
        etree.tostring(body).replace(b"SERVICE_ONE", b"SERVICE_TWO").replace(b'Id="id-', b'Id="x')
    )
    moved.append(body)
    envelope.append(forged)
    with pytest.raises(SealBroken):
        await unseal(open_envelope(etree.tostring(envelope)), ())


async def test_an_answer_that_names_its_signer_by_issuer_and_serial_needs_the_certificate():
    data = await seal(write_question(question()), key_of("SHEP"), KeyReference.ISSUER_SERIAL)
    with pytest.raises(SealBroken, match="signer-certificate-unknown"):
        await unseal(open_envelope(data), ())
    unsealed = await unseal(open_envelope(data), [key_of("SHEP").certificate])
    assert unsealed.certificate in CertificateSet.of([key_of("SHEP").certificate])
    assert key_of("RSHEP").certificate not in CertificateSet.of([key_of("SHEP").certificate])


@pytest.mark.parametrize("form", PayloadForm)
async def test_line_ends_of_every_kind_do_not_break_the_seal(form):
    payload = Payload(form, b"<data>a\r\nb\rc\n&#13;</data>")
    unsealed = await unseal(open_envelope(await sealed(payload=payload)), ())
    assert b"b" in read_question(unsealed.content).payload.xml
