"""Donors, recurring gifts, checkouts and Stripe's events in the admin: to be looked at, searched and exported."""

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.urls import reverse, reverse_lazy
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.base import ViewSetGroup

from donate import dashboard, money, spreadsheets
from donate.giftfilters import CheckoutFilterSet, DonorFilterSet, EventFilterSet, RecurringGiftFilterSet
from donate.giftlist import GiftViewSet, acts_on, find_donors
from donate.linklist import GivingLinkViewSet
from donate.lists import MoneyColumn, MoneyIndexView, MoneyInspectView, ReadOnlyViewSet
from donate.models import Checkout, Donor, LedgerEntry, RecurringGift, StripeEvent
from donate.models.choices import EntryKind
from donate.totals import with_totals


def moment(name: str):
    """A column's accessor: the time in the organisation's zone, to the minute."""

    def read(row):
        value = spreadsheets.local(getattr(row, name))
        return value.strftime("%Y-%m-%d %H:%M") if value else ""

    return read


def link_to(name: str):
    return lambda row: reverse(f"{name}:inspect", args=[row.pk])


# Donors ---------------------------------------------------------------------------------------------


class DonorIndexView(MoneyIndexView):
    default_ordering = "-pk"
    is_searchable = True
    page_title = _("Donors")
    columns = [
        TitleColumn("name", label=_("Name"), accessor=str, get_url=link_to("donors"), sort_key="name"),
        Column("email", label=_("E-mail"), sort_key="email"),
        Column("created_at", label=_("First seen"), accessor=moment("created_at")),
        Column("news", label=_("News"), accessor=lambda row: _("yes") if row.news_agreed_at else ""),
    ]
    exported = {
        "name": (_("Name"), lambda row: row.name),
        "email": (_("E-mail"), lambda row: row.email or ""),
        "created_at": (_("First seen"), lambda row: row.created_at),
        "news_agreed_at": (_("Agreed to news"), lambda row: row.news_agreed_at),
        "gifts": (_("Gifts received"), lambda row: row.gifts_count),
        "last_gift_at": (_("Last gift"), lambda row: row.last_gift_at),
    }

    def get_base_queryset(self):
        rows = super().get_base_queryset()
        if not self.is_export:
            return rows
        arrived = Q(gifts__received_at__isnull=False)
        return rows.annotate(
            gifts_count=Count("gifts", filter=arrived), last_gift_at=Max("gifts__received_at")
        )

    def found(self, queryset, words):
        return find_donors(queryset, words)


class DonorInspectView(MoneyInspectView):
    template_name = "donate/admin/donor.html"
    fields = ["pk"]

    def get_context_data(self, **kwargs):
        donor = self.object
        gifts = with_totals(donor.gifts.select_related("campaign", "receipt"))
        return super().get_context_data(**kwargs) | {
            "donor": donor,
            "gifts": gifts[:100],
            "recurring_gifts": donor.recurring_gifts.select_related("campaign"),
            "totals": given_by(donor),
            "acts": acts_on(donor),
        }


def given_by(donor: Donor) -> list[dict]:
    """What a donor gave, less what went back; a row for each currency."""
    kinds = (
        EntryKind.RECEIVED,
        EntryKind.REFUNDED,
        EntryKind.REFUND_FAILED,
        EntryKind.DISPUTED,
        EntryKind.DISPUTE_WON,
    )
    rows = LedgerEntry.objects.filter(gift__donor=donor, kind__in=kinds).order_by()
    return list(rows.values("currency").annotate(minor=Sum("amount_minor")).order_by("currency"))


class DonorViewSet(ReadOnlyViewSet):
    model = Donor
    name = "donors"
    url_prefix = "giving/donors"
    icon = "group"
    menu_label = _("Donors")
    menu_order = 20
    index_view_class = DonorIndexView
    inspect_view_class = DonorInspectView
    filterset_class = DonorFilterSet
    search_fields = ["name", "email"]


# Recurring gifts ------------------------------------------------------------------------------------


