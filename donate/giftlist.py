"""The list of gifts, and a gift's own page with its ledger lines."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.log_actions import registry as log_registry

from donate import account, dashboard, spreadsheets
from donate.giftfilters import GiftFilterSet
from donate.lists import MoneyColumn, MoneyIndexView, MoneyInspectView, ReadOnlyViewSet
from donate.models import Donor, Gift, Receipt
from donate.models.choices import GiftState
from donate.totals import with_totals

STRIPE_FIELDS = {
    "pi_": "stripe_payment_intent_id",
    "ch_": "stripe_charge_id",
    "py_": "stripe_charge_id",
    "cs_": "stripe_checkout_session_id",
    "in_": "stripe_invoice_id",
    "sub_": "stripe_subscription_id",
}
STATES = dict(GiftState.choices)
MOST_FOUND = 500  # donors that a search may mean


def find_gifts(gifts: QuerySet[Gift], words: str) -> QuerySet[Gift]:
    """By Stripe's id, our id, a receipt's number, a reference, or the donor's name or address."""
    for prefix, field in STRIPE_FIELDS.items():
        if words.startswith(prefix):
            return gifts.filter(**{field: words})
    if len(words) == 36 and words.count("-") == 4:
        return gifts.filter(public_id=words) if is_hex(words) else gifts.none()
    # Ids first: an OR over joined tables would be tried on every gift.
    mode = account.is_live()
    donors = find_donors(Donor.objects.filter(livemode=mode), words).values_list("pk", flat=True)[:MOST_FOUND]
    receipts = Receipt.objects.filter(livemode=mode, number=words.upper()).values_list("gift", flat=True)
    return gifts.filter(Q(donor__in=list(donors)) | Q(pk__in=list(receipts)) | Q(reference__iexact=words))


def is_hex(words: str) -> bool:
    return all(letter in "0123456789abcdefABCDEF-" for letter in words)


def find_donors(donors: QuerySet[Donor], words: str) -> QuerySet[Donor]:
    if "@" in words and " " not in words:
        return donors.filter(email__istartswith=words)
    for word in words.split()[:5]:
        donors = donors.filter(Q(name__icontains=word) | Q(email__icontains=word))
    return donors


class StateColumn(Column):
    def get_value(self, instance):
        return STATES.get(super().get_value(instance), "")


