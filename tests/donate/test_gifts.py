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


def test_partial_refunds_then_the_rest_and_one_that_fails(client, sandbox, campaign):
    givers.give(client, sandbox, campaign)
    charge = the_gift().stripe_charge_id

    sandbox.refund(charge=charge, amount="500")
    sandbox.deliver(client)
    partial = the_gift()
    sandbox.refund(charge=charge)
    sandbox.deliver(client)
    whole = the_gift()
    sandbox.fail_refund(refund=sandbox.all("refund")[0]["id"])
    sandbox.deliver(client)
    after = the_gift()

    assert (partial.state, partial.refunded_minor, partial.net_minor) == ("partially_refunded", 500, 1898)
    assert (whole.state, whole.refunded_minor, whole.net_minor) == ("refunded", 2500, -102)
    assert (after.state, after.refunded_minor) == ("partially_refunded", 500)
    assert kinds(after) == ["fee", "received", "refund_failed", "refunded", "refunded"]


def test_a_refund_that_is_heard_of_before_the_payment(client, sandbox, campaign):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session)
    charge = sandbox.all("charge")[0]["id"]
    sandbox.refund(charge=charge, amount="700")

    for delivery in reversed(sandbox.waiting()):
        sandbox.post(client, delivery)

    gift = the_gift()
    assert (gift.state, gift.refunded_minor) == ("partially_refunded", 700)


@pytest.mark.parametrize(
    ("outcome", "state", "disputed", "net"),
    [("won", "succeeded", 0, 2398 - 1500), ("lost", "lost", 2500, 2398 - 2500 - 1500)],
)
def test_a_dispute_takes_the_money_until_it_is_decided(
    client, sandbox, campaign, outcome, state, disputed, net
):
    givers.give(client, sandbox, campaign)
    sandbox.dispute(charge=the_gift().stripe_charge_id)
    sandbox.deliver(client)
    during = the_gift()

    (sandbox.win if outcome == "won" else sandbox.lose)(dispute=sandbox.all("dispute")[0]["id"])
    sandbox.deliver(client)
    after = the_gift()

    assert (during.state, during.disputed_minor) == ("disputed", 2500)
    assert (after.state, after.disputed_minor, after.net_minor) == (state, disputed, net)


def test_an_inquiry_of_the_bank_moves_no_money(client, sandbox, campaign):
    givers.give(client, sandbox, campaign)

    sandbox.dispute(charge=the_gift().stripe_charge_id, inquiry="yes")
    sandbox.deliver(client)

    gift = the_gift()
    assert (gift.state, kinds(gift)) == ("succeeded", ["fee", "received"])
    assert gift.disputes.get().status == "inquiry"


@pytest.mark.parametrize("outcome", ["paid", "declined"])
def test_a_bank_debit_is_pending_and_then_received_or_failed(client, sandbox, campaign, outcome):
    session = givers.give(client, sandbox, campaign, card="000123456789")
    before = the_gift()
    assert (before.state, kinds(before), hasattr(before, "receipt")) == ("pending", [], False)

    sandbox.delayed(session=session, outcome=outcome)
    sandbox.deliver(client)

    after = the_gift()
    assert after.state == ("succeeded" if outcome == "paid" else "failed")
    assert hasattr(after, "receipt") == (outcome == "paid")


def test_a_euro_gift_settled_in_dollars_keeps_both_and_adds_neither(client, sandbox, campaign):
    sandbox.settings(settlement='{"eur": ["usd", 1.1]}')

    givers.give(client, sandbox, campaign, currency="EUR", amount_other="50")
    sandbox.refund(charge=the_gift().stripe_charge_id, amount="1000")
    sandbox.deliver(client)

    gift = the_gift()
    lines = {line.kind: line for line in gift.lines.all()}
    assert (gift.amount_minor, gift.currency, gift.settled_currency) == (5000, "eur", "usd")
    assert (lines["received"].amount_minor, lines["received"].settled_minor) == (5000, 5500)
    assert (lines["refunded"].amount_minor, lines["refunded"].settled_minor) == (-1000, -1100)
    assert (lines["fee"].currency, gift.fee_minor) == ("usd", 190)
    assert gift.net_minor == 5500 - 190 - 1100


def test_a_fee_that_comes_late_is_filled_in_once(client, sandbox, campaign):
    sandbox.settings(late_balance="yes")
    givers.give(client, sandbox, campaign)
    before = the_gift()

    sandbox.release_balance(charge=before.stripe_charge_id)
    sandbox.deliver(client)

    after = the_gift()
    assert (before.state, before.fee_minor, before.net_minor) == ("succeeded", None, None)
    assert (after.fee_minor, after.net_minor) == (102, 2398)


def test_a_renewal_that_is_declined_leaves_no_gift_and_is_paid_later(client, sandbox, campaign):
    givers.give(client, sandbox, campaign, frequency="monthly", amount_other="20", card="4000000000000341")
    subscription = RecurringGift.objects.get().stripe_subscription_id

    sandbox.renew(subscription=subscription)
    sandbox.deliver(client)
    late = RecurringGift.objects.get().status
    sandbox.retry(invoice=sandbox.all("invoice")[0]["id"], outcome="paid")
    sandbox.deliver(client)

    assert late == "past_due"
    assert RecurringGift.objects.get().status == "active"
    assert Gift.objects.count() == 2


def test_events_about_a_row_that_does_not_exist_make_it_again_from_what_we_wrote(client, sandbox, campaign):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session)
    Checkout.objects.all().delete()

    sandbox.deliver(client)

    gift = the_gift()
    assert (gift.state, gift.amount_minor, gift.campaign_id) == ("succeeded", 2500, campaign.pk)
    assert gift.donor.email == "ada@donor.example"


def test_a_session_of_another_product_is_stored_and_is_no_gift(client, sandbox, campaign, stripe_client):
    from sandbox import session_params

    session = stripe_client.v1.checkout.sessions.create(params=session_params())
    sandbox.pay(session=session.id)

    answers = sandbox.deliver(client)

    assert {answer.status_code for answer in answers} == {200}
    assert not Gift.objects.exists()


def test_live_and_test_never_mix(client, sandbox, campaign, settings):
    session = givers.begin(client, campaign)
    Checkout.objects.update(livemode=True)
    sandbox.pay(session=session)

    answers = sandbox.deliver(client)

    assert {answer.status_code for answer in answers} == {200}
    assert not Gift.objects.exists()
