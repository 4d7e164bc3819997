"""The sandbox through the official SDK: sessions, payments, refunds, disputes, subscriptions, lists."""

import pytest
import requests
import stripe
from sandbox import session_params
from shapes import faults


def begin(client, **changes):
    return client.v1.checkout.sessions.create(params=session_params(**changes))


def test_a_session_has_no_payment_until_the_donor_confirms(stripe_client):
    session = begin(stripe_client)

    assert (session.status, session.payment_status, session.payment_intent) == ("open", "unpaid", None)
    assert session.url.endswith(f"/c/pay/{session.id}")


def test_a_paid_session_answers_with_nested_expansion(sandbox, stripe_client):
    session = begin(stripe_client)

    sandbox.pay(session=session.id)

    paths = ["payment_intent.latest_charge.balance_transaction", "payment_intent.latest_charge.refunds"]
    paid = stripe_client.v1.checkout.sessions.retrieve(session.id, params={"expand": paths})
    charge = paid.payment_intent.latest_charge
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert (charge.balance_transaction.amount, charge.balance_transaction.fee) == (2500, 102)
    assert charge.balance_transaction.net == 2398
    assert charge.refunds.data == []
    assert paid.customer_details.email == "ada@example.org"
    assert charge.metadata["checkout"] == "c-1"


def test_the_hosted_page_takes_a_payment_and_returns_to_the_site(sandbox, stripe_client):
    session = begin(stripe_client)
    page = requests.get(session.url).text

    answer = requests.post(
        session.url, {"email": "ada@example.org", "card": "4242 4242 4242 4242"}, allow_redirects=False
    )

    assert "SANDBOX: no real money" in page
    assert "25.00 USD" in page
    assert "<script" not in page
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"http://localhost/giving/thanks/?session_id={session.id}"


