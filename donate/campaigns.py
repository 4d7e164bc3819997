"""Which campaign a page asks for, which ones are open, and how far they have come."""

from collections import defaultdict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone
from wagtail.models import Page

from donate import account, money
from donate.models import CampaignPage, GivingSettings, LedgerEntry, Preset
from donate.models.choices import EntryKind
from donate.totals import RAISED
from home.kept import kept
from home.publication import public_pages

TOTALS_KEPT = 25  # seconds; with the page cache's own 30, a figure is never older than a minute


@dataclass(frozen=True)
class Goal:
    """How far a campaign has come, in the currency of its goal."""

    raised_minor: int
    goal_minor: int
    currency: str
    gifts_count: int
    days_left: int | None

    @property
    def raised_display(self) -> str:
        return money.display(self.raised_minor, self.currency)

    @property
    def goal_display(self) -> str:
        return money.display(self.goal_minor, self.currency) if self.goal_minor else ""

    @property
    def percent(self) -> int:
        """Rounded down: 99.9 % is not yet the goal."""
        return max(0, self.raised_minor * 100 // self.goal_minor) if self.goal_minor else 0

    @property
    def maximum(self) -> int:
        return self.goal_minor

    @property
    def value(self) -> int:
        return min(max(0, self.raised_minor), self.goal_minor)


def open_campaigns() -> QuerySet[CampaignPage]:
    """Campaigns that readers may see and that take gifts today, in the editors' order, to be queried further."""
    today = timezone.localdate()
    opened = Q(opens_on__isnull=True) | Q(opens_on__lte=today)
    not_closed = Q(closes_on__isnull=True) | Q(closes_on__gte=today)
    return public_pages(CampaignPage).filter(opened, not_closed).order_by("path")


def open_now() -> dict[int, CampaignPage]:
    """The same from memory, by primary key. Shared (home/kept.py): change copies only."""
    today = timezone.localdate()
    return {campaign.pk: campaign for campaign in kept("campaigns", _not_closed) if is_open(campaign, today)}


def _not_closed() -> list[CampaignPage]:
    """With those that open later: midnight comes between two askings."""
    return list(public_pages(CampaignPage).exclude(closes_on__lt=timezone.localdate()).order_by("path"))


def is_open(campaign: CampaignPage, today: date | None = None) -> bool:
    """Does it take gifts today, by its dates?"""
    today = today or timezone.localdate()
    return not (campaign.opens_on and campaign.opens_on > today) and not (
        campaign.closes_on and campaign.closes_on < today
    )


def default_campaign() -> CampaignPage | None:
    """The site's default where it is open; else the only open one; else none."""
    chosen = kept("default campaign", lambda: GivingSettings.load().default_campaign_id)
    found = [campaign for pk, campaign in open_now().items() if chosen in (None, pk)]
    return copy(found[0]) if len(found) == 1 else None


def campaign_for(page: Page | None) -> CampaignPage | None:
    """The campaign that a page asks for: its own choice, else the site's default; None where it does not ask."""
    if not getattr(page, "asks_for_gifts", True):
        return None
    if isinstance(page, CampaignPage):
        return page if page.live and is_open(page) else default_campaign()
    return getattr(page, "giving_campaign", None) or default_campaign()


def presets(campaign: CampaignPage) -> list[Preset]:
    """The suggested amounts of a published campaign in the editors' order, kept until something is published."""
    return kept(f"presets of {campaign.pk}", lambda: list(Preset.objects.filter(page=campaign.pk)))


def limits(campaign: CampaignPage, currency: str) -> tuple[int, int]:
    """The smallest and largest gift, in minor units: the campaign's own, within what Stripe takes."""
    own = next((row for row in campaign.limits.all() if row.currency == currency), None)
    least, most = (own.minimum_minor, own.maximum_minor) if own else (0, money.LARGEST_MINOR)
    # Room for a covered fee below Stripe's largest amount.
    return (
        max(least or money.minimum(currency), money.STRIPE_MINIMUM.get(currency, 0)),
        min(most, money.LARGEST_MINOR * 9 // 10),
    )


def goal_of(campaign: CampaignPage) -> Goal | None:
    return goals([campaign]).get(campaign.pk)


def goals(campaigns: Iterable[CampaignPage]) -> dict[int, Goal]:
    """By campaign id, with one query for all; campaigns without a goal and without a gift are left out."""
    campaigns = list(campaigns)
    totals = totals_of({campaign.pk for campaign in campaigns})
    today = timezone.localdate()
    found = {}
    for campaign in campaigns:
        sums, count = totals[campaign.pk]
        currency = campaign.goal_currency or max(sums, key=sums.get, default="")
        if not currency or not (campaign.goal_minor or count):
            continue
        days = (campaign.closes_on - today).days + 1 if campaign.closes_on else None
        found[campaign.pk] = Goal(
            raised_minor=sums.get(currency, 0),
            goal_minor=campaign.goal_minor or 0,
            currency=currency,
            gifts_count=count,
            days_left=days if days is None or days > 0 else None,
        )
    return found


def totals_of(ids: set[int]) -> dict[int, tuple[dict[str, int], int]]:
    """By campaign id: what was raised by currency in minor units, and how many gifts arrived. Up to 25 s old."""
    keys = {_key(pk): pk for pk in ids}
    known = {keys[key]: value for key, value in cache.get_many(list(keys)).items()}
    missing = ids - known.keys()
    if missing:
        fresh = _count(missing)
        cache.set_many({_key(pk): fresh[pk] for pk in missing}, TOTALS_KEPT)
        known |= fresh
    return known


def forget_totals(campaign_id: int) -> None:
    """After a new line, so that the donor sees the own gift counted."""
    cache.delete(_key(campaign_id))


def _key(pk: int) -> str:
    return f"campaign-total-{'live' if account.is_live() else 'test'}-{pk}"


def _count(ids: set[int]) -> dict[int, tuple[dict[str, int], int]]:
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    counts: dict[int, int] = defaultdict(int)
    rows = (
        LedgerEntry.objects.filter(gift__campaign__in=ids, gift__livemode=account.is_live(), kind__in=RAISED)
        .order_by()
        .values_list("gift__campaign", "currency")
        .annotate(raised=Sum("amount_minor"), gifts=Count("pk", filter=Q(kind=EntryKind.RECEIVED)))
    )
    for pk, currency, raised, gifts in rows:
        sums[pk][currency] = raised
        counts[pk] += gifts
    return {pk: (sums[pk], counts[pk]) for pk in ids}
