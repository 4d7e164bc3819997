"""Long random histories, told to the ledger in any order, twice, with gaps and with answers that are out of date.

Each payment lives through a random life; after every step stands what Stripe would have answered at that moment. The
ledger hears of these answers in a drawn order. As long as the last one is among them, the books equal the model.
"""

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from donate.facts import (
    ChargeFacts,
    DisputeFacts,
    InvoiceFacts,
    PaymentFacts,
    RefundFacts,
    SessionFacts,
    Settled,
    SubscriptionFacts,
)

pytestmark = pytest.mark.django_db

BEGAN = datetime(2026, 2, 27, tzinfo=UTC)  # so that some lives go on into another month
RATE = {"usd": 100, "eur": 108, "jpy": 67}  # per cent of a cent of a dollar, in which all is settled
ACTS = ("refund", "refund", "fail", "cancel", "dispute", "inquiry", "win", "lose", "settle")


@dataclass
class Life:
    """One payment at Stripe. `answers` are what it would have said, each with the moment; `model` is what must be booked."""

    number: int
    minor: int
    currency: str
    is_late: bool  # the balance transaction comes later
    starts: str  # received, processing or failed
    answers: list[tuple[datetime, PaymentFacts]] = field(default_factory=list)
    refunds: list[RefundFacts] = field(default_factory=list)
    disputes: list[DisputeFacts] = field(default_factory=list)
    settled: Settled | None = None
    state: str = "open"

    def __post_init__(self):
        self.step(self.starts)
        if self.starts == "received" and not self.is_late:
            self.act("settle", 0)

    @property
    def at(self) -> datetime:
        return BEGAN + timedelta(hours=self.number, minutes=20 * len(self.answers))

    def balance(self, name: str, minor: int, fee: int = 0) -> Settled:
        return Settled(f"txn_{self.number}_{name}", minor * RATE[self.currency] // 100, fee, "usd", self.at)

    def step(self, state: str) -> None:
        self.state = state
        self.answers.append((self.at, self.answer()))

    def answer(self) -> PaymentFacts:
        charge = ChargeFacts(
            id=f"ch_{self.number}",
            amount_minor=self.minor,
            currency=self.currency,
            at=BEGAN + timedelta(hours=self.number),
            is_disputed=bool(self.disputes),
            is_delayed=self.starts != "received",
            settled=self.settled,
            refunds=tuple(self.refunds),
        )
        return PaymentFacts(
            f"pi_{self.number}", self.state, self.minor, self.currency, BEGAN, False, {}, charge, tuple(self.disputes)
        )  # fmt: skip

    def act(self, verb: str, number: int) -> None:
        """What cannot happen to this payment now, does not."""
        if self.state != "received":
            self.step("received" if number % 3 else "failed")
            return
        getattr(self, verb)(number)
        self.step("received")

    def settle(self, _number) -> None:
        self.settled = self.settled or self.balance("charge", self.minor, fee=30 + self.minor * 29 // 1000)

    @property
    def left(self) -> int:
        gone = sum(item.amount_minor for item in self.refunds if not item.has_failed)
        return self.minor - gone - sum(item.amount_minor for item in self.disputes if takes(item))

    def refund(self, number) -> None:
        minor = min(self.left, max(1, self.minor * number // 100))
        if minor:
            name = f"re_{self.number}_{len(self.refunds)}"
            self.refunds.append(
                RefundFacts(name, f"pi_{self.number}", minor, self.currency, False, self.at, self.balance(name, -minor))
            )  # fmt: skip

    def fail(self, number) -> None:
        """One whose money had left comes back."""
        gone = [place for place, item in enumerate(self.refunds) if item.settled and not item.has_failed]
        if gone:
            place = gone[number % len(gone)]
            item = self.refunds[place]
            self.refunds[place] = replace(
                item, has_failed=True, undone=self.balance(f"undo_{item.id}", item.amount_minor)
            )

    def cancel(self, number) -> None:
        """One that waited for the donor's bank and was taken back before any money moved."""
        before = len(self.refunds)
        self.refund(number)
        if len(self.refunds) > before:
            self.refunds[-1] = replace(self.refunds[-1], settled=None)
            self.step("received")
            self.refunds[-1] = replace(self.refunds[-1], has_failed=True)

    def dispute(self, number) -> None:
        self.contest("open", (self.balance("dispute", -self.left, fee=1500),))

    def inquiry(self, number) -> None:
        self.contest("inquiry", ())

    def contest(self, status: str, moved: tuple) -> None:
        if self.left and not self.disputes:
            self.disputes.append(
                DisputeFacts(f"du_{self.number}", f"pi_{self.number}", self.left, self.currency, status, "fraudulent",
                             None, self.at, False, moved)
            )  # fmt: skip

    def win(self, number) -> None:
        self.end("won", number)

    def lose(self, number) -> None:
        self.end("lost", number)

    def end(self, status: str, number: int) -> None:
        if self.disputes and self.disputes[0].status == "open":
            item = self.disputes[0]
            back = self.balance("won", item.amount_minor, fee=-1500 if number % 2 else 0)
            moved = (*item.movements, back) if status == "won" else item.movements
            self.disputes[0] = replace(item, status=status, movements=moved)

    # What must be booked

    @property
    def model(self) -> dict:
        refunded = sum(item.amount_minor for item in self.refunds if not item.has_failed)
        disputed = sum(item.amount_minor for item in self.disputes if takes(item))
        moved = [self.settled]
        for item in self.refunds:
            moved += [item.settled, item.undone][: 1 + item.has_failed] if item.settled else []
        moved += [entry for item in self.disputes for entry in item.movements]
        known = all(moved)
        return {
            "state": self.standing(refunded, disputed),
            "amount": self.minor,
            "refunded": refunded,
            "disputed": disputed,
            "fee": self.settled.fee_minor if self.settled else None,
            "net": sum(entry.amount_minor - entry.fee_minor for entry in moved) if known else None,
        }

    def standing(self, refunded: int, disputed: int) -> str:
        if disputed:
            return "lost" if self.disputes[0].status == "lost" else "disputed"
        return ("refunded" if refunded == self.minor else "partially_refunded") if refunded else "succeeded"


def takes(item: DisputeFacts) -> bool:
    return item.status in ("open", "lost")


life = st.builds(
    lambda minor, currency, late, starts, acts: (minor, currency, late, starts, acts),
    st.integers(50, 99_999),
    st.sampled_from(sorted(RATE)),
    st.booleans(),
    st.sampled_from(("received", "received", "received", "processing", "failed")),
    st.lists(st.tuples(st.sampled_from(ACTS), st.integers(1, 100)), max_size=8),
)


def lives(drawn) -> list[Life]:
    found = []
    for number, (minor, currency, late, starts, acts) in enumerate(drawn):
        one = Life(number, minor, currency, late, starts)
        for verb, how in acts:
            one.act(verb, how)
        found.append(one)
    return found


def tell(rows: list, one: Life, answer: PaymentFacts, as_of: datetime) -> None:
    """Every third payment is an instalment of one monthly gift, the others are given once."""
    from donate import ledger

    row = rows[one.number]
    if one.number % 3:
        session = SessionFacts(
            f"cs_{one.number}", "complete", True, False, payment=answer, intent_id=answer.intent_id
        )
        ledger.record_session(row.pk, session, as_of)
        return
    standing = SubscriptionFacts("sub_1", "active", row.amount_minor, row.currency, "month", BEGAN, False)
    invoice = InvoiceFacts(f"in_{one.number}", "paid", "subscription_cycle", BEGAN, False, one.minor, one.currency,
                           answer.intent_id, "sub_1")  # fmt: skip
    ledger.record_invoice(rows[0].pk, invoice, answer, standing, as_of)


def make_rows(factories, campaign, found: list[Life]) -> list:
    return [
        factories.make_checkout(
            campaign,
            frequency="once" if one.number % 3 else "monthly",
            amount_minor=one.minor,
            currency=one.currency,
            email=f"d{one.number % 4}@donor.example",
        )
        for one in found
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(drawn=st.lists(life, min_size=3, max_size=7), seed=st.integers(0, 2**32))
def test_the_books_equal_the_model_whatever_order_answers_come_in(factories, campaign, drawn, seed):
    from reference import booked, pending_and_failed

    from donate.invariants import faults

    found, draw = lives(drawn), random.Random(seed)
    told = [
        (one, *answer)
        for one in found
        for answer in one.answers[:-1]
        for _ in range(draw.choice((0, 1, 1, 2)))
    ]
    told += [(one, *one.answers[-1]) for one in found for _ in range(draw.choice((1, 2)))]
    draw.shuffle(told)
    with transaction.atomic():
        rows = make_rows(factories, campaign, found)

        for one, as_of, answer in told:
            tell(rows, one, answer, as_of)

        received = {f"pi_{one.number}": one.model for one in found if one.state == "received"}
        assert booked() == received
        waiting = Counter({"processing": "pending"}.get(one.state, one.state) for one in found)
        assert pending_and_failed() == Counter(
            {name: waiting[name] for name in ("pending", "failed") if waiting[name]}
        )
        assert list(faults()) == []
        transaction.set_rollback(True)