def test_a_declined_card_leaves_the_session_open_for_another(sandbox, stripe_client):
    session = begin(stripe_client)

    page = requests.post(session.url, {"email": "ada@example.org", "use": "4000000000000002"})
    sandbox.pay(session=session.id)

    assert "declined" in page.text
    paid = stripe_client.v1.checkout.sessions.retrieve(session.id)
    assert paid.payment_status == "paid"
    charges = stripe_client.v1.charges.list(params={"payment_intent": paid.payment_intent}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


def test_a_card_that_asks_for_authentication_shows_the_banks_page_first(sandbox, stripe_client):
    session = begin(stripe_client)
    fields = {"email": "ada@example.org", "card": "4000002500003155"}

    bank = requests.post(session.url, fields)
    before = stripe_client.v1.checkout.sessions.retrieve(session.id).status
    requests.post(session.url, fields | {"confirmed": "yes"}, allow_redirects=False)

    assert "Complete authentication" in bank.text
    assert before == "open"
    assert stripe_client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


@pytest.mark.parametrize(("outcome", "status"), [("paid", "paid"), ("declined", "unpaid")])
def test_a_bank_debit_is_complete_and_unpaid_until_the_bank_answers(sandbox, stripe_client, outcome, status):
    session = begin(stripe_client)

    sandbox.pay(session=session.id, card="000123456789")
    between = stripe_client.v1.checkout.sessions.retrieve(session.id, params={"expand": ["payment_intent"]})
    sandbox.delayed(session=session.id, outcome=outcome)

    assert (between.status, between.payment_status) == ("complete", "unpaid")
    assert between.payment_intent.status == "processing"
    assert stripe_client.v1.checkout.sessions.retrieve(session.id).payment_status == status
    word = "succeeded" if outcome == "paid" else "failed"
    assert sandbox.waiting(f"checkout.session.async_payment_{word}")


def test_refunds_add_up_and_never_exceed_the_charge(sandbox, stripe_client):
    session = begin(stripe_client)
    intent = sandbox.pay(session=session.id)["payment_intent"]
    refunds = stripe_client.v1.refunds

    refunds.create(params={"payment_intent": intent, "amount": 1000})
    with pytest.raises(stripe.InvalidRequestError):
        refunds.create(params={"payment_intent": intent, "amount": 1501})
    refunds.create(params={"payment_intent": intent})

    charge = stripe_client.v1.charges.list(params={"payment_intent": intent}).data[0]
    assert (charge.amount_refunded, charge.refunded) == (2500, True)
    assert [r.amount for r in refunds.list(params={"payment_intent": intent}).data] == [1500, 1000]


def test_a_refund_may_fail_after_it_succeeded(sandbox, stripe_client):
    intent = sandbox.pay(session=begin(stripe_client).id)["payment_intent"]
    refund = stripe_client.v1.refunds.create(params={"payment_intent": intent})

    sandbox.fail_refund(refund=refund.id)

    failed = stripe_client.v1.refunds.retrieve(refund.id, params={"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_balance_transaction.amount) == ("failed", 2500)
    assert stripe_client.v1.charges.retrieve(failed.charge).amount_refunded == 0


def test_a_dispute_takes_the_money_and_a_won_one_returns_it(sandbox, stripe_client):
    intent = sandbox.pay(session=begin(stripe_client).id)["payment_intent"]
    charge = sandbox.get(intent)["latest_charge"]

    dispute = sandbox.dispute(charge=charge)
    sandbox.win(dispute=dispute["id"])

    found = stripe_client.v1.disputes.list(params={"payment_intent": intent}).data[0]
    assert found.status == "won"
    assert [entry.amount for entry in found.balance_transactions] == [-2500, 2500]
    assert [entry.fee for entry in found.balance_transactions] == [1500, 0]
    types = ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed", "charge.dispute.funds_reinstated"]  # fmt: skip
    assert [d.type for d in sandbox.waiting(*types)] == types


def test_a_monthly_gift_begins_renews_and_is_found_by_its_payment(sandbox, stripe_client):
    session = begin(stripe_client, monthly=True)
    sandbox.pay(session=session.id)
    paths = ["subscription", "invoice.payments"]
    paid = stripe_client.v1.checkout.sessions.retrieve(session.id, params={"expand": paths})

    renewal = sandbox.renew(subscription=paid.subscription.id)

    invoice = stripe_client.v1.invoices.retrieve(renewal["id"], params={"expand": ["payments"]})
    payment = invoice.payments.data[0]
    assert paid.payment_intent is None
    assert paid.invoice.payments.data[0].status == "paid"
    assert paid.subscription.metadata["checkout"] == "c-1"
    assert (invoice.status, invoice.billing_reason) == ("paid", "subscription_cycle")
    assert invoice.parent.subscription_details.subscription == paid.subscription.id
    query = {"payment": {"type": "payment_intent", "payment_intent": payment.payment.payment_intent}}
    assert stripe_client.v1.invoice_payments.list(params=query).data[0].invoice == invoice.id


def test_a_failed_renewal_is_tried_again_and_recovers(sandbox, stripe_client):
    session = sandbox.pay(session=begin(stripe_client, monthly=True).id)

    late = sandbox.renew(subscription=session["subscription"], outcome="declined")
    status = stripe_client.v1.subscriptions.retrieve(session["subscription"]).status
    sandbox.retry(invoice=late["id"], outcome="paid")

    assert (late["status"], status) == ("open", "past_due")
    assert late["next_payment_attempt"]
    assert stripe_client.v1.subscriptions.retrieve(session["subscription"]).status == "active"
    intents = stripe_client.v1.payment_intents.list(params={"customer": session["customer"]}).data
    assert len(intents) == 2


def test_a_subscription_ends_after_the_fourth_failure(sandbox, stripe_client):
    session = sandbox.pay(session=begin(stripe_client, monthly=True).id, card="4000000000000341")

    late = sandbox.renew(subscription=session["subscription"])
    for _ in range(3):
        late = sandbox.retry(invoice=late["id"])

    ended = stripe_client.v1.subscriptions.retrieve(session["subscription"])
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    assert (late["attempt_count"], late["next_payment_attempt"]) == (4, None)


def test_a_changed_amount_counts_from_the_next_invoice(sandbox, stripe_client):
    session = sandbox.pay(session=begin(stripe_client, monthly=True).id)
    subscription = stripe_client.v1.subscriptions.retrieve(session["subscription"])
    item = subscription["items"].data[0]
    price = {
        "currency": "usd",
        "product": item.price.product,
        "recurring": {"interval": "month"},
        "unit_amount": 900,
    }

    stripe_client.v1.subscriptions.update(
        subscription.id,
        params={"items": [{"id": item.id, "price_data": price}], "proration_behavior": "none"},
    )

    assert sandbox.get(subscription.latest_invoice)["total"] == 2500
    assert sandbox.renew(subscription=subscription.id)["total"] == 900


def test_a_paused_subscription_voids_its_invoices_and_an_ending_one_ends(sandbox, stripe_client):
    id = sandbox.pay(session=begin(stripe_client, monthly=True).id)["subscription"]
    update = stripe_client.v1.subscriptions.update

    update(id, params={"pause_collection": {"behavior": "void"}})
    paused = sandbox.renew(subscription=id)
    update(id, params={"pause_collection": ""})
    resumed = sandbox.renew(subscription=id)
    update(id, params={"cancel_at_period_end": True})
    ended = sandbox.renew(subscription=id)

    assert [paused["status"], resumed["status"], ended["status"]] == ["void", "paid", "canceled"]


def test_a_month_passes_and_renewals_carry_their_true_dates(sandbox, stripe_client):
    id = sandbox.pay(session=begin(stripe_client, monthly=True).id)["subscription"]
    due = sandbox.get(id)["items"]["data"][0]["current_period_end"]

    result = sandbox.advance(days="63")

    invoices = stripe_client.v1.invoices.list(params={"subscription": id}).data
    assert result["renewed"] == 2
    assert [i.billing_reason for i in invoices] == [
        "subscription_cycle",
        "subscription_cycle",
        "subscription_create",
    ]
    assert invoices[1].created == due


def test_events_are_listed_by_type_time_and_delivery_in_pages(sandbox, stripe_client, client):
    for _ in range(3):
        sandbox.pay(session=begin(stripe_client).id)
    types = ["checkout.session.completed"]
    first = sandbox.waiting(*types)[0]
    sandbox.box.save(sandbox.get(first.event), _delivered=True)

    events = stripe_client.v1.events
    missed = events.list(params={"types": types, "delivery_success": False})
    page = events.list(params={"types": types, "limit": 2})
    rest = events.list(params={"types": types, "limit": 2, "starting_after": page.data[-1].id})

    assert len(missed.data) == 2
    assert (len(page.data), page.has_more, len(rest.data), rest.has_more) == (2, True, 1, False)
    assert len(list(events.list(params={"limit": 1}).auto_paging_iter())) == len(sandbox.all("event"))
    now = sandbox.box.now()
    assert events.list(params={"created": {"gte": now + 10}}).data == []


def test_a_euro_gift_settles_in_dollars_where_the_account_does(sandbox, stripe_client):
    sandbox.settings(settlement={"eur": ["usd", 1.08]})

    intent = sandbox.pay(session=begin(stripe_client, currency="eur").id)["payment_intent"]
    stripe_client.v1.refunds.create(params={"payment_intent": intent, "amount": 500})

    refund, charge = stripe_client.v1.balance_transactions.list().data
    assert (charge.currency, charge.amount, charge.exchange_rate, charge.fee) == ("usd", 2700, 1.08, 108)
    assert (refund.amount, refund.fee) == (-540, 0)


def test_a_late_balance_transaction_arrives_with_an_event(sandbox, stripe_client):
    sandbox.settings(late_balance="on")
    intent = sandbox.pay(session=begin(stripe_client).id)["payment_intent"]
    charge = sandbox.get(intent)["latest_charge"]
    before = stripe_client.v1.charges.retrieve(charge).balance_transaction

    sandbox.release_balance(charge=charge)

    assert before is None
    assert stripe_client.v1.charges.retrieve(charge).balance_transaction
    assert sandbox.waiting("charge.updated")


def test_a_payout_lists_what_it_is_made_of_to_the_cent(sandbox, stripe_client):
    intent = sandbox.pay(session=begin(stripe_client).id)["payment_intent"]
    stripe_client.v1.refunds.create(params={"payment_intent": intent, "amount": 500})

    payout = sandbox.payout()

    entries = stripe_client.v1.balance_transactions.list(params={"payout": payout["id"]}).data
    assert sorted(entry.type for entry in entries) == ["charge", "payout", "refund"]
    assert sum(entry.net for entry in entries) == 0
    assert payout["amount"] == 2398 - 500
    assert stripe_client.v1.balance.retrieve().pending == []


def test_the_portal_changes_the_card_and_pays_what_is_late(sandbox, stripe_client):
    session = sandbox.pay(session=begin(stripe_client, monthly=True).id, card="4000000000000341")
    late = sandbox.renew(subscription=session["subscription"])

    portal = stripe_client.v1.billing_portal.sessions.create(
        params={
            "customer": session["customer"],
            "return_url": "http://localhost/giving/",
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {
                    "type": "redirect",
                    "redirect": {"return_url": "http://localhost/giving/"},
                },
            },
        }
    )
    page = requests.get(portal.url).text
    answer = requests.post(portal.url, {"act": "card", "card": "4242424242424242"}, allow_redirects=False)

    assert "SANDBOX" in page
    assert answer.headers["Location"] == "http://localhost/giving/"
    assert sandbox.get(late["id"])["status"] == "paid"
    assert sandbox.get(session["subscription"])["status"] == "active"


def test_a_deleted_customer_takes_the_subscription_along(sandbox, stripe_client):
    session = sandbox.pay(session=begin(stripe_client, monthly=True).id)

    stripe_client.v1.customers.delete(session["customer"])

    assert stripe_client.v1.customers.retrieve(session["customer"]).deleted
    assert sandbox.get(session["subscription"])["status"] == "canceled"
    assert stripe_client.v1.customers.list(params={"email": "ada@example.org"}).data == []


def test_every_stored_object_has_the_sdks_shape(sandbox, stripe_client):
    sandbox.settings(settlement={"eur": ["usd", 1.08]}, webhook_url="http://127.0.0.1:9/")
    for card in ("4242424242424242", "4000000000000002", "4000000000000259", "4000000000005126"):
        session = sandbox.pay(session=begin(stripe_client, currency="eur").id, card=card)
    stripe_client.v1.refunds.create(params={"payment_intent": session["payment_intent"]})
    sandbox.pay(session=begin(stripe_client).id, card="000123456789")
    sandbox.expire(session=begin(stripe_client).id)
    paid = sandbox.pay(session=begin(stripe_client, monthly=True).id)
    sandbox.renew(subscription=paid["subscription"], outcome="authenticate")
    sandbox.lose(dispute=sandbox.all("dispute")[0]["id"])
    sandbox.payout()
    stripe_client.v1.billing_portal.sessions.create(params={"customer": paid["customer"]})
    sandbox.settings(webhook_url="")

    from donate.sandbox.objects import public
    from donate.sandbox.store import Store

    store: Store = sandbox.box.store
    kinds = [row[0] for row in store.rows("SELECT DISTINCT kind FROM objects")]
    found = {fault for kind in kinds for obj in store.find(kind) for fault in faults(public(obj))}
    assert len(kinds) >= 19
    assert sorted(found) == []
