"""What Stripe says of the bank: payouts, and the movements on the balance that make each of them up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from donate import gateway, readings


@dataclass(frozen=True)
class Payout:
    """A deposit on the organisation's bank account, in minor units."""

    id: str
    amount_minor: int
    currency: str
    arrives_on: date
    status: str


@dataclass(frozen=True)
class Movement:
    """One movement on Stripe's balance; `source_id` is the charge, refund or dispute behind it."""

    id: str
    type: str
    source_id: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    at: datetime


def payouts(since: datetime | None = None) -> Iterator[Payout]:
    """Newest first."""
    for item in gateway.pages(lambda c, p: c.v1.payouts.list(params=p), gateway.created(since)):
        arrives = readings.moment(item.arrival_date).date()
        yield Payout(item.id, item.amount, item.currency, arrives, item.status)


def movements(
    payout_id: str = "", since: datetime | None = None, until: datetime | None = None
) -> Iterator[Movement]:
    """Those of one payout, or those of a period; the payout's own leg is left out."""
    params = {"payout": payout_id} if payout_id else gateway.created(since, until)
    for item in gateway.pages(lambda c, p: c.v1.balance_transactions.list(params=p), params):
        if item.type != "payout":
            source = readings.id_of(item.source) or ""
            moment = readings.moment(item.created)
            yield Movement(item.id, item.type, source, item.amount, item.fee, item.net, item.currency, moment)
