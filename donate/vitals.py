"""What giving shows of itself to metrics and to whoever runs the site: counts and ages, never a person or an amount."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.utils import timezone

from donate import attack, inbox
from donate.models import Checkout, Gift, Message, StripeEvent
from home import alarms, metrics

# Stripe tells of every checkout: paid at once, or expired after a day. Without a word by then, its webhooks are silent.
CHECKOUT_TELLS_WITHIN = timedelta(hours=26)
GIFT_TELLS_WITHIN = timedelta(minutes=30)
MODE_TOLD_FOR = timedelta(days=1)


def register() -> None:
    metrics.register("dateline_inbox_age_seconds", "Age of the oldest event not applied.", inbox_age)
    metrics.register("dateline_events_waiting", "Events stored and not applied.", events_waiting)
    metrics.register("dateline_mails_waiting", "Mails owed and not sent.", mails_waiting)
    metrics.register("dateline_gifts", "Gifts in the books, by mode, frequency and currency.", gifts)
    alarms.register("webhooks", silent_webhooks)
    alarms.register("mode of webhooks", other_mode)
    alarms.register("attack", attack.alarm)


def inbox_age() -> metrics.Figures:
    oldest = inbox.unprocessed().first()
    return [({}, (timezone.now() - oldest.received_at).total_seconds() if oldest else 0)]


def events_waiting() -> metrics.Figures:
    return [({}, StripeEvent.objects.filter(processed_at__isnull=True).count())]


def mails_waiting() -> metrics.Figures:
    return [({}, Message.objects.filter(sent_at__isnull=True).count())]


def gifts() -> metrics.Figures:
    rows = Gift.objects.order_by().values_list("livemode", "frequency", "currency").annotate(Count("pk"))
    return [
        ({"mode": "live" if live else "test", "frequency": frequency, "currency": currency}, count)
        for live, frequency, currency, count in rows
    ]


def silent_webhooks() -> str | None:
    """A gift that we learned of by asking, or a checkout long over, and not one event since."""
    if not settings.STRIPE_SECRET_KEY:
        return None
    now, last = timezone.now(), inbox.last_received()
    checkout = Checkout.objects.filter(
        created_at__lte=now - CHECKOUT_TELLS_WITHIN, stripe_checkout_session_id__isnull=False
    ).first()
    gift = (
        Gift.objects.filter(stripe_charge_id__isnull=False, received_at__lte=now - GIFT_TELLS_WITHIN)
        .order_by("-received_at")
        .first()
    )
    newest = max(
        [moment for moment in (checkout and checkout.created_at, gift and gift.received_at) if moment],
        default=None,
    )
    if newest is None or (last is not None and last >= newest):
        return None
    return (
        f"Stripe's webhooks are silent: no event since {last:%Y-%m-%d %H:%M} UTC."
        if last
        else "No webhook of Stripe has ever arrived."
    )


def other_mode() -> str | None:
    """An endpoint at Stripe that sends live events to a test site, or test events to a live one."""
    since = timezone.now() - MODE_TOLD_FOR
    found = (
        StripeEvent.objects.filter(received_at__gte=since, ignored="other mode")
        .order_by("-received_at")
        .first()
    )
    if found is None:
        return None
    sent, ours = ("live", "test") if found.livemode else ("test", "live")
    return f"Stripe sends {sent} events here, but the key is of {ours} mode: check the endpoint's address."
