"""The terms as the pages say them, beside what the acts state."""

import pytest

from gateway.catalogue import Channel
from gateway.web.portal.ways import terms_of
from tests.integration.flows.town import CATALOGUE


@pytest.mark.parametrize(
    ("service", "channel", "said"),
    [
        ("unemployed-certificate", Channel.PORTAL, [("15 minutes", True)]),
        ("unemployed-certificate", Channel.PROVIDER_OFFICE, [("10 minutes", True)]),
        ("targeted-social-assistance", Channel.PROVIDER_OFFICE, [("7 working days + 60 minutes", False)]),
        # Ten days run from the application, so that what was done in them is not added (lines 2607-2610 have eight).
        ("home-taught-disabled-children-support", Channel.PORTAL, [("10 working days + 50 minutes", False)]),
        ("local-social-assistance", Channel.PORTAL, [("8 working days + 30 minutes", False)]),
        # The applicant's twenty days and what is counted back from the session add nothing; each kind has its own.
        (
            "foreign-labour-permit",
            Channel.PORTAL,
            [("14 working days + 20 minutes", False), ("5 working days", True), ("5 working days", True)],
        ),
    ],
)
def test_a_term_is_the_total_or_the_steps_added_up(service, channel, said):
    terms = terms_of(CATALOGUE.service(service), channel)
    assert [(term.text, term.stated) for term in terms] == said
    assert all(term.kind for term in terms) is (len(terms) > 1)