class RecurringGiftIndexView(MoneyIndexView):
    default_ordering = ("-started_at", "-pk")
    is_searchable = True
    page_title = _("Recurring gifts")
    columns = [
        TitleColumn(
            "started_at",
            label=_("Started"),
            accessor=moment("started_at"),
            get_url=link_to("recurring_gifts"),
        ),
        Column("donor", label=_("Donor"), accessor="donor"),
        MoneyColumn("amount_minor", label=_("Amount")),
        Column("frequency", label=_("Frequency"), accessor="get_frequency_display"),
        Column("status", label=_("State"), accessor="get_status_display"),
        Column("next_gift_at", label=_("Next gift"), accessor=moment("next_gift_at")),
        Column("campaign", label=_("Campaign"), accessor="campaign.title"),
        Column("source_title", label=_("Story")),
    ]
    exported = {
        "started_at": (_("Started"), lambda row: row.started_at),
        "recurring_gift": (_("Recurring gift"), lambda row: str(row.public_id)),
        "donor": (_("Donor"), lambda row: row.donor.name),
        "email": (_("E-mail"), lambda row: row.donor.email or ""),
        "amount": (_("Amount"), lambda row: spreadsheets.amount(row.amount_minor, row.currency)),
        "currency": (_("Currency"), lambda row: row.currency.upper()),
        "frequency": (_("Frequency"), lambda row: row.get_frequency_display()),
        "status": (_("State"), lambda row: row.get_status_display()),
        "next_gift_at": (_("Next gift"), lambda row: row.next_gift_at),
        "ended_at": (_("Ended"), lambda row: row.ended_at),
        "campaign": (_("Campaign"), lambda row: row.campaign.title),
        "designation": (_("Designation"), lambda row: row.designation),
        "story": (_("Story"), lambda row: row.source_title),
        "region": (_("Region"), lambda row: row.source_region_title),
        "placement": (_("Placement"), lambda row: row.get_placement_display()),
        "label": (_("Label"), lambda row: row.label),
        "subscription": (_("Stripe subscription"), lambda row: row.stripe_subscription_id or ""),
    }

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("donor", "campaign")

    def found(self, queryset, words):
        if words.startswith("sub_"):
            return queryset.filter(stripe_subscription_id=words)
        return queryset.filter(donor__in=find_donors(Donor.objects.all(), words).values("pk"))


class RecurringGiftInspectView(MoneyInspectView):
    template_name = "donate/admin/recurring_gift.html"
    fields = ["pk"]

    def get_page_subtitle(self):
        return money.display(self.object.amount_minor, self.object.currency)

    def get_context_data(self, **kwargs):
        row = self.object
        return super().get_context_data(**kwargs) | {
            "recurring": row,
            "gifts": with_totals(row.gifts.select_related("campaign", "receipt"))[:200],
            "dashboard": dashboard.address(row.stripe_subscription_id),
            "acts": acts_on(row),
        }


class RecurringGiftViewSet(ReadOnlyViewSet):
    model = RecurringGift
    name = "recurring_gifts"
    url_prefix = "giving/recurring"
    icon = "rotate"
    menu_label = _("Recurring gifts")
    menu_order = 30
    index_view_class = RecurringGiftIndexView
    inspect_view_class = RecurringGiftInspectView
    filterset_class = RecurringGiftFilterSet
    search_fields = ["donor"]


# Checkouts ------------------------------------------------------------------------------------------


class CheckoutIndexView(MoneyIndexView):
    default_ordering = ("-created_at", "-pk")
    is_searchable = True
    page_title = _("Checkouts")
    columns = [
        TitleColumn(
            "created_at", label=_("Begun"), accessor=moment("created_at"), get_url=link_to("checkouts")
        ),
        Column("email", label=_("E-mail")),
        MoneyColumn("amount_minor", label=_("Amount")),
        Column("frequency", label=_("Frequency"), accessor="get_frequency_display"),
        Column("state", label=_("State"), accessor="get_state_display"),
        Column("campaign", label=_("Campaign"), accessor="campaign.title"),
        Column("source_title", label=_("Story")),
        Column("placement", label=_("Placement"), accessor="get_placement_display"),
    ]
    exported = {
        "created_at": (_("Begun"), lambda row: row.created_at),
        "checkout": (_("Checkout"), lambda row: str(row.public_id)),
        "name": (_("Name"), lambda row: row.name),
        "email": (_("E-mail"), lambda row: row.email),
        "amount": (_("Amount"), lambda row: spreadsheets.amount(row.amount_minor, row.currency)),
        "fee_cover": (_("Fee covered"), lambda row: spreadsheets.amount(row.fee_cover_minor, row.currency)),
        "currency": (_("Currency"), lambda row: row.currency.upper()),
        "frequency": (_("Frequency"), lambda row: row.get_frequency_display()),
        "state": (_("State"), lambda row: row.get_state_display()),
        "campaign": (_("Campaign"), lambda row: row.campaign.title),
        "story": (_("Story"), lambda row: row.source_title),
        "region": (_("Region"), lambda row: row.source_region_title),
        "placement": (_("Placement"), lambda row: row.get_placement_display()),
        "label": (_("Label"), lambda row: row.label),
        "session": (_("Stripe session"), lambda row: row.stripe_checkout_session_id or ""),
    }

    def get_base_queryset(self):
        return super().get_base_queryset().select_related("campaign")

    def found(self, queryset, words):
        if words.startswith("cs_"):
            return queryset.filter(stripe_checkout_session_id=words)
        return queryset.filter(Q(email__icontains=words) | Q(name__icontains=words))


