"""From the form to the ledger, through the sandbox: gifts, renewals, refunds, disputes, delayed payments."""

import givers
import pytest

from donate.models import Checkout, Gift, LedgerEntry, Receipt, RecurringGift
from donate.totals import with_totals

pytestmark = pytest.mark.django_db


def the_gift() -> Gift:
    return with_totals(Gift.objects.all()).get()


def kinds(gift) -> list[str]:
    return sorted(line.kind for line in gift.lines.all())


def test_a_gift_reaches_the_ledger_with_its_fee_and_a_receipt(client, sandbox, campaign):
    givers.give(client, sandbox, campaign)

    gift = the_gift()
    assert (gift.state, gift.amount_minor, gift.currency) == ("succeeded", 2500, "usd")
    assert (gift.fee_minor, gift.net_minor, gift.refunded_minor) == (102, 2398, 0)
    assert kinds(gift) == ["fee", "received"]
    assert gift.receipt.number.endswith("-000001")
    assert gift.donor.email == "ada@donor.example"
    assert Checkout.objects.get().state == "completed"


def test_a_second_delivery_of_everything_changes_nothing(client, sandbox, campaign, mailoutbox):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session)
    deliveries = sandbox.waiting()

    for delivery in [*deliveries, *deliveries]:
        assert sandbox.post(client, delivery).status_code == 200

    assert Gift.objects.count() == Receipt.objects.count() == 1
    assert LedgerEntry.objects.count() == 2


def test_a_monthly_gift_and_its_renewal_make_two_gifts_under_one_recurring_gift(client, sandbox, campaign):
    givers.give(client, sandbox, campaign, frequency="monthly", amount_other="20")
    recurring = RecurringGift.objects.get()

    sandbox.renew(subscription=recurring.stripe_subscription_id)
    sandbox.deliver(client)

    gifts = with_totals(Gift.objects.filter(recurring_gift=recurring))
    assert [(gift.state, gift.amount_minor) for gift in gifts] == [("succeeded", 2000)] * 2
    assert recurring.status == "active"
    assert len({gift.stripe_invoice_id for gift in gifts}) == 2
