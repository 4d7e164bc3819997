"""What a page raised: gifts begun, monthly gifts begun, visits to the form; amounts for those who may see money.

Towards everybody else a count below five is "under 5": no number may expose one donor.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from donate import account, money
from donate.models import FormVisit, Gift, LedgerEntry, RecurringGift
from donate.totals import RAISED

FEWEST = 5
MAY_SEE_MONEY = "donate.view_gift"


@dataclass
class Raised:
    """Counts of one page, and sums in minor units by currency."""

    once: int = 0
    monthly: int = 0
    visits: int = 0
    sums: dict[str, int] = field(default_factory=dict)

    @property
    def gifts(self) -> int:
        """Gifts begun: given once, or as the beginning of a standing gift; renewals are not begun."""
        return self.once + self.monthly

    @property
    def amounts(self) -> str:
        return "; ".join(money.display(minor, currency) for currency, minor in sorted(self.sums.items()))


def blurred(count: int, exact: bool) -> str:
    """The count as somebody may read it."""
    return str(count) if exact or count >= FEWEST else _("under %(n)s") % {"n": FEWEST}


def rank(count: int, exact: bool) -> int:
    """What lists are sorted by: an order that tells apart what the eye must not would tell too much."""
    return count if exact or count >= FEWEST else 0


def begun() -> tuple[QuerySet[Gift], QuerySet[RecurringGift]]:
    """Gifts given once that arrived, and standing gifts that began."""
    mode = account.is_live()
    once = Gift.objects.filter(livemode=mode, recurring_gift=None, received_at__isnull=False)
    standing = RecurringGift.objects.filter(livemode=mode).exclude(status=RecurringGift.Status.INCOMPLETE)
    return once.order_by(), standing.order_by()


def by_page(pages: Collection[int] | None = None, amounts: bool = False) -> dict[int, Raised]:
    """By page id; of all pages that have something, or of these."""
    found: dict[int, Raised] = defaultdict(Raised)
    once, standing = begun()
    visits = FormVisit.objects.order_by()
    for rows, name, total in (
        (once, "once", Count("pk")),
        (standing, "monthly", Count("pk")),
        (visits, "visits", Sum("count")),
    ):
        chosen = rows.filter(source_page__isnull=False)
        chosen = chosen if pages is None else chosen.filter(source_page__in=pages)
        for page_id, n in chosen.values_list("source_page").annotate(n=total):
            setattr(found[page_id], name, n)
    if amounts:
        lines = LedgerEntry.objects.filter(
            kind__in=RAISED, gift__livemode=account.is_live(), gift__source_page__isnull=False
        )
        lines = lines if pages is None else lines.filter(gift__source_page__in=pages)
        summed = lines.order_by().values_list("gift__source_page", "currency").annotate(Sum("amount_minor"))
        for page_id, currency, minor in summed:
            found[page_id].sums[currency] = minor
    return dict(found)


def of_page(page_id: int, amounts: bool) -> Raised:
    return by_page([page_id], amounts).get(page_id, Raised())


def with_gifts_begun(pages: QuerySet) -> QuerySet:
    """Pages with `gifts_begun`, counted only for the rows that are shown."""
    counts = [
        Coalesce(
            Subquery(
                rows.filter(source_page=OuterRef("pk"))
                .values("source_page")
                .annotate(n=Count("pk"))
                .values("n")
            ),
            0,
        )
        for rows in begun()
    ]
    return pages.annotate(gifts_begun=counts[0] + counts[1])
