"""What Stripe says, in our own words: answers of the gateway, input of the ledger.

Amounts are minor units. Times are aware and in UTC. Nothing here asks or writes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Settled:
    """A movement on our balance: signed amount and the fee taken from it, in the settled currency."""

    id: str
    amount_minor: int
    fee_minor: int
    currency: str
    at: datetime


@dataclass(frozen=True)
class RefundFacts:
    id: str
    intent_id: str | None
    amount_minor: int
    currency: str
    has_failed: bool  # failed or canceled: the donor did not get it
    at: datetime
    settled: Settled | None = None
    undone: Settled | None = None  # the movement that brought a failed refund back


@dataclass(frozen=True)
class DisputeFacts:
    id: str
    intent_id: str | None
    amount_minor: int
    currency: str
    status: str  # donate.models.Dispute.Status
    reason: str
    due_at: datetime | None
    at: datetime
    livemode: bool
    movements: tuple[Settled, ...] = ()


@dataclass(frozen=True)
class ChargeFacts:
    id: str
    amount_minor: int
    currency: str
    at: datetime
    is_disputed: bool
    is_delayed: bool  # paid by a method whose money comes days later, or not at all
    paid_with: str = ""
    settled: Settled | None = None
    refunds: tuple[RefundFacts, ...] = ()


@dataclass(frozen=True)
class PaymentFacts:
    """A payment intent with its latest charge. `state`: received, processing, failed (a try was refused) or open."""

    intent_id: str
    state: str
    amount_minor: int
    currency: str
    created_at: datetime
    livemode: bool
    metadata: Mapping[str, str] = field(default_factory=dict)
    charge: ChargeFacts | None = None
    disputes: tuple[DisputeFacts, ...] = ()

    @property
    def refunds(self) -> tuple[RefundFacts, ...]:
        return self.charge.refunds if self.charge else ()


@dataclass(frozen=True)
class SubscriptionFacts:
    id: str
    status: str  # donate.models.RecurringGift.Status
    amount_minor: int
    currency: str
    interval: str  # month or year
    started_at: datetime
    livemode: bool
    customer_id: str = ""
    next_at: datetime | None = None
    ended_at: datetime | None = None
    paid_with: str = ""
    item_id: str = ""
    product_id: str = ""
    latest_invoice_id: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class InvoiceFacts:
    id: str
    status: str
    reason: str  # Stripe's billing_reason
    created_at: datetime
    livemode: bool
    amount_minor: int
    currency: str
    intent_id: str | None = None
    subscription_id: str | None = None
    attempts: int = 0
    next_try_at: datetime | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SessionFacts:
    """One hosted payment page. `status`: open, complete or expired."""

    id: str
    status: str
    is_paid: bool
    livemode: bool
    url: str = ""
    email: str = ""
    name: str = ""
    customer_id: str = ""
    amount_minor: int = 0
    currency: str = ""
    created_at: datetime | None = None
    payment: PaymentFacts | None = None
    intent_id: str | None = None
    invoice_id: str | None = None
    subscription_id: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Notice:
    """What a delivery says that we believe: which event, of what type, about which object. Never its content."""

    event_id: str
    type: str
    object_id: str
    livemode: bool
    created_at: datetime
