"""What a gift's lines add up to, computed by the database: nothing of it is stored, so nothing of it can go stale.

with_totals(Gift.objects.filter(...))   each gift with state, fee_minor, net_minor, refunded_minor, disputed_minor,
                                        settled_currency
"""

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from donate.models import Dispute, Gift, LedgerEntry
from donate.models.choices import EntryKind, GiftState

REFUNDS = (EntryKind.REFUNDED, EntryKind.REFUND_FAILED)
DISPUTES = (EntryKind.DISPUTED, EntryKind.DISPUTE_WON)
# What a campaign has: received, less what went back. Fees are a cost, not a smaller gift.
RAISED = (EntryKind.RECEIVED, *REFUNDS, *DISPUTES)


def total(*kinds: str, column: str = "amount_minor", sign: int = 1) -> Subquery:
    """The sum of a gift's lines of these kinds (all, if none is named), or null where it has none."""
    lines = LedgerEntry.objects.filter(gift=OuterRef("pk"))
    if kinds:
        lines = lines.filter(kind__in=kinds)
    summed = lines.order_by().values("gift").annotate(total=Sum(F(column) * sign)).values("total")
    return Subquery(summed, output_field=BigIntegerField())


def with_totals(gifts: QuerySet[Gift]) -> QuerySet[Gift]:
    """Gifts with their state and sums; amounts are positive minor units, net may be negative."""
    unsettled = LedgerEntry.objects.filter(gift=OuterRef("pk"), settled_minor__isnull=True)
    received = LedgerEntry.objects.filter(gift=OuterRef("pk"), kind=EntryKind.RECEIVED)
    return gifts.annotate(
        refunded_minor=Coalesce(total(*REFUNDS, sign=-1), Value(0)),
        disputed_minor=Coalesce(total(*DISPUTES, sign=-1), Value(0)),
        fee_minor=total(EntryKind.FEE, sign=-1),
        net_minor=Case(
            When(Exists(unsettled), then=Value(None)),
            default=total(column="settled_minor"),
            output_field=BigIntegerField(),
        ),
        settled_currency=Subquery(received.values("settled_currency")[:1]),
    ).annotate(state=state())


def state() -> Case:
    """Later facts outrank earlier ones: lost, disputed, refunded, partially refunded, succeeded."""
    lost = Dispute.objects.filter(gift=OuterRef("pk"), status=Dispute.Status.LOST)
    return Case(
        When(received_at__isnull=True, failed_at__isnull=False, then=Value(GiftState.FAILED)),
        When(received_at__isnull=True, then=Value(GiftState.PENDING)),
        When(Q(disputed_minor__gt=0) & Exists(lost), then=Value(GiftState.LOST)),
        When(disputed_minor__gt=0, then=Value(GiftState.DISPUTED)),
        When(refunded_minor__gte=F("amount_minor"), then=Value(GiftState.REFUNDED)),
        When(refunded_minor__gt=0, then=Value(GiftState.PARTIALLY_REFUNDED)),
        default=Value(GiftState.SUCCEEDED),
        output_field=CharField(),
    )
