"""What a list of money costs does not grow with its rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from factories import A_MOMENT, make_checkout, make_donor, make_gift, make_recurring_gift

from donate.models import StripeEvent

pytestmark = pytest.mark.django_db


def add_rows(campaign, numbers) -> None:
    for number in numbers:
        donor = make_donor(f"d{number}@donor.example")
        row = make_checkout(campaign, email=donor.email)
        make_gift(campaign, donor, checkout=row, source_title="A story")
        make_recurring_gift(campaign, donor)
        StripeEvent.objects.create(event_id=f"evt_{number}", type="t", livemode=False, created_at=A_MOMENT)


def queries(client) -> dict[str, int]:
    found = {}
    for name in ("gifts", "donors", "recurring_gifts", "checkouts", "events"):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse(f"{name}:index"), {"q": ""}).status_code == 200
        found[name] = len(seen)
    return found


def test_the_lists_cost_the_same_for_three_rows_and_for_thirty(client, page_tree, fundraiser):
    client.force_login(fundraiser)
    add_rows(page_tree.campaign, range(3))
    queries(client)
    few = queries(client)

    add_rows(page_tree.campaign, range(3, 30))

    assert queries(client) == few
    assert max(few.values()) <= 22
