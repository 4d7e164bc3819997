"""What Stripe delivered: stored once, before anything else, then handed to converge. Failed rows are tried again."""

import logging
from datetime import timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from donate import account, converge
from donate.facts import Notice
from donate.gateway import GatewayError, NotFound
from donate.models import Checkout, LedgerEntry, StripeEvent
from donate.models.choices import EntryKind

log = logging.getLogger(__name__)

# Which object to ask for. All other types are stored and left alone.
OBJECT_OF = {
    "checkout.session.completed": "session",
    "checkout.session.async_payment_succeeded": "session",
    "checkout.session.async_payment_failed": "session",
    "checkout.session.expired": "session",
    "invoice.paid": "invoice",
    "invoice.payment_failed": "invoice",
    "invoice.payment_action_required": "invoice",
    "invoice.finalization_failed": "invoice",
    "invoice.voided": "invoice",
    "invoice.marked_uncollectible": "invoice",
    "customer.subscription.created": "subscription",
    "customer.subscription.updated": "subscription",
    "customer.subscription.deleted": "subscription",
    "customer.subscription.paused": "subscription",
    "customer.subscription.resumed": "subscription",
    "payment_intent.succeeded": "intent",
    "payment_intent.processing": "intent",
    "payment_intent.payment_failed": "intent",
    "charge.succeeded": "charge",
    "charge.updated": "charge",
    "charge.refunded": "charge",
    "refund.created": "refund",
    "refund.updated": "refund",
    "refund.failed": "refund",
    "charge.dispute.created": "dispute",
    "charge.dispute.updated": "dispute",
    "charge.dispute.closed": "dispute",
    "charge.dispute.funds_withdrawn": "dispute",
    "charge.dispute.funds_reinstated": "dispute",
}
# Several events tell of one success. By the column of the gift that holds the object's id.
SAYS_RECEIVED = {
    "checkout.session.completed": "stripe_checkout_session_id",
    "payment_intent.succeeded": "stripe_payment_intent_id",
    "charge.succeeded": "stripe_charge_id",
}
MOST_ATTEMPTS = 50


def receive(notice: Notice) -> bool:
    """Stores and applies one delivery. False: it is stored, but Stripe shall send it again."""
    event = StripeEvent.objects.filter(event_id=notice.event_id).first() or store(notice)
    return event.processed_at is not None or process(event)


def store(notice: Notice) -> StripeEvent:
    """Once, whoever delivers it at the same time. What needs nothing more is stored as done: one write, not two."""
    event = StripeEvent(**vars(notice))
    reason = why_not(event)
    finished = {"processed_at": timezone.now(), "ignored": reason[:60], "attempts": 1} if reason else {}
    defaults = vars(notice) | finished
    return StripeEvent.objects.get_or_create(event_id=defaults.pop("event_id"), defaults=defaults)[0]


def process(event: StripeEvent) -> bool:
    """Applies a stored event; its error, if any, is kept on the row in a transaction of its own."""
    reason = why_not(event)
    if reason:
        return done(event, reason)
    try:
        converge.converge(OBJECT_OF[event.type], event.object_id)
    except converge.OtherMode:
        return done(event, "other mode")
    except converge.NotOurs as finding:
        return done(event, str(finding))
    except NotFound:
        return done(event, "not found under our key")
    except GatewayError as error:
        return failed(event, str(error))
    except Exception as error:  # noqa: BLE001 - kept on the row; Stripe sends again
        log.exception("An event could not be applied", extra={"event": event.event_id, "type": event.type})
        return failed(event, type(error).__name__)
    return done(event)


def why_not(event: StripeEvent) -> str:
    """A reason to leave the event alone, or nothing."""
    if event.livemode != account.is_live():
        log.error("An event of the other mode arrived: check the webhook's address at Stripe")
        return "other mode"
    if event.type not in OBJECT_OF:
        return "not of use to us"
    if not event.object_id:
        return "names no object"
    return "known already" if is_old_news(event) else ""


def is_old_news(event: StripeEvent) -> bool:
    """It says that a payment succeeded, which the books hold already, settled: there is nothing to ask for."""
    name = SAYS_RECEIVED.get(event.type)
    return (
        bool(name)
        and LedgerEntry.objects.filter(
            kind=EntryKind.RECEIVED,
            settled_minor__isnull=False,
            gift__checkout__state=Checkout.State.COMPLETED,
            **{f"gift__{name}": event.object_id},
        ).exists()
    )


def done(event: StripeEvent, ignored: str = "") -> bool:
    StripeEvent.objects.filter(pk=event.pk).update(
        processed_at=timezone.now(), ignored=ignored[:60], attempts=F("attempts") + 1, error=""
    )
    return True


def failed(event: StripeEvent, error: str) -> bool:
    StripeEvent.objects.filter(pk=event.pk).update(error=error[:500], attempts=F("attempts") + 1)
    return False


def unprocessed(older_than: timedelta = timedelta(0)) -> QuerySet[StripeEvent]:
    return StripeEvent.objects.filter(
        processed_at__isnull=True, received_at__lte=timezone.now() - older_than
    ).order_by("received_at")


def process_waiting() -> int:
    """The clock's part: what failed is tried again, oldest first. Gives how many went well."""
    waiting = unprocessed(timedelta(minutes=1)).filter(attempts__lt=MOST_ATTEMPTS)
    return sum(process(event) for event in list(waiting[:200]))
