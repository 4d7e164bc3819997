"""The ledger for the outside: one dictionary a gift, with all its lines (docs: the product contract, section 5)."""

from collections.abc import Iterator
from datetime import UTC, datetime

from donate.models import Gift, LedgerEntry
from donate.totals import with_totals

CHUNK = 500
STRIPE_IDS = (
    "stripe_checkout_session_id",
    "stripe_payment_intent_id",
    "stripe_charge_id",
    "stripe_subscription_id",
    "stripe_invoice_id",
)


def ledger_rows() -> Iterator[dict]:
    """Oldest gift first."""
    gifts = (
        with_totals(Gift.objects.all())
        .select_related("campaign", "receipt", "recurring_gift")
        .prefetch_related("lines")
        .order_by("created_at", "pk")
    )
    for gift in gifts.iterator(chunk_size=CHUNK):
        yield row_of(gift)


def row_of(gift: Gift) -> dict:
    receipt = getattr(gift, "receipt", None)
    recurring = gift.recurring_gift
    return {
        "gift": str(gift.public_id),
        "receipt_number": receipt.number if receipt else None,
        "state": str(gift.state),
        "amount_minor": gift.amount_minor,
        "currency": gift.currency,
        "fee_minor": gift.fee_minor,
        "net_minor": gift.net_minor,
        "settled_currency": gift.settled_currency,
        "refunded_minor": gift.refunded_minor,
        "disputed_minor": gift.disputed_minor,
        "frequency": gift.frequency,
        "recurring_gift": str(recurring.public_id) if recurring else None,
        "campaign": gift.campaign.slug,
        "designation": gift.designation or None,
        "story": gift.source_url or None,
        "placement": gift.placement or None,
        "label": gift.label or None,
        "livemode": gift.livemode,
        "received_at": written(gift.received_at),
        **{name: getattr(gift, name) for name in STRIPE_IDS},
        "lines": [line_of(line) for line in gift.lines.all()],
    }


def line_of(line: LedgerEntry) -> dict:
    return {
        "kind": line.kind,
        "amount_minor": line.amount_minor,
        "currency": line.currency,
        "settled_minor": line.settled_minor,
        "settled_currency": line.settled_currency,
        "stripe_id": line.stripe_id,
        "at": written(line.at),
    }


def written(moment: datetime | None) -> str | None:
    """In UTC, to the second: 2026-03-14T09:26:53Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None
