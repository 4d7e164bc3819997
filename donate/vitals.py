"""What giving shows of itself to metrics and to whoever runs the site: counts and ages, never a person or an amount."""

from django.db.models import Count
from django.utils import timezone

from donate import attack, inbox
from donate.models import Gift, Message, StripeEvent
from home import alarms, metrics


def register() -> None:
    metrics.register("dateline_inbox_age_seconds", "Age of the oldest event not applied.", inbox_age)
    metrics.register("dateline_events_waiting", "Events stored and not applied.", events_waiting)
    metrics.register("dateline_mails_waiting", "Mails owed and not sent.", mails_waiting)
    metrics.register("dateline_gifts", "Gifts in the books, by mode, frequency and currency.", gifts)
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
