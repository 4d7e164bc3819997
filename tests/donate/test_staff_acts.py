"""What staff do about money: refunds, refreshes, receipts, comments; each once, with permission, and logged."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.urls import reverse
from factories import add_line, make_checkout, make_gift, make_user
from givers import begin, give
from wagtail.models import ModelLogEntry

from donate.models import Gift, GiftComment, LedgerEntry, StripeEvent
from donate.totals import with_totals

pytestmark = pytest.mark.django_db


@pytest.fixture
def gift(client, sandbox, page_tree, fundraiser):
    """25 dollars, paid; the client is the fundraiser's from here on."""
    give(client, sandbox, page_tree.campaign)
    client.force_login(fundraiser)
    return Gift.objects.get()


def form_of(client, gift) -> dict:
    page = client.get(reverse("donate_refund", args=[gift.pk])).content.decode()
    attempt = re.search(r'name="attempt" value="([^"]+)"', page)[1]
    return {"attempt": attempt, "amount": "10", "cause": "requested_by_customer", "reason": "Asked by phone"}


def send(client, gift, data):
    return client.post(reverse("donate_refund", args=[gift.pk]), data)


def state(gift) -> str:
    return with_totals(Gift.objects.filter(pk=gift.pk)).get().state


def test_a_refund_is_confirmed_before_anything_happens(client, sandbox, gift):
    page = send(client, gift, form_of(client, gift)).content.decode()

    assert "Give back $10 now?" in page
    assert sandbox.all("refund") == []


def test_a_part_goes_back_and_the_reason_is_kept(client, sandbox, gift, fundraiser):
    answer = send(client, gift, form_of(client, gift) | {"confirmed": "on"})

    assert answer.status_code == 302
    assert [row["amount"] for row in sandbox.all("refund")] == [1000]
    assert state(gift) == "partially_refunded"
    entry = ModelLogEntry.objects.get(action="donate.refunded")
    assert (entry.user, entry.data["reason"]) == (fundraiser, "Asked by phone")
    page = client.get(reverse("gifts:inspect", args=[gift.pk])).content.decode()
    assert "Asked by phone" in page
    assert fundraiser.get_username() in page


def test_the_same_refund_sent_twice_goes_back_once(client, sandbox, gift):
    data = form_of(client, gift) | {"confirmed": "on"}

    send(client, gift, data)
    send(client, gift, data)

    assert len(sandbox.all("refund")) == 1
    assert LedgerEntry.objects.filter(kind="refunded").count() == 1


def test_the_rest_can_go_back_too_and_no_more(client, sandbox, gift):
    send(client, gift, form_of(client, gift) | {"confirmed": "on"})

    too_much = send(client, gift, form_of(client, gift) | {"amount": "15.01", "confirmed": "on"})
    rest = send(client, gift, form_of(client, gift) | {"amount": "15", "confirmed": "on"})

    assert "At most $15 is left" in too_much.content.decode()
    assert rest.status_code == 302
    assert state(gift) == "refunded"
    assert send(client, gift, form_of_again()).status_code == 302
    assert len(sandbox.all("refund")) == 2


def form_of_again() -> dict:
    return {
        "attempt": "8c5b0d0e-9f7e-4a55-8a52-2f6a3a2e5b11",
        "amount": "1",
        "cause": "duplicate",
        "reason": "x",
        "confirmed": "on",
    }


@pytest.mark.parametrize("typed", ["", "abc", "0", "-5", "5.001", "٥", "1e1", "26"])
def test_a_bad_amount_is_a_form_error_and_loses_nothing(typed, client, sandbox, gift):
    answer = send(client, gift, form_of(client, gift) | {"amount": typed, "confirmed": "on"})

    assert answer.status_code == 400
    assert "Asked by phone" in answer.content.decode()
    assert sandbox.all("refund") == []


def test_a_refund_without_a_reason_is_not_made(client, sandbox, gift):
    answer = send(client, gift, form_of(client, gift) | {"reason": " ", "confirmed": "on"})

    assert answer.status_code == 400
    assert sandbox.all("refund") == []


def test_a_silent_stripe_leaves_the_form_and_a_sentence(client, sandbox, gift):
    data = form_of(client, gift) | {"confirmed": "on"}
    sandbox.fault(status=500, path="/v1/refunds", times="9")

    answer = send(client, gift, data)
    sandbox.box.store.set_option("faults", [])
    again = send(client, gift, data)

    assert "Stripe does not answer" in answer.content.decode()
    assert again.status_code == 302
    assert len(sandbox.all("refund")) == 1


