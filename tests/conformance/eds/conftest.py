import shutil

import pytest


@pytest.fixture(scope="module")
def xmlsec1() -> str:
    found = shutil.which("xmlsec1")
    if found is None:
        pytest.skip("xmlsec1 is not installed")
    return found
