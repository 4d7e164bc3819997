""" "Object X changed": ask Stripe for X as it is now, hand what is true to the ledger. The only way into the books.

The webhook, the thank-you page, catch_up_stripe and the staff's refresh button all call `converge`. Nobody believes
an event's content, and the order of events does not matter. No transaction is open while Stripe is asked.
"""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from donate import gateway, ledger, protection, recovery
from donate.facts import InvoiceFacts, SessionFacts, SubscriptionFacts
from donate.models import Checkout, Gift, RecurringGift

Outcome = Gift | RecurringGift | None


class NotOurs(Exception):  # noqa: N818 - a finding, not a failure
    """The object belongs to something else on the same Stripe account."""


class OtherMode(NotOurs):
    """Live where we are test, or test where we are live."""


def converge(kind: str, object_id: str) -> Outcome:
    """Brings the books to what Stripe says of this object; NotOurs, or a gateway error, where that cannot be."""
    return KINDS[kind](object_id, timezone.now())


def session(id: str, as_of: datetime) -> Outcome:
    found = gateway.get_session(id)
    checkout = checkout_of(found)
    if found.status == "open" and found.payment and found.payment.state == "failed":
        protection.note_refused_card()
    if found.subscription_id and found.status == "complete":
        subscription = gateway.get_subscription(found.subscription_id)
        if not found.invoice_id:
            return ledger.record_subscription(checkout.pk, subscription, as_of, found)
        return instalment(gateway.get_invoice(found.invoice_id), subscription, checkout, as_of, found)
    return ledger.record_session(checkout.pk, found, as_of)


def invoice(id: str, as_of: datetime) -> Outcome:
    found = gateway.get_invoice(id)
    if not found.subscription_id:
        raise NotOurs("an invoice without a subscription")
    subscription = gateway.get_subscription(found.subscription_id)
    return instalment(found, subscription, checkout_behind(subscription), as_of)


def instalment(
    found: InvoiceFacts,
    of: SubscriptionFacts,
    checkout: Checkout,
    as_of: datetime,
    session: SessionFacts | None = None,
) -> Outcome:
    """One invoice of a subscription. Without a payment yet, only the recurring gift is brought up to date."""
    if not found.intent_id:
        return ledger.record_subscription(checkout.pk, of, as_of, session)
    payment = gateway.get_payment(found.intent_id)
    gift = ledger.record_invoice(checkout.pk, found, payment, of, as_of, session)
    ledger.note_attempt(found, payment, of)
    return gift


def subscription(id: str, as_of: datetime) -> Outcome:
    found = gateway.get_subscription(id)
    return ledger.record_subscription(checkout_behind(found).pk, found, as_of)


def intent(id: str, as_of: datetime) -> Outcome:
    """A payment: by the gift it belongs to, else by what Stripe says it belongs to."""
    gift = Gift.objects.filter(stripe_payment_intent_id=id).first()
    if gift and gift.stripe_invoice_id:
        return invoice(gift.stripe_invoice_id, as_of)
    session_id = gift.stripe_checkout_session_id if gift else gateway.session_of_intent(id)
    if session_id:
        return session(session_id, as_of)
    invoice_id = gateway.invoice_of_intent(id)
    if not invoice_id:
        raise NotOurs("a payment without session or invoice")
    return invoice(invoice_id, as_of)


def charge(id: str, as_of: datetime) -> Outcome:
    return behind(gateway.intent_of_charge(id), as_of)


def refund(id: str, as_of: datetime) -> Outcome:
    return behind(gateway.get_refund(id).intent_id, as_of)


def dispute(id: str, as_of: datetime) -> Outcome:
    return behind(gateway.get_dispute(id).intent_id, as_of)


def behind(intent_id: str | None, as_of: datetime) -> Outcome:
    if not intent_id:
        raise NotOurs("no payment behind it")
    return intent(intent_id, as_of)


KINDS: dict[str, Callable[[str, datetime], Outcome]] = {
    "session": session,
    "invoice": invoice,
    "subscription": subscription,
    "intent": intent,
    "charge": charge,
    "refund": refund,
    "dispute": dispute,
}


# Whose it is ------------------------------------------------------------------------------------------


def checkout_of(found: SessionFacts) -> Checkout:
    """Our row behind a payment page: by the id that we wrote into it."""
    checkout = checkout_named(found.metadata) or recovery.checkout_from(found)
    if checkout is None:
        raise NotOurs("a session of another product")
    same_mode(checkout, found.livemode)
    return checkout


def checkout_behind(found: SubscriptionFacts) -> Checkout:
    recurring = (
        RecurringGift.objects.filter(stripe_subscription_id=found.id).select_related("checkout").first()
    )
    checkout = recurring.checkout if recurring else checkout_named(found.metadata)
    if checkout is None and "checkout" in found.metadata:
        session_id = gateway.session_of_subscription(found.id)
        checkout = recovery.checkout_from(gateway.get_session(session_id)) if session_id else None
    if checkout is None:
        raise NotOurs("a subscription of another product")
    same_mode(checkout, found.livemode)
    return checkout


def checkout_named(metadata) -> Checkout | None:
    try:
        public_id = uuid.UUID(metadata.get("checkout", ""))
    except ValueError:
        return None
    return Checkout.objects.filter(public_id=public_id).first()


def same_mode(checkout: Checkout, livemode: bool) -> None:
    if checkout.livemode != livemode:
        raise OtherMode("live and test never mix")