class CheckoutInspectView(MoneyInspectView):
    template_name = "donate/admin/checkout.html"
    fields = ["pk"]

    def get_context_data(self, **kwargs):
        row = self.object
        return super().get_context_data(**kwargs) | {
            "checkout": row,
            "gifts": with_totals(row.gifts.select_related("campaign", "receipt"))[:200],
            "dashboard": dashboard.address(row.stripe_checkout_session_id),
        }


class CheckoutViewSet(ReadOnlyViewSet):
    model = Checkout
    name = "checkouts"
    url_prefix = "giving/checkouts"
    icon = "form"
    menu_label = _("Checkouts")
    menu_order = 40
    index_view_class = CheckoutIndexView
    inspect_view_class = CheckoutInspectView
    filterset_class = CheckoutFilterSet
    search_fields = ["email"]


# Stripe's events ------------------------------------------------------------------------------------


class EventIndexView(MoneyIndexView):
    rows_have_mode = False  # those of the other mode are what staff must see
    default_ordering = ("-received_at", "-pk")
    is_searchable = True
    page_title = _("Event inbox")
    columns = [
        TitleColumn(
            "received_at", label=_("Received"), accessor=moment("received_at"), get_url=link_to("events")
        ),
        Column("type", label=_("Type")),
        Column("object_id", label=_("Object")),
        Column("state", label=_("State"), accessor=lambda row: event_state(row)),
        Column("attempts", label=_("Attempts")),
        Column("error", label=_("Error")),
    ]
    exported = {
        "received_at": (_("Received"), lambda row: row.received_at),
        "created_at": (_("Happened"), lambda row: row.created_at),
        "event": (_("Event"), lambda row: row.event_id),
        "type": (_("Type"), lambda row: row.type),
        "object": (_("Object"), lambda row: row.object_id),
        "livemode": (_("Live"), lambda row: int(row.livemode)),
        "processed_at": (_("Processed"), lambda row: row.processed_at),
        "ignored": (_("Ignored because"), lambda row: row.ignored),
        "attempts": (_("Attempts"), lambda row: row.attempts),
        "error": (_("Error"), lambda row: row.error),
    }

    def found(self, queryset, words) -> QuerySet:
        return queryset.filter(Q(event_id=words) | Q(object_id=words) | Q(type__startswith=words))


def event_state(event: StripeEvent):
    if event.processed_at is None:
        return _("not applied")
    return _("ignored: %(reason)s") % {"reason": event.ignored} if event.ignored else _("applied")


class EventInspectView(MoneyInspectView):
    template_name = "donate/admin/event.html"
    fields = ["pk"]

    def get_object(self, queryset=None):
        return StripeEvent.objects.filter(pk=self.pk).first() or super().get_object(queryset)

    def get_context_data(self, **kwargs):
        event = self.object
        return super().get_context_data(**kwargs) | {
            "event": event,
            "state": event_state(event),
            "dashboard": dashboard.address(event.event_id),
            "acts": acts_on(event),
        }


class EventViewSet(ReadOnlyViewSet):
    model = StripeEvent
    name = "events"
    url_prefix = "giving/events"
    icon = "mail"
    menu_label = _("Event inbox")
    menu_order = 90
    index_view_class = EventIndexView
    inspect_view_class = EventInspectView
    filterset_class = EventFilterSet
    search_fields = ["event_id"]


class GivingGroup(ViewSetGroup):
    """Lists, and below them what staff do beside looking."""

    menu_label = _("Giving")
    menu_icon = "pick"
    menu_order = 150
    items = (
        GiftViewSet(),
        DonorViewSet(),
        RecurringGiftViewSet(),
        CheckoutViewSet(),
        GivingLinkViewSet(),
        EventViewSet(),
    )

    def get_submenu_items(self):
        return [
            *super().get_submenu_items(),
            MayItem("view_gift", _("Reports"), reverse_lazy("donate_reports"), "history", 5),
            MayItem("view_gift", _("Reconciliation"), reverse_lazy("donate_reconciliation"), "tasks", 6),
            MayItem("view_gift", _("Bank deposits"), reverse_lazy("donate_deposits"), "doc-full", 7),
            MayItem("view_gift", _("Month’s end"), reverse_lazy("donate_month"), "calendar", 8),
            MayItem("add_gift", _("Enter a gift"), reverse_lazy("donate_enter_gift"), "plus", 42),
            MayItem("view_giftcomment", _("Comments"), reverse_lazy("donate_comments"), "comment", 45),
        ]


class MayItem(MenuItem):
    """A line of the menu for those who have a permission."""

    def __init__(self, permission: str, label, url, icon_name: str, order: int):
        self.permission = f"donate.{permission}"
        super().__init__(label, url, name=slugify(f"giving {label}"), icon_name=icon_name, order=order)

    def is_shown(self, request) -> bool:
        return request.user.has_perm(self.permission)
