"""Asks Stripe for everything it has, compares with the books, and has each difference converged.

Lists, not single questions: a hundred objects a call, so that an account with many years in it is compared in minutes.
What belongs to another product, or to gifts made under another account's key, is left alone.
"""

import logging
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from donate import converge, gateway
from donate.facts import (
    DisputeFacts,
    InvoiceFacts,
    PaymentFacts,
    RefundFacts,
    SessionFacts,
    SubscriptionFacts,
)
from donate.gateway import GatewayError
from donate.lines import Line, charge_lines, dispute_lines, refund_lines
from donate.models import CampaignPage, Checkout, Dispute, Gift, LedgerEntry, RecurringGift

log = logging.getLogger(__name__)
T = TypeVar("T")
BATCH = 200


@dataclass(frozen=True)
class Difference:
    """One thing that Stripe has otherwise than the books. `kind` and `object_id` are what converge takes."""

    kind: str
    object_id: str
    what: str
    facts: Any = field(default=None, compare=False, repr=False)  # what Stripe says of the object

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.what}"


@dataclass
class Outcome:
    changed: int = 0
    failed: list[str] = field(default_factory=list)


def catch_up(since: datetime | None = None, tell=lambda text: None) -> Outcome:
    """Mends every difference since a moment (None: ever). `tell` gets one line for each."""
    outcome = Outcome()
    for difference in differences(since):
        tell(str(difference))
        mend(difference, outcome)
    if outcome.changed:
        outcome.failed += [f"still {left}" for left in differences(since)]
    return outcome


def mend(difference: Difference, outcome: Outcome) -> None:
    try:
        converge.converge(difference.kind, difference.object_id)
        outcome.changed += 1
    except converge.NotOurs as finding:
        outcome.failed.append(f"{difference}: {finding}")
    except GatewayError as error:
        outcome.failed.append(f"{difference}: {error}")
    except Exception as error:  # noqa: BLE001 - one bad record does not keep the others out of the books
        log.exception("A difference could not be mended", extra={"object": difference.object_id})
        outcome.failed.append(f"{difference}: {type(error).__name__}")


def differences(since: datetime | None = None) -> Iterator[Difference]:
    """Lazily: what is mended between two steps is not reported again by the next."""
    ours = Ours()
    yield from compare(gateway.sessions(since), ours.sessions)
    yield from compare(gateway.invoices(since), ours.invoices)
    yield from compare(gateway.payments(since), ours.payments)
    yield from compare(gateway.refunds(since), ours.refunds)
    yield from compare(gateway.disputes(since), ours.disputes)
    yield from compare(gateway.subscriptions(since), ours.subscriptions)
    if since:
        yield from unfinished(since)


def compare(found: Iterable[T], check) -> Iterator[Difference]:
    rows = iter(found)
    while batch := list(islice(rows, BATCH)):
        yield from check(batch)


