import pytest

from gateway.web.portal.guards import next_of


@pytest.mark.parametrize(
    "address", ["", "//evil.test", "/\\evil.test", "https://evil.test", "cabinet", "/a\nb", "/" + "a" * 400]
)
def test_a_login_never_leads_out_of_the_site(address):
    assert next_of(address) == "/cabinet"


def test_a_login_leads_back_to_the_page_that_asked_for_it():
    assert next_of("/services/unemployed-certificate") == "/services/unemployed-certificate"
