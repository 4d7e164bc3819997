"""The books beside Stripe, for people: what differs in a period, and mending it while somebody waits."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.utils import timezone

from donate import account, catch_up, converge, gateway, money
from donate.catch_up import Difference
from donate.models import Gift
from donate.models.choices import GiftState
from donate.totals import with_totals

log = logging.getLogger(__name__)

SECONDS = 20.0  # for one page: all questions to Stripe together
MOST = 200  # differences on one page
DAYS = 30
MOMENTS = ("at", "created_at", "started_at")


@dataclass(frozen=True)
class Period:
    """`until` None: up to now. `month` is what the form holds: 2026-10, or empty for the last days."""

    since: datetime
    until: datetime | None = None
    month: str = ""

    @classmethod
    def named(cls, month: str) -> "Period":
        """A month of the organisation's time zone; what is no month is the last thirty days."""
        try:
            first = timezone.make_aware(datetime.strptime(month, "%Y-%m"))  # noqa: DTZ007 - made aware here
        except (ValueError, OverflowError):
            return cls(timezone.now() - timedelta(days=DAYS))
        year, number = first.year + first.month // 12, first.month % 12 + 1
        if year > 9999 or first.year < 2000:
            return cls(timezone.now() - timedelta(days=DAYS))
        return cls(first, timezone.make_aware(datetime(year, number, 1)), first.strftime("%Y-%m"))

    def holds(self, difference: Difference) -> bool:
        if self.until is None:
            return True
        moments = (getattr(difference.facts, name, None) for name in MOMENTS)
        at = next((moment for moment in moments if moment), None)
        return at is None or self.since <= at < self.until


@dataclass(frozen=True)
class Finding:
    """One difference as it is read; `gift` None: not in the books."""

    difference: Difference
    gift: Gift | None

    @property
    def ours(self) -> str:
        if self.gift is None:
            return ""
        return (
            f"{money.display(self.gift.amount_minor, self.gift.currency)}, {GiftState(self.gift.state).label}"
        )

    @property
    def stripes(self) -> str:
        facts = self.difference.facts
        standing = getattr(facts, "state", "") or getattr(facts, "status", "")
        if not getattr(facts, "currency", ""):
            return standing
        shown = money.display(facts.amount_minor, facts.currency)
        return f"{shown}, {standing}" if standing else shown


@dataclass(frozen=True)
class Findings:
    """`trouble`: Stripe's code where it did not answer to the end; `more`: there are more than are listed."""

    rows: list[Finding]
    trouble: str = ""
    more: bool = False


def of_period(period: Period) -> Iterator[Difference]:
    return filter(period.holds, catch_up.differences(period.since))


def look(period: Period) -> Findings:
    """Asks Stripe, for SECONDS at most; what was found before it fell silent is kept."""
    found: list[Difference] = []
    trouble = ""
    try:
        with gateway.within(SECONDS):
            found.extend(islice(of_period(period), MOST + 1))
    except gateway.GatewayError as error:
        trouble = error.code or type(error).__name__
    gifts = gifts_of(found[:MOST])
    rows = [Finding(item, gifts.get(intent_of(item)) or gifts.get(item.object_id)) for item in found[:MOST]]
    return Findings(rows, trouble, len(found) > MOST)


def intent_of(difference: Difference) -> str:
    return getattr(difference.facts, "intent_id", None) or ""


def gifts_of(found: list[Difference]) -> dict[str, Gift]:
    """By payment, and by the checkout's session."""
    gifts = with_totals(Gift.objects.filter(livemode=account.is_live()))
    intents = {intent_of(item) for item in found} - {""}
    sessions = {item.object_id for item in found if item.kind == "session"}
    by_intent = gifts.filter(stripe_payment_intent_id__in=intents)
    by_session = gifts.filter(stripe_checkout_session_id__in=sessions)
    return {gift.stripe_payment_intent_id: gift for gift in by_intent} | {
        gift.stripe_checkout_session_id: gift for gift in by_session
    }


@dataclass
class Mending:
    mended: int = 0
    failed: int = 0
    trouble: str = ""


def mend(period: Period, only: str = "") -> Mending:
    """Has each difference of the period converged, or the one of that object; within SECONDS."""
    done = Mending()
    try:
        with gateway.within(SECONDS):
            for item in of_period(period):
                if only in ("", item.object_id):
                    mend_one(item, done)
    except gateway.GatewayError as error:
        done.trouble = error.code or type(error).__name__
    return done


def mend_one(item: Difference, done: Mending) -> None:
    try:
        converge.converge(item.kind, item.object_id)
        done.mended += 1
    except gateway.GatewayError:
        raise
    except Exception as error:  # noqa: BLE001 - one bad record does not keep the others out of the books
        log.warning("%s could not be mended: %s", item, type(error).__name__)
        done.failed += 1
