"""Bank deposits explained: the gifts, refunds, fees and disputes that make each of them up, to the cent.

And the month's end: what the ledger moved by currency and designation, beside what Stripe's balance moved.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum
from django.utils import timezone

from donate import account, payout_gateway
from donate.models import Gift, LedgerEntry
from donate.payout_gateway import Movement, Payout


@dataclass(frozen=True)
class Row:
    """One movement with the gift it belongs to; None: not in the books (another product, or a line that is missing)."""

    movement: Movement
    gift: Gift | None


@dataclass(frozen=True)
class Deposit:
    payout: Payout
    rows: tuple[Row, ...]

    @property
    def net_minor(self) -> int:
        return sum(row.movement.net_minor for row in self.rows)

    @property
    def is_explained(self) -> bool:
        """Do the movements add up to the deposit, and does each belong to a gift?"""
        return self.net_minor == self.payout.amount_minor and all(row.gift for row in self.rows)


def deposit(payout: Payout) -> Deposit:
    movements = list(payout_gateway.movements(payout.id))
    gifts = gifts_behind({item.source_id for item in movements})
    return Deposit(payout, tuple(Row(item, gifts.get(item.source_id)) for item in movements))


def gifts_behind(source_ids: set[str]) -> dict[str, Gift]:
    """By the id of the charge, refund or dispute."""
    lines = LedgerEntry.objects.filter(stripe_id__in=source_ids).select_related("gift__campaign")
    return {line.stripe_id: line.gift for line in lines}


@dataclass(frozen=True)
class Month:
    """`lines` by currency, designation and kind; `ledger` and `stripe` by currency: net minor units moved."""

    lines: dict[tuple[str, str, str], int]
    ledger: dict[str, int]
    stripe: dict[str, int]

    @property
    def ties(self) -> bool:
        return self.ledger == self.stripe


def month(year: int, number: int) -> Month:
    """A month in the organisation's time zone. Offline gifts never touched Stripe's balance and are left out."""
    since = timezone.make_aware(datetime(year, number, 1))
    until = timezone.make_aware(datetime(year + number // 12, number % 12 + 1, 1))
    rows = (
        LedgerEntry.objects.filter(
            at__gte=since,
            at__lt=until,
            settled_minor__isnull=False,
            stripe_id__isnull=False,
            gift__livemode=account.is_live(),
        )
        .order_by()
        .values_list("settled_currency", "gift__designation", "kind")
        .annotate(moved=Sum("settled_minor"))
    )
    lines = {(currency, designation, kind): moved for currency, designation, kind, moved in rows}
    ledger: Counter = Counter()
    for (currency, _designation, _kind), moved in lines.items():
        ledger[currency] += moved
    stripe: Counter = Counter()
    for item in payout_gateway.movements(since=since, until=until):
        stripe[item.currency] += item.net_minor
    return Month(lines, dict(ledger), dict(stripe))