class Ours:
    """The books' side of the comparison; remembers which payments are instalments of ours."""

    def __init__(self):
        self.campaigns = set(CampaignPage.objects.values_list("pk", flat=True))
        self.instalments: dict[str, str] = {}

    def knows(self, metadata) -> bool:
        """Is it ours, by what we wrote into it: a checkout that we have, or could make again?"""
        try:
            public_id = uuid.UUID(metadata.get("checkout", ""))
        except ValueError:
            return False
        campaign = metadata.get("campaign", "")
        again = campaign.isdecimal() and int(campaign) in self.campaigns
        return again or Checkout.objects.filter(public_id=public_id).exists()

    def sessions(self, batch: list[SessionFacts]) -> Iterator[Difference]:
        ids = [item.id for item in batch]
        states = dict(
            Checkout.objects.filter(stripe_checkout_session_id__in=ids).values_list(
                "stripe_checkout_session_id", "state"
            )
        )
        with_gift = set(
            Gift.objects.filter(stripe_checkout_session_id__in=ids).values_list(
                "stripe_checkout_session_id", flat=True
            )
        )
        for item in batch:
            state = states.get(item.id)
            if item.status == "open" or (state is None and not self.knows(item.metadata)):
                continue
            if item.status == "expired":
                if state == Checkout.State.OPEN:
                    yield Difference("session", item.id, "expired", item)
            elif state != Checkout.State.COMPLETED:
                yield Difference("session", item.id, "completed", item)
            elif item.intent_id and item.id not in with_gift:
                yield Difference("session", item.id, "gift missing", item)

    def invoices(self, batch: list[InvoiceFacts]) -> Iterator[Difference]:
        """Says nothing yet: whether money came is the payment's matter."""
        subscriptions = {item.subscription_id for item in batch if item.subscription_id}
        known = set(
            RecurringGift.objects.filter(stripe_subscription_id__in=subscriptions).values_list(
                "stripe_subscription_id", flat=True
            )
        )
        for item in batch:
            if item.intent_id and (item.subscription_id in known or self.knows(item.metadata)):
                self.instalments[item.intent_id] = item.id
        return iter(())

    def payments(self, batch: list[PaymentFacts]) -> Iterator[Difference]:
        gifts = {
            gift.stripe_payment_intent_id: gift
            for gift in Gift.objects.filter(stripe_payment_intent_id__in=[item.intent_id for item in batch])
        }
        lines = known_lines(line for item in batch if item.charge for line in charge_lines(item.charge))
        for item in batch:
            gift = gifts.get(item.intent_id)
            if gift is None and item.intent_id not in self.instalments and not self.knows(item.metadata):
                continue
            what = of_payment(item, gift, lines)
            if what:
                yield Difference("intent", item.intent_id, what, item)

    def refunds(self, batch: list[RefundFacts]) -> Iterator[Difference]:
        yield from self.reversals("refund", batch, refund_lines)

    def disputes(self, batch: list[DisputeFacts]) -> Iterator[Difference]:
        yield from self.reversals("dispute", batch, dispute_lines)
        ids = [item.id for item in batch]
        rows = Dispute.objects.filter(stripe_dispute_id__in=ids)
        standing = {row.stripe_dispute_id: row.status for row in rows}
        for item in batch:
            if standing.get(item.id, item.status) != item.status:
                yield Difference("dispute", item.id, f"is {item.status}", item)

    def reversals(self, kind: str, batch: list, lines_of) -> Iterator[Difference]:
        """Refunds and disputes of gifts that we have."""
        intents = {item.intent_id for item in batch if item.intent_id}
        gifts = set(
            Gift.objects.filter(stripe_payment_intent_id__in=intents).values_list(
                "stripe_payment_intent_id", flat=True
            )
        )
        lines = known_lines(line for item in batch for line in lines_of(item))
        for item in batch:
            if item.intent_id in gifts and (what := missing(lines_of(item), lines)):
                yield Difference(kind, item.id, what, item)

    def subscriptions(self, batch: list[SubscriptionFacts]) -> Iterator[Difference]:
        rows = RecurringGift.objects.filter(stripe_subscription_id__in=[item.id for item in batch])
        known = {row.stripe_subscription_id: row for row in rows}
        for item in batch:
            row = known.get(item.id)
            if row is None and self.knows(item.metadata):
                yield Difference("subscription", item.id, "recurring gift missing", item)
            elif row is not None and (row.status, row.amount_minor, row.next_gift_at) != (
                item.status,
                item.amount_minor,
                item.next_at,
            ):
                yield Difference("subscription", item.id, f"is {item.status}", item)


def of_payment(item: PaymentFacts, gift: Gift | None, lines: dict) -> str:
    """What the books lack of a payment of ours; empty for nothing. A try that was refused is no gift."""
    if item.state == "received" and item.charge:
        if gift is None or gift.received_at is None:
            return "received, not in the books"
        return missing(charge_lines(item.charge), lines)
    if item.state == "processing" and (gift is None or gift.failed_at is not None):
        return "on its way"
    is_pending = gift is not None and gift.received_at is None and gift.failed_at is None
    return "failed" if item.state == "failed" and is_pending else ""


def known_lines(expected: Iterable[Line]) -> dict[tuple[str, str], bool]:
    """Which of these lines the books have, and whether they are settled."""
    ids = {line.stripe_id for line in expected}
    rows = LedgerEntry.objects.filter(stripe_id__in=ids).values_list("kind", "stripe_id", "settled_minor")
    return {(kind, stripe_id): settled is not None for kind, stripe_id, settled in rows}


def missing(expected: Iterable[Line], known: dict[tuple[str, str], bool]) -> str:
    lacking = [line.kind for line in expected if line.key not in known]
    if lacking:
        return "no line " + ", ".join(lacking)
    late = [line.kind for line in expected if line.settled_minor is not None and not known[line.key]]
    return "not settled: " + ", ".join(late) if late else ""


def unfinished(since: datetime) -> Iterator[Difference]:
    """Older than what was listed, and not at an end in the books: each is asked for, and reported where it moved."""
    pending = Gift.objects.filter(created_at__lt=since, received_at=None, failed_at=None).order_by()
    unsettled = Gift.objects.filter(
        created_at__lt=since, lines__settled_minor=None, lines__isnull=False
    ).order_by()
    for intent_id in pending.union(unsettled).values_list("stripe_payment_intent_id", flat=True):
        if not intent_id:
            continue
        try:
            payment = gateway.get_payment(intent_id)
        except gateway.NotFound:
            continue
        yield from Ours().payments([payment])
    open_disputes = Dispute.objects.filter(opened_at__lt=since, status__in=["open", "inquiry"])
    for dispute_id in list(open_disputes.values_list("stripe_dispute_id", flat=True)):
        try:
            yield from Ours().disputes([gateway.get_dispute(dispute_id)])
        except gateway.NotFound:
            continue
