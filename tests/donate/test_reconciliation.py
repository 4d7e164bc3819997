"""Staff see where our books and Stripe differ, and have it mended by asking Stripe again."""

import pytest
from django.urls import reverse
from django.utils import timezone
from givers import begin, give
from wagtail.models import ModelLogEntry

from donate.models import Gift, LedgerEntry

pytestmark = pytest.mark.django_db


def page(client, **query) -> str:
    answer = client.get(reverse("donate_reconciliation"), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def missed_refund(client, sandbox, page_tree, fundraiser):
    """Five dollars of 25 went back, and the news of it never arrived; the client is the fundraiser's."""
    give(client, sandbox, page_tree.campaign)
    gift = Gift.objects.get()
    sandbox.refund(charge=gift.stripe_charge_id, amount="500")
    client.force_login(fundraiser)
    return gift


def test_books_that_are_right_show_no_difference(client, sandbox, page_tree, fundraiser):
    give(client, sandbox, page_tree.campaign)
    client.force_login(fundraiser)

    assert "Our books and Stripe say the same." in page(client)


def test_a_missed_refund_is_listed_with_both_sides_and_looking_mends_nothing(client, missed_refund):
    shown = page(client)

    assert reverse("gifts:inspect", args=[missed_refund.pk]) in shown
    assert "<td>$25, received</td><td>$5</td><td>no line refunded</td>" in shown
    assert not LedgerEntry.objects.filter(kind="refunded").exists()


def test_the_button_mends_by_refresh_and_says_who(client, missed_refund, fundraiser):
    answer = client.post(reverse("donate_mend"), follow=True)

    assert "1 difference mended." in answer.content.decode()
    assert LedgerEntry.objects.get(kind="refunded").amount_minor == -500
    assert "Our books and Stripe say the same." in page(client)
    assert ModelLogEntry.objects.get(action="donate.mended").user == fundraiser


def test_one_difference_can_be_mended_alone(client, sandbox, missed_refund):
    sandbox.refund(charge=missed_refund.stripe_charge_id, amount="300")
    first = next(row["id"] for row in sandbox.all("refund") if row["amount"] == 300)

    client.post(reverse("donate_mend"), {"object_id": first})

    assert LedgerEntry.objects.filter(stripe_id=first, kind="refunded").exists()


def test_a_gift_that_never_arrived_here_is_listed_and_entered(client, sandbox, page_tree, fundraiser):
    sandbox.pay(session=begin(client, page_tree.campaign), card="4242424242424242")
    client.force_login(fundraiser)

    assert "not in the books" in page(client)
    client.post(reverse("donate_mend"))

    assert Gift.objects.get().amount_minor == 2500


def test_a_month_holds_its_own_differences_only(client, missed_refund):
    today = timezone.localdate()

    assert "no line refunded" in page(client, month=f"{today:%Y-%m}")
    assert "no line refunded" not in page(client, month=f"{today.year - 1}-01")


@pytest.mark.parametrize("month", ["2026-13", "x", "9999-12", "0001-01"])
def test_what_is_no_month_is_the_last_thirty_days(client, missed_refund, month):
    assert "of the last 30 days" in page(client, month=month)


def test_stripe_down_is_a_sentence(client, missed_refund, settings):
    settings.STRIPE_API_BASE = "http://127.0.0.1:9"

    assert "Stripe does not answer" in page(client)
    answer = client.post(reverse("donate_mend"), follow=True)

    assert answer.status_code == 200
    assert "Stripe does not answer" in answer.content.decode()


@pytest.mark.parametrize("who", ["editor", "moderator", "outsider"])
def test_reconciliation_is_for_fundraisers(who, client, missed_refund, request):
    client.force_login(request.getfixturevalue(who))

    assert client.get(reverse("donate_reconciliation")).status_code == 302
    client.post(reverse("donate_mend"))
    assert not LedgerEntry.objects.filter(kind="refunded").exists()


def test_mending_needs_the_forms_token(missed_refund, fundraiser):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(fundraiser)

    assert strict.post(reverse("donate_mend")).status_code == 403
