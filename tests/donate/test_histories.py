"""Random histories, delivered in random order, with duplicates and gaps: the books equal a reference model."""

import random

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference import booked, expected, pending_and_failed

pytestmark = pytest.mark.django_db

CARDS = ("4242424242424242", "4242424242424242", "4000000000005126", "000123456789", "4000000000000341")
act = st.tuples(
    st.sampled_from(
        (
            "give",
            "give",
            "give",
            "monthly",
            "renew",
            "refund",
            "refund",
            "fail",
            "dispute",
            "win",
            "lose",
            "bank",
        )
    ),
    st.integers(0, 7),
    st.integers(1, 100),
)


def happen(sandbox, factories, campaign, history) -> None:
    """Acts on whatever is there; what Stripe would refuse does not happen."""
    from donate.sandbox.errors import Refusal

    for verb, which, number in history:
        try:
            step(sandbox, factories, campaign, verb, which, number)
        except (Refusal, IndexError):
            continue


def step(sandbox, factories, campaign, verb: str, which: int, number: int) -> None:
    from donate import checkout

    if verb in ("give", "monthly"):
        row = factories.make_checkout(
            campaign,
            frequency="monthly" if verb == "monthly" else "once",
            amount_minor=number * 100 + which,
            currency=("usd", "eur")[which % 2],
            email=f"d{which}@donor.example",
            expires_at=checkout.timezone.now() + checkout.OPEN_FOR,
        )
        session = checkout.open_page(row).rsplit("/", 1)[-1]
        sandbox.pay(session=session, card=CARDS[number % len(CARDS)])
    elif verb == "renew":
        sandbox.renew(subscription=sandbox.all("subscription")[which]["id"])
    elif verb == "refund":
        charge = sandbox.all("charge")[which]
        sandbox.refund(charge=charge["id"], amount=str(max(1, charge["amount"] * number // 100)))
    elif verb == "fail":
        sandbox.fail_refund(refund=sandbox.all("refund")[which]["id"])
    elif verb == "dispute":
        charge = sandbox.all("charge")[which]
        # A bank contests what is left of a payment, and no more.
        sandbox.dispute(charge=charge["id"], inquiry="yes" if number % 5 == 0 else "")
    elif verb in ("win", "lose"):
        getattr(sandbox, verb)(dispute=sandbox.all("dispute")[which]["id"])
    elif verb == "bank":
        waiting = [item for item in sandbox.all("checkout.session") if item["payment_status"] == "unpaid"]
        sandbox.delayed(session=waiting[which]["id"], outcome="paid" if number % 2 else "declined")


def deliver(sandbox, seed: int, may_lose: bool) -> None:
    """Each delivery no, one, two or three times, in an order drawn from the seed."""
    from donate import gateway, inbox

    draw = random.Random(seed)
    copies = [
        item
        for item in sandbox.waiting()
        for _ in range(draw.choice((0, 1, 1, 2, 3) if may_lose else (1, 1, 2)))
    ]
    draw.shuffle(copies)
    for item in copies:
        assert inbox.receive(gateway.read_notice(item.body.encode(), item.headers["Stripe-Signature"]))


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(history=st.lists(act, min_size=4, max_size=14), seed=st.integers(0, 2**32))
def test_any_history_in_any_order_ends_as_stripe_has_it(sandbox, factories, campaign, history, seed):
    from donate.invariants import faults

    with transaction.atomic():
        sandbox.box.store.clear()
        happen(sandbox, factories, campaign, history)

        deliver(sandbox, seed, may_lose=False)

        assert booked() == expected(sandbox)
        assert list(faults()) == []
        transaction.set_rollback(True)


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(history=st.lists(act, min_size=4, max_size=14), seed=st.integers(0, 2**32))
def test_what_deliveries_lost_catching_up_brings_and_then_nothing(
    sandbox, factories, campaign, history, seed
):
    from donate.catch_up import catch_up
    from donate.invariants import faults

    with transaction.atomic():
        sandbox.box.store.clear()
        happen(sandbox, factories, campaign, history)
        deliver(sandbox, seed, may_lose=True)

        first, second = catch_up(), catch_up()

        assert booked() == expected(sandbox)
        assert first.failed == second.failed == [] and second.changed == 0
        waiting = [item for item in sandbox.all("payment_intent") if item["status"] == "processing"]
        assert pending_and_failed()["pending"] == len(waiting)
        assert list(faults()) == []
        transaction.set_rollback(True)
