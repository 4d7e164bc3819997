"""What must be true of the books, whatever happened. Every function gives one sentence for each fault that it finds."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from django.db.models import Count, F, Max, Q, Sum

from donate import closings
from donate.models import ClosedMonth, Gift, LedgerEntry, Receipt, ReceiptSeries
from donate.models.choices import EntryKind, GiftState
from donate.receipts import number
from donate.totals import RAISED, with_totals

CHUNK = 500
SIGNS = {
    EntryKind.RECEIVED: 1,
    EntryKind.REFUNDED: -1,
    EntryKind.REFUND_FAILED: 1,
    EntryKind.DISPUTED: -1,
    EntryKind.DISPUTE_WON: 1,
}
FEES = (EntryKind.FEE, EntryKind.DISPUTE_FEE)
UNDOES = {EntryKind.REFUND_FAILED: EntryKind.REFUNDED, EntryKind.DISPUTE_WON: EntryKind.DISPUTED}


def faults() -> Iterator[str]:
    yield from of_gifts()
    yield from of_receipts()
    yield from of_totals()
    yield from of_closed_months()


def of_gifts() -> Iterator[str]:
    gifts = (
        with_totals(Gift.objects.all())
        .select_related("receipt", "donor", "checkout", "recurring_gift")
        .prefetch_related("lines")
        .order_by("pk")
    )
    for gift in gifts.iterator(chunk_size=CHUNK):
        for fault in of_gift(gift):
            yield f"gift {gift.public_id}: {fault}"


def of_gift(gift: Gift) -> Iterator[str]:
    lines = list(gift.lines.all())
    yield from of_money_received(gift, lines)
    yield from of_lines(gift, lines)
    yield from of_pairs(lines)
    yield from of_sums(gift, lines)
    yield from of_modes(gift)


def of_money_received(gift: Gift, lines: list[LedgerEntry]) -> Iterator[str]:
    received = [line for line in lines if line.kind == EntryKind.RECEIVED]
    if gift.received_at is None:
        if lines:
            yield "has lines, but its money is not there"
        return
    if len(received) != 1:
        yield f"has {len(received)} lines of money received"
        return
    if (received[0].amount_minor, received[0].currency) != (gift.amount_minor, gift.currency):
        yield "the line of money received is not its amount"
    if received[0].stripe_id != gift.stripe_charge_id:
        yield "the line of money received names another charge"
    if gift.failed_at is not None:
        yield "received and failed at once"
    if not hasattr(gift, "receipt"):
        yield "has no receipt"


def of_lines(gift: Gift, lines: list[LedgerEntry]) -> Iterator[str]:
    for line in lines:
        sign = SIGNS.get(line.kind)
        if sign and line.amount_minor * sign <= 0:
            yield f"a line {line.kind} has the wrong sign"
        if sign and line.currency != gift.currency:
            yield f"a line {line.kind} is in another currency"
        if line.kind in FEES and (line.amount_minor, line.currency) != (
            line.settled_minor,
            line.settled_currency,
        ):
            yield f"a line {line.kind} is not what was settled"
        if sign and line.settled_minor and line.settled_minor * sign < 0:
            yield f"a line {line.kind} was settled with the wrong sign"
    if len({line.settled_currency for line in lines} - {None}) > 1:
        yield "is settled in more than one currency"
    if sum(line.amount_minor for line in lines if line.kind == EntryKind.FEE) > 0:
        yield "the fee is negative"


def of_pairs(lines: list[LedgerEntry]) -> Iterator[str]:
    """What was undone must have been done before, by the same amount."""
    by_key = {(line.kind, line.stripe_id): line for line in lines}
    for line in lines:
        if line.kind in UNDOES:
            done = by_key.get((UNDOES[line.kind], line.stripe_id))
            if done is None or done.amount_minor != -line.amount_minor:
                yield f"a line {line.kind} undoes nothing"


def of_sums(gift: Gift, lines: list[LedgerEntry]) -> Iterator[str]:
    """The database's sums against ours, line by line."""
    sums: dict[str, int] = defaultdict(int)
    for line in lines:
        sums[line.kind] += line.amount_minor
    refunded = -sums[EntryKind.REFUNDED] - sums[EntryKind.REFUND_FAILED]
    disputed = -sums[EntryKind.DISPUTED] - sums[EntryKind.DISPUTE_WON]
    if (gift.refunded_minor, gift.disputed_minor) != (refunded, disputed):
        yield "the sums of refunds and disputes are wrong"
    if not 0 <= refunded <= gift.amount_minor:
        yield "more was refunded than was given"
    if not 0 <= disputed <= gift.amount_minor:
        yield "more is disputed than was given"
    is_settled = bool(lines) and all(line.settled_minor is not None for line in lines)
    net = sum(line.settled_minor for line in lines) if is_settled else None
    if gift.net_minor != net:
        yield "the net amount is wrong"
    is_partial = 0 < refunded < gift.amount_minor and not disputed
    if (gift.state == GiftState.PARTIALLY_REFUNDED) != (is_partial and gift.received_at is not None):
        yield "its state is wrong"