class GiftIndexView(MoneyIndexView):
    default_ordering = ("-created_at", "-pk")
    is_searchable = True
    page_title = _("Gifts")
    columns = [
        TitleColumn(
            "created_at",
            label=_("Date"),
            accessor=lambda gift: spreadsheets.local(gift.created_at).strftime("%Y-%m-%d %H:%M"),
            get_url=lambda gift: reverse("gifts:inspect", args=[gift.pk]),
        ),
        Column("donor", label=_("Donor"), accessor="donor"),
        MoneyColumn("amount_minor", label=_("Amount")),
        StateColumn("state", label=_("State")),
        Column("frequency", label=_("Frequency"), accessor="get_frequency_display"),
        Column("campaign", label=_("Campaign"), accessor="campaign.title"),
        Column("source_title", label=_("Story")),
        Column("placement", label=_("Placement"), accessor="get_placement_display"),
        Column("receipt", label=_("Receipt"), accessor=lambda gift: receipt_number(gift)),
    ]
    exported = {
        "created_at": (_("Begun"), lambda gift: gift.created_at),
        "received_at": (_("Received"), lambda gift: gift.received_at),
        "gift": (_("Gift"), lambda gift: str(gift.public_id)),
        "receipt": (_("Receipt"), lambda gift: receipt_number(gift)),
        "donor": (_("Donor"), lambda gift: gift.donor.name),
        "email": (_("E-mail"), lambda gift: gift.donor.email or ""),
        "amount": (_("Amount"), lambda gift: spreadsheets.amount(gift.amount_minor, gift.currency)),
        "currency": (_("Currency"), lambda gift: gift.currency.upper()),
        "state": (_("State"), lambda gift: STATES[gift.state]),
        "refunded": (_("Refunded"), lambda gift: spreadsheets.amount(gift.refunded_minor, gift.currency)),
        "disputed": (_("Disputed"), lambda gift: spreadsheets.amount(gift.disputed_minor, gift.currency)),
        "fee": (_("Fee"), lambda gift: spreadsheets.amount(gift.fee_minor, gift.settled_currency)),
        "net": (_("Net"), lambda gift: spreadsheets.amount(gift.net_minor, gift.settled_currency)),
        "settled_currency": (_("Settled in"), lambda gift: (gift.settled_currency or "").upper()),
        "frequency": (_("Frequency"), lambda gift: gift.get_frequency_display()),
        "campaign": (_("Campaign"), lambda gift: gift.campaign.title),
        "designation": (_("Designation"), lambda gift: gift.designation),
        "story": (_("Story"), lambda gift: gift.source_title),
        "story_url": (_("Address of the story"), lambda gift: gift.source_url),
        "region": (_("Region"), lambda gift: gift.source_region_title),
        "placement": (_("Placement"), lambda gift: gift.get_placement_display()),
        "label": (_("Label"), lambda gift: gift.label),
        "method": (_("Method"), lambda gift: gift.get_method_display()),
        "reference": (_("Reference"), lambda gift: gift.reference),
        "payment": (_("Stripe payment"), lambda gift: gift.stripe_payment_intent_id or ""),
    }

    def paginate_queryset(self, queryset, page_size):
        """Sums and names are read for the fifty rows that are shown, however deep the page lies."""
        paginator, page, rows, more = super().paginate_queryset(queryset.only("pk"), page_size)
        shown = in_full(Gift.objects.filter(pk__in=[row.pk for row in rows])).order_by(*self.default_ordering)
        page.object_list = list(shown)
        return paginator, page, page.object_list, more

    def as_spreadsheet(self, queryset, spreadsheet_format):
        return super().as_spreadsheet(in_full(queryset), spreadsheet_format)

    def found(self, queryset, words):
        return find_gifts(queryset, words)


def in_full(gifts: QuerySet[Gift]) -> QuerySet[Gift]:
    return with_totals(gifts.select_related("donor", "campaign", "receipt").defer("campaign__purpose"))


def receipt_number(gift: Gift) -> str:
    receipt = getattr(gift, "receipt", None)
    return receipt.number if receipt else ""


class GiftInspectView(MoneyInspectView):
    template_name = "donate/admin/gift.html"
    fields = ["pk"]

    def get_page_subtitle(self):
        return receipt_number(self.object) or str(self.object.public_id)

    def get_object(self, queryset=None):
        super().get_object()
        rows = Gift.objects.select_related("donor", "campaign", "receipt", "recurring_gift", "checkout")
        return with_totals(rows).get(pk=self.pk)

    def get_context_data(self, **kwargs):
        gift, user = self.object, self.request.user
        return super().get_context_data(**kwargs) | {
            "gift": gift,
            "state": STATES[gift.state],
            "lines": gift.lines.all(),
            "disputes": gift.disputes.all(),
            "acts": acts_on(gift),
            "dashboard": dashboard.address(gift.stripe_payment_intent_id),
            "receipt_number": receipt_number(gift),
            "left_minor": gift.amount_minor - gift.refunded_minor - gift.disputed_minor,
            "may_refund": user.has_perm("donate.refund_gift") and is_refundable(gift),
            "may_resend": bool(receipt_number(gift) and gift.donor.email),
        }


def is_refundable(gift: Gift) -> bool:
    """Money is here, some of it is left, and no bank contests it."""
    return gift.state in (GiftState.SUCCEEDED, GiftState.PARTIALLY_REFUNDED)


def acts_on(row) -> list:
    """What staff did to a row, newest first."""
    entries = log_registry.get_logs_for_instance(row).select_related("user")
    return list(entries.order_by("-timestamp")[:50])


class GiftViewSet(ReadOnlyViewSet):
    model = Gift
    name = "gifts"
    url_prefix = "giving/gifts"
    icon = "pick"
    menu_label = _("Gifts")
    menu_order = 10
    index_view_class = GiftIndexView
    inspect_view_class = GiftInspectView
    filterset_class = GiftFilterSet
    search_fields = ["donor"]
