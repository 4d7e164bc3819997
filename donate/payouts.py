"""Bank deposits explained: the gifts, refunds, fees and disputes that make each of them up, to the cent.

And the month's end: what the ledger moved by currency and designation, beside what Stripe's balance moved.
"""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Sum

from donate import account, closings, payout_gateway
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
    """`lines` by currency, designation, kind and the month corrected (or ""); the others by currency: net minor units.

    `earlier` of the ledger's are corrections of months closed before; `later` came after this month was closed, and
    counts in a later one.
    """

    lines: dict[tuple[str, str, str, str], int]
    ledger: Counter
    earlier: Counter
    later: Counter
    stripe: Counter

    @property
    def currencies(self) -> list[str]:
        return sorted(self.ledger.keys() | self.later.keys() | self.stripe.keys())

    def between(self, currency: str) -> int:
        """What Stripe's balance moved in this month beyond what the books say of it."""
        ours = self.ledger[currency] - self.earlier[currency] + self.later[currency]
        return self.stripe[currency] - ours

    @property
    def ties(self) -> bool:
        return not any(map(self.between, self.currencies))


def month(year: int, number: int) -> Month:
    """A month in the organisation's time zone. Offline gifts never touched Stripe's balance and are left out."""
    sums = (
        closings.booked_in(year, number, account.is_live())
        .filter(stripe_id__isnull=False)
        .values_list("settled_currency", "gift__designation", "kind", "corrects__year", "corrects__month")
        .annotate(Sum("settled_minor"))
    )
    lines, ledger, earlier, stripe = {}, Counter(), Counter(), Counter()
    for currency, designation, kind, of_year, of_month, moved in sums:
        of = f"{of_year}-{of_month:02}" if of_year else ""
        lines[currency, designation, kind, of] = moved
        ledger[currency] += moved
        earlier[currency] += moved if of else 0
    later = closings.late(year, number).filter(stripe_id__isnull=False, settled_minor__isnull=False)
    later = Counter(dict(later.values_list("settled_currency").annotate(Sum("settled_minor"))))
    since, until = closings.bounds(year, number)
    for item in payout_gateway.movements(since=since, until=until):
        stripe[item.currency] += item.net_minor
    return Month(lines, ledger, earlier, later, stripe)
