"""Staff read what makes up each deposit and each month, and close a month."""

from datetime import timedelta

import givers
import pytest
from django.urls import reverse
from django.utils import timezone

from donate.models import ClosedMonth, Gift

pytestmark = pytest.mark.django_db


@pytest.fixture
def paid_out(client, sandbox, page_tree, fundraiser):
    """25 dollars, five of them given back, and the rest on the bank; the client is the fundraiser's."""
    givers.give(client, sandbox, page_tree.campaign)
    gift = Gift.objects.get()
    sandbox.refund(charge=gift.stripe_charge_id, amount="500")
    sandbox.deliver(client)
    sandbox.payout()
    client.force_login(fundraiser)
    return gift


def page(client, name: str, **query) -> str:
    answer = client.get(reverse(name), query)
    assert answer.status_code == 200
    return answer.content.decode()


def this_month() -> str:
    return f"{timezone.localdate():%Y-%m}"


def last_month():
    """A moment in it, in the organisation's time zone."""
    return timezone.localtime().replace(day=1, hour=12) - timedelta(days=3)


def test_a_deposit_lists_gift_refund_and_fee_to_the_cent(client, paid_out):
    shown = page(client, "donate_deposits")

    assert "Explained to the cent." in shown
    assert "<td>$25</td><td>-$1.02</td><td>$23.98</td>" in shown
    assert "<td>-$5</td>" in shown
    assert "<td>$18.98</td></tr></tfoot>" in shown


def test_the_month_ties_to_stripes_balance(client, paid_out):
    shown = page(client, "donate_month", month=this_month())

    assert "moved by the same." in shown
    assert "<td>USD</td><td>$18.98</td><td>$0</td><td>$0</td><td>$18.98</td><td>$0</td>" in shown


def test_the_month_can_be_taken_home(client, paid_out):
    text = page(client, "donate_month", month=this_month(), export="csv")

    assert text.splitlines()[0] == "Currency,Designation,Kind,Amount,Correction of"
    assert any(line.startswith("USD,") and line.endswith(",25.00,") for line in text.splitlines())


def test_stripe_down_is_a_sentence(client, paid_out, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    assert "Stripe does not answer" in page(client, "donate_deposits")
    assert "Stripe does not answer" in page(client, "donate_month", export="csv")


@pytest.mark.parametrize("who", ["editor", "moderator", "outsider"])
def test_deposits_and_months_are_for_fundraisers(who, client, page_tree, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("donate_deposits")).status_code == 302
    assert client.get(reverse("donate_month")).status_code == 302
    client.post(reverse("donate_close_month"), {"month": f"{last_month():%Y-%m}"})
    assert not ClosedMonth.objects.exists()


def test_a_month_that_runs_cannot_be_closed(client, fundraiser, sandbox):
    client.force_login(fundraiser)

    client.post(reverse("donate_close_month"), {"month": this_month()})

    assert not ClosedMonth.objects.exists()
