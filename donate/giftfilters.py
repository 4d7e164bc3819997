"""How staff narrow the lists of gifts, recurring gifts and checkouts."""

import django_filters
from django.conf import settings
from django.core.cache import cache
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.models import Page

from donate import account
from donate.models import (
    CampaignPage,
    Checkout,
    Dispute,
    Donor,
    Gift,
    LedgerEntry,
    RecurringGift,
    StripeEvent,
)
from donate.models.choices import EntryKind, Frequency, GiftState, Placement
from donate.totals import with_totals


def lasting(kind: str, undone_by: str) -> QuerySet:
    """Ids of gifts with a line of this kind that no other line undoes: few, and found by an index."""
    undoing = LedgerEntry.objects.filter(kind=undone_by, stripe_id=OuterRef("stripe_id"))
    return LedgerEntry.objects.filter(~Exists(undoing), kind=kind).order_by().values("gift")


def in_state(gifts: QuerySet[Gift], name: str, value: str) -> QuerySet[Gift]:
    """Gifts in a state, without computing the state of all: only those that lost something are looked at."""
    arrived = gifts.filter(received_at__isnull=False)
    disputed = Q(pk__in=lasting(EntryKind.DISPUTED, EntryKind.DISPUTE_WON))
    refunded = Q(pk__in=lasting(EntryKind.REFUNDED, EntryKind.REFUND_FAILED))
    lost = Q(pk__in=Dispute.objects.filter(status=Dispute.Status.LOST).values("gift"))
    if value == GiftState.FAILED:
        return gifts.filter(received_at__isnull=True, failed_at__isnull=False)
    if value == GiftState.PENDING:
        return gifts.filter(received_at__isnull=True, failed_at__isnull=True)
    if value == GiftState.LOST:
        return arrived.filter(disputed & lost)
    if value == GiftState.DISPUTED:
        return arrived.filter(disputed).exclude(lost)
    if value == GiftState.SUCCEEDED:
        return arrived.exclude(disputed).exclude(refunded)
    if value in (GiftState.REFUNDED, GiftState.PARTIALLY_REFUNDED):
        return with_totals(arrived.filter(refunded)).filter(state=value)
    return gifts


def currencies():
    return [(code, code.upper()) for code in settings.CURRENCIES]


def regions(request):
    """Regions that some gift names."""
    named = Gift.objects.filter(source_region__isnull=False, livemode=account.is_live()).order_by()
    ids = cache.get_or_set(
        f"gift-regions-{account.is_live()}",
        lambda: list(named.values_list("source_region", flat=True).distinct()),
        60,
    )
    return Page.objects.filter(pk__in=ids).order_by("title")


def story(rows: QuerySet, name: str, value: str) -> QuerySet:
    """By the number of its page, or by words of its title."""
    words = value.strip()
    if words.isascii() and words.isdigit():
        return rows.filter(source_page=int(words[:18]))
    return rows.filter(source_title__icontains=words.replace("\x00", ""))


class AttributedFilterSet(WagtailFilterSet):
    """What gifts, recurring gifts and checkouts have in common."""

    campaign = django_filters.ModelMultipleChoiceFilter(
        label=_("Campaign"), queryset=CampaignPage.objects.all()
    )
    story = django_filters.CharFilter(label=_("Story"), method=story)
    region = django_filters.ModelChoiceFilter(label=_("Region"), queryset=regions, field_name="source_region")
    placement = django_filters.ChoiceFilter(label=_("Placement"), choices=Placement.choices)
    label = django_filters.CharFilter(label=_("Label"), lookup_expr="iexact")
    frequency = django_filters.ChoiceFilter(label=_("Frequency"), choices=Frequency.choices)
    currency = django_filters.ChoiceFilter(label=_("Currency"), choices=currencies)


class GiftFilterSet(AttributedFilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=GiftState.choices, method=in_state)
    created_at = django_filters.DateFromToRangeFilter(label=_("Date"), widget=DateRangePickerWidget)
    method = django_filters.ChoiceFilter(label=_("Method"), choices=Gift.Method.choices)

    class Meta:
        model = Gift
        fields: list[str] = []


class RecurringGiftFilterSet(AttributedFilterSet):
    status = django_filters.MultipleChoiceFilter(label=_("State"), choices=RecurringGift.Status.choices)
    started_at = django_filters.DateFromToRangeFilter(label=_("Started"), widget=DateRangePickerWidget)

    class Meta:
        model = RecurringGift
        fields: list[str] = []


class CheckoutFilterSet(AttributedFilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=Checkout.State.choices)
    created_at = django_filters.DateFromToRangeFilter(label=_("Date"), widget=DateRangePickerWidget)

    class Meta:
        model = Checkout
        fields: list[str] = []


def progress(events: QuerySet[StripeEvent], name: str, value: str) -> QuerySet[StripeEvent]:
    if value == "waiting":
        return events.filter(processed_at__isnull=True)
    done = events.filter(processed_at__isnull=False)
    return done.exclude(ignored="") if value == "ignored" else done.filter(ignored="")


class EventFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("waiting", _("not applied")), ("applied", _("applied")), ("ignored", _("ignored"))],
        method=progress,
    )
    type = django_filters.CharFilter(label=_("Type"), lookup_expr="startswith")
    received_at = django_filters.DateFromToRangeFilter(label=_("Received"), widget=DateRangePickerWidget)

    class Meta:
        model = StripeEvent
        fields: list[str] = []


class DonorFilterSet(WagtailFilterSet):
    created_at = django_filters.DateFromToRangeFilter(label=_("First seen"), widget=DateRangePickerWidget)
    news = django_filters.BooleanFilter(
        label=_("Agreed to news"), field_name="news_agreed_at", lookup_expr="isnull", exclude=True
    )
    gives = django_filters.ChoiceFilter(
        label=_("Gives"),
        choices=[("monthly", _("each month")), ("annual", _("each year"))],
        method=lambda rows, name, value: rows.filter(
            pk__in=RecurringGift.objects.filter(
                frequency=value, status__in=("active", "past_due", "paused", "ending")
            ).values("donor")
        ),
    )

    class Meta:
        model = Donor
        fields: list[str] = []
