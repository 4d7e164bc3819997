"""Which ledger lines follow from what Stripe says. Pure: the ledger writes them, catch-up and checks compare with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from donate.facts import ChargeFacts, DisputeFacts, PaymentFacts, RefundFacts, Settled
from donate.models.choices import EntryKind


@dataclass(frozen=True)
class Line:
    """One signed fact; with `stripe_id`, unique by kind."""

    kind: str
    stripe_id: str
    amount_minor: int
    currency: str
    at: datetime
    settled_minor: int | None = None
    settled_currency: str | None = None
    settled_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.stripe_id


def payment_lines(payment: PaymentFacts) -> list[Line]:
    """All lines of one payment; none before its money is there."""
    if payment.state != "received" or not payment.charge:
        return []
    lines = [*charge_lines(payment.charge)]
    settled_in = payment.charge.settled.currency if payment.charge.settled else None
    for refund in payment.refunds:
        lines += refund_lines(refund, settled_in)
    for dispute in payment.disputes:
        lines += dispute_lines(dispute)
    return lines


def charge_lines(charge: ChargeFacts) -> Iterator[Line]:
    yield _line(
        EntryKind.RECEIVED, charge.id, charge.amount_minor, charge.currency, charge.at, charge.settled
    )
    yield from _fee(EntryKind.FEE, charge.settled)


def refund_lines(refund: RefundFacts, settled_in: str | None = None) -> Iterator[Line]:
    """A refund that failed has both lines whenever we look, so that the order of looking does not matter.

    `settled_in`: the currency that the payment settled in, once it is known.
    """
    settled, undone = refund.settled, refund.undone
    if refund.has_failed and not settled and settled_in:
        # Canceled before any money moved.
        settled = undone = Settled("", 0, 0, settled_in, refund.at)
    yield _line(EntryKind.REFUNDED, refund.id, -refund.amount_minor, refund.currency, refund.at, settled)
    yield from _fee(EntryKind.FEE, settled)
    if refund.has_failed:
        at = undone.at if undone and undone.id else refund.at
        yield _line(EntryKind.REFUND_FAILED, refund.id, refund.amount_minor, refund.currency, at, undone)
        yield from _fee(EntryKind.FEE, undone)


def dispute_lines(dispute: DisputeFacts) -> Iterator[Line]:
    """Money withdrawn, and given back where the dispute was won. An inquiry moves none."""
    taken = next((item for item in dispute.movements if item.amount_minor < 0), None)
    given = next((item for item in dispute.movements if item.amount_minor > 0), None)
    if taken or dispute.status in ("open", "won", "lost"):
        yield _line(
            EntryKind.DISPUTED, dispute.id, -dispute.amount_minor, dispute.currency, dispute.at, taken
        )
        yield from _fee(EntryKind.DISPUTE_FEE, taken)
    if given or dispute.status == "won":
        at = given.at if given else dispute.at
        yield _line(EntryKind.DISPUTE_WON, dispute.id, dispute.amount_minor, dispute.currency, at, given)
        yield from _fee(EntryKind.DISPUTE_FEE, given)


def _line(
    kind: str, stripe_id: str, minor: int, currency: str, at: datetime, settled: Settled | None
) -> Line:
    return Line(
        kind=str(kind),
        stripe_id=stripe_id,
        amount_minor=minor,
        currency=currency,
        at=at,
        settled_minor=settled.amount_minor if settled else None,
        settled_currency=settled.currency if settled else None,
        settled_at=settled.at if settled else None,
    )


def _fee(kind: str, settled: Settled | None) -> Iterator[Line]:
    """Stripe takes its fee in the settled currency; a negative one is given back."""
    if settled and settled.fee_minor:
        yield _line(
            kind,
            settled.id,
            -settled.fee_minor,
            settled.currency,
            settled.at,
            Settled(settled.id, -settled.fee_minor, 0, settled.currency, settled.at),
        )
