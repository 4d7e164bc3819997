"""Do Stripe's webhooks reach us? The clock asks Stripe which events it had, and looks whether they are here.

A delivery that fits no secret of ours proves nothing: anybody can post one. It counts only where Stripe, asked, had that
very event and we did not get it. Findings lie in the cache that all processes share.
"""

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from donate import account, event_gateway, gateway
from donate.event_gateway import Happened
from donate.models import Checkout, StripeEvent

log = logging.getLogger(__name__)

EVERY_SECONDS = 300
GRACE = timedelta(minutes=30)  # within which an event may still be on its way
LOOK_BACK = timedelta(days=1)
FINDING = "webhooks-missed"
KEPT = 3 * EVERY_SECONDS
REFUSED_KEPT = 2 * 3600  # seconds
REFUSED_MOST = 60  # a minute are noted; more is a flood
MODE_TOLD_FOR = timedelta(days=1)
REASONS = {
    "": "no endpoint of %(mode)s mode has this site's address",
    "disabled": "Stripe has disabled the endpoint",
    "enabled": "see their attempts at Stripe",
}


def alarm() -> str | None:
    """For the ready-check and the admin: events that Stripe had and we did not get, or events of the other mode."""
    return missed() or other_mode()


def missed() -> str | None:
    """The clock's finding, once it was made twice: what Stripe sends again after a restart is no alarm."""
    finding = cache.get(FINDING)
    return finding["sentence"] if finding and finding["times"] > 1 else None


def ask() -> None:
    """The clock's part. Where Stripe does not answer, or does not let us look, the last finding stands until it is old."""
    if not account.takes_gifts() or not Checkout.objects.exists():
        return
    try:
        sentence = told(not_here())
    except gateway.GatewayError as error:
        log.warning("Stripe could not be asked for its events: %s", error)
        return
    if not sentence:
        cache.delete(FINDING)
        return
    before = cache.get(FINDING)
    times = before["times"] + 1 if before else 1
    cache.set(FINDING, {"sentence": sentence, "times": times}, KEPT)


def not_here() -> list[Happened]:
    """Events of ours that Stripe had after the last one that we got."""
    now = timezone.now()
    newest = StripeEvent.objects.filter(livemode=account.is_live()).aggregate(Max("created_at"))
    since = max(newest["created_at__max"] or now - LOOK_BACK, now - LOOK_BACK)
    found = event_gateway.events_of_gifts(since)
    ids = [item.event_id for item in found]
    here = set(StripeEvent.objects.filter(event_id__in=ids).values_list("event_id", flat=True))
    return [item for item in found if item.event_id not in here]


def told(missing: list[Happened]) -> str:
    """What is wrong; empty where nothing is, or where they may still be on their way."""
    refused = cache.get_many([refused_key(item.event_id) for item in missing])
    late = [item for item in missing if item.at <= timezone.now() - GRACE]
    if refused:
        return told_of(missing, "they fit none of STRIPE_WEBHOOK_SECRETS")
    state = endpoint_state() if late else ""
    if state == "enabled":
        late = [item for item in late if item.is_pending]
    return told_of(late, REASONS[state] % {"mode": mode()}) if late else ""


def told_of(missing: list[Happened], reason: str) -> str:
    return f"Stripe had events for us since {missing[0].at:%Y-%m-%d %H:%M} UTC that did not arrive: {reason}."


def endpoint_state() -> str:
    return event_gateway.endpoint_state(settings.SITE_URL + reverse("donate:webhook"))


def mode() -> str:
    return "live" if account.is_live() else "test"


def note_refused(event_id: str) -> None:
    """A delivery that looks like Stripe's fits no secret. Remembered in case Stripe says that it was real."""
    if not event_id:
        return
    minute = f"webhooks-refused-{int(time.time() // 60)}"
    try:
        cache.add(minute, 0, 120)
        if cache.incr(minute) <= REFUSED_MOST:
            cache.set(refused_key(event_id), True, REFUSED_KEPT)
    except Exception as error:  # noqa: BLE001 - any cache; the delivery is refused all the same
        log.error("A refused delivery cannot be noted: %s", type(error).__name__)


def refused_key(event_id: str) -> str:
    return f"webhook-refused-{event_id}"[:200]


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
    sent = "live" if found.livemode else "test"
    return f"Stripe sends {sent} events here, but the key is of {mode()} mode: check the endpoint's address."
