import pytest

from gateway.eds.certificate import Certificate
from simulators.ncalayer.errors import KeyBroken, KeyUnknown, WrongPassword
from simulators.ncalayer.keyring import FolderKeyRing
from tests.unit.ncalayer.keys import PASSWORD, person_keys, ring


@pytest.fixture
def folder(tmp_path):
    for key_id, file in person_keys().items():
        (tmp_path / f"{key_id}.p12").write_bytes(file.content)
    (tmp_path / "umit-sign.pem").write_text(person_keys()["umit-sign"].key.certificate.pem)
    (tmp_path / "broken.p12").write_bytes(b"no key")
    (tmp_path / "broken.pem").write_bytes(b"no certificate")
    return FolderKeyRing(tmp_path)


async def test_a_folder_lists_its_keys_and_their_owners_where_the_certificate_lies_beside(folder):
    keys = {key.id: key for key in await folder.keys()}
    assert set(keys) == {*person_keys(), "broken"}
    assert keys["umit-sign"].owner == "ӘБІЛОВА ҮМІТ"
    assert isinstance(keys["umit-sign"].certificate, Certificate)
    assert keys["umit-auth"].owner == "umit-auth"


@pytest.mark.parametrize("make", ["folder", "memory"])
async def test_a_ring_tells_a_wrong_password_from_an_unknown_key(make, folder):
    keys = folder if make == "folder" else ring()
    assert (await keys.open("umit-sign", PASSWORD)).certificate == person_keys()["umit-sign"].key.certificate
    with pytest.raises(WrongPassword):
        await keys.open("umit-sign", "wrong")
    with pytest.raises(KeyUnknown):
        await keys.open("../umit-sign", PASSWORD)


async def test_a_file_that_is_no_key_store_is_not_called_a_wrong_password(folder):
    with pytest.raises(KeyBroken):
        await folder.open("broken", PASSWORD)