def of_modes(gift: Gift) -> Iterator[str]:
    others = [gift.donor, gift.checkout, gift.recurring_gift, getattr(gift, "receipt", None)]
    if any(other is not None and other.livemode != gift.livemode for other in others):
        yield "live and test are mixed"
    checkout = gift.checkout
    if checkout and gift.frequency == "once":
        if checkout.amount_minor + checkout.fee_cover_minor != gift.amount_minor:
            yield "is not the amount that was asked for"
    if gift.stripe_invoice_id and gift.recurring_gift is None:
        yield "is an instalment of nothing"


def of_receipts() -> Iterator[str]:
    """Without gaps from 1, in every series; none for money that is not there."""
    last = {(row.livemode, row.year): row.last_serial for row in ReceiptSeries.objects.all()}
    found = Receipt.objects.values("livemode", "year").annotate(count=Count("pk"), most=Max("serial"))
    for row in found:
        if row["count"] != row["most"]:
            yield f"receipts of {row['year']}: {row['most'] - row['count']} numbers are missing"
        if last.get((row["livemode"], row["year"])) != row["most"]:
            yield f"receipts of {row['year']}: the series says another last number"
    for receipt in Receipt.objects.filter(gift__received_at__isnull=True):
        yield f"receipt {receipt.number}: its money is not there"
    for receipt in Receipt.objects.iterator(chunk_size=CHUNK):
        if receipt.number != number(receipt.livemode, receipt.year, receipt.serial):
            yield f"receipt {receipt.number}: the number is not its serial"


def of_totals() -> Iterator[str]:
    """What campaigns show, summed by the database, against the sum of their gifts."""
    shown = {
        (row["gift__campaign"], row["currency"], row["gift__livemode"]): row["raised"]
        for row in LedgerEntry.objects.filter(kind__in=RAISED)
        .order_by()
        .values("gift__campaign", "currency", "gift__livemode")
        .annotate(raised=Sum("amount_minor"))
    }
    counted: Counter = Counter()
    gifts = with_totals(Gift.objects.filter(received_at__isnull=False)).order_by()
    left = F("amount_minor") - F("refunded_minor") - F("disputed_minor")
    rows = gifts.annotate(left=left).values_list("campaign", "currency", "livemode", "left")
    for campaign, currency, livemode, kept in rows.iterator(chunk_size=CHUNK):
        counted[campaign, currency, livemode] += kept
    for key in shown.keys() | counted.keys():
        if shown.get(key, 0) != counted[key]:
            yield f"campaign {key[0]}: shows {shown.get(key, 0)} {key[1]}, its gifts are {counted[key]}"
    lost = LedgerEntry.objects.filter(Q(stripe_id="")).count()
    if lost:
        yield f"{lost} lines name an empty Stripe object"


def of_closed_months() -> Iterator[str]:
    """The lines of a closed month are those that were handed on; what came later is a correction with its own date."""
    for closed in ClosedMonth.objects.exclude(figures=None):
        now = closings.figures(closed.year, closed.month, closed.livemode)
        if now != closed.figures:
            yield f"closed month {closed}: was closed with {closed.figures}, holds {now}"
        late = closings.booked_in(closed.year, closed.month, closed.livemode)
        for line in late.filter(recorded_at__gt=closed.closed_at).select_related("gift"):
            yield f"closed month {closed}: gift {line.gift}, line {line} was written into it later"
    for line in closings.too_early().select_related("gift", "corrects"):
        yield f"gift {line.gift}: line {line} corrects {line.corrects}, and is dated before it was closed"