def test_a_refund_needs_its_own_permission(client, sandbox, gift):
    reader = make_user("reader")
    reader.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_gift"]))
    data = form_of(client, gift) | {"confirmed": "on"}
    client.force_login(reader)

    answer = send(client, gift, data)

    assert answer.status_code == 302
    assert sandbox.all("refund") == []
    assert (
        reverse("donate_refund", args=[gift.pk])
        not in client.get(reverse("gifts:inspect", args=[gift.pk])).content.decode()
    )


def test_a_disputed_gift_cannot_be_given_back(client, sandbox, gift):
    sandbox.dispute(charge=gift.stripe_charge_id)
    sandbox.deliver(client)

    answer = client.get(reverse("donate_refund", args=[gift.pk]))

    assert answer.status_code == 302


def test_a_gift_by_post_is_corrected_by_a_dated_line(client, page_tree, fundraiser):
    client.force_login(fundraiser)
    gift = make_gift(
        page_tree.campaign, method="cheque", stripe_payment_intent_id=None, stripe_charge_id=None, lines=False
    )
    add_line(gift, "received", 5000)

    send(client, gift, form_of(client, gift) | {"confirmed": "on"})

    assert list(gift.lines.values_list("kind", "amount_minor")) == [("received", 5000), ("refunded", -1000)]


def test_refresh_brings_what_no_webhook_told(client, sandbox, gift, fundraiser):
    sandbox.refund(charge=gift.stripe_charge_id, amount="500")
    sandbox.forget_deliveries()

    client.post(reverse("donate_refresh_gift", args=[gift.pk]))

    assert state(gift) == "partially_refunded"
    assert ModelLogEntry.objects.filter(action="donate.refreshed", user=fundraiser).exists()


def test_a_get_changes_nothing(client, gift):
    names = ("donate_refresh_gift", "donate_resend_receipt")

    answers = [client.get(reverse(name, args=[gift.pk])).status_code for name in names]

    assert answers == [405, 405]


def test_the_receipt_is_sent_again_on_request(client, gift, fundraiser, django_capture_on_commit_callbacks):
    mail.outbox.clear()

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("donate_resend_receipt", args=[gift.pk]))

    assert [message.to for message in mail.outbox] == [["ada@donor.example"]]
    assert mail.outbox[0].subject.startswith("Copy of your receipt")
    assert ModelLogEntry.objects.filter(action="donate.receipt_sent", user=fundraiser).exists()


def test_an_event_is_applied_again(client, sandbox, page_tree, fundraiser):
    session = begin(client, page_tree.campaign)
    sandbox.pay(session=session)
    event = StripeEvent.objects.create(
        event_id="evt_lost",
        type="checkout.session.completed",
        object_id=session,
        livemode=False,
        created_at="2026-03-14T09:00:00Z",
        error="Unavailable",
    )
    client.force_login(fundraiser)

    client.post(reverse("donate_apply_event", args=[event.pk]))

    event.refresh_from_db()
    assert event.processed_at
    assert Gift.objects.count() == 1


def test_words_of_a_donor_are_shown_only_after_approval(client, page_tree, fundraiser):
    gift = make_gift(page_tree.campaign, checkout=make_checkout(page_tree.campaign))
    comment = GiftComment.objects.create(gift=gift, first_name="Ada", words="For <b>the</b> wells")
    address = page_tree.campaign.get_url_parts()[2]
    before = client.get(address).content.decode()
    client.force_login(fundraiser)

    assert "For &lt;b&gt;the&lt;/b&gt; wells" in client.get(reverse("donate_comments")).content.decode()
    client.post(reverse("donate_decide_comment", args=[comment.pk]), {"decision": "approve"})
    shown = client.get(address).content.decode()
    client.post(reverse("donate_decide_comment", args=[comment.pk]), {"decision": "refuse"})

    assert "For " not in before
    assert "For &lt;b&gt;the&lt;/b&gt; wells" in shown
    assert "For &lt;b&gt;" not in client.get(address).content.decode()
    acts = ModelLogEntry.objects.filter(user=fundraiser).values_list("action", flat=True)
    assert set(acts) >= {"donate.comment_approved", "donate.comment_refused"}
