"""Deliveries at the same instant, in every order, with real threads and real transactions."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import givers
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from donate import closings, invariants, ledger
from donate.models import ClosedMonth, Gift, LedgerEntry, Message, Receipt, RecurringGift
from donate.totals import with_totals

pytestmark = pytest.mark.django_db(transaction=True)


def in_parallel(sandbox, deliveries, threads=8) -> list[int]:
    """Posts all of them with so many threads; what was answered with 5xx is posted again until it is taken."""

    def post(delivery):
        try:
            return sandbox.post(Client(), delivery).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(post, deliveries))
        for _ in range(5):
            again = [item for item, status in zip(deliveries, answers, strict=True) if status >= 500]
            if not again:
                break
            deliveries, answers = again, list(pool.map(post, again))
    return answers


def test_sixteen_deliveries_of_one_event_at_once_make_one_gift(client, sandbox, campaign):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session)
    (delivery,) = sandbox.waiting("checkout.session.completed")

    answers = in_parallel(sandbox, [delivery] * 16, threads=16)

    assert set(answers) == {200}
    assert Gift.objects.count() == Receipt.objects.count() == 1
    assert LedgerEntry.objects.count() == 2
    assert Message.objects.filter(kind="receipt").count() == 1


def test_three_events_about_one_payment_in_all_orders(client, sandbox, campaign):
    kinds = ("checkout.session.completed", "payment_intent.succeeded", "charge.succeeded")
    for number, order in enumerate(itertools.permutations(kinds)):
        session = givers.begin(client, campaign, email=f"d{number}@donor.example")
        sandbox.pay(session=session)
        for kind in order:
            (delivery,) = sandbox.waiting(kind)
            assert sandbox.post(client, delivery).status_code == 200
        sandbox.forget_deliveries()

    assert Gift.objects.count() == Receipt.objects.count() == 6
    assert LedgerEntry.objects.count() == 12


def test_many_payments_with_all_events_at_once_leave_no_gap_in_the_receipts(client, sandbox, campaign):
    for number in range(8):
        sandbox.pay(
            session=givers.begin(
                client, campaign, email="same@donor.example" if number % 2 else "B@donor.example"
            )
        )

    in_parallel(sandbox, sandbox.waiting() * 2)

    assert Gift.objects.count() == 8
    assert sorted(Receipt.objects.values_list("serial", flat=True)) == list(range(1, 9))
    assert {gift.state for gift in with_totals(Gift.objects.all())} == {"succeeded"}


def test_first_invoice_and_session_of_a_monthly_gift_at_once(client, sandbox, campaign):
    for number in range(4):
        session = givers.begin(client, campaign, frequency="monthly", email=f"d{number}@donor.example")
        sandbox.pay(session=session)

    in_parallel(sandbox, sandbox.waiting())

    assert RecurringGift.objects.count() == Gift.objects.count() == 4


def test_the_thank_you_page_and_the_webhook_race(client, sandbox, campaign):
    session = givers.begin(client, campaign)
    sandbox.pay(session=session)
    deliveries = sandbox.waiting()

    def look(_):
        try:
            return Client().get("/giving/thanks/", {"session_id": session}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        looks = pool.map(look, range(4))
        in_parallel(sandbox, deliveries, threads=4)
        assert set(looks) == {200}

    assert Gift.objects.count() == Receipt.objects.count() == 1
    assert LedgerEntry.objects.count() == 2


def test_a_month_is_closed_while_its_last_gifts_are_entered(campaign, donor):
    """Each gift is either among the figures of the month or a correction of it, never neither and never both."""
    last_month = timezone.now().replace(day=1) - timedelta(days=3)
    fields = {"donor": donor, "campaign": campaign, "frequency": "once", "currency": "usd", "livemode": False}

    def work(number):
        try:
            if number == 4:
                return closings.close(last_month.year, last_month.month, None)
            return ledger.record_offline_gift(
                received_at=last_month, amount_minor=100, method="cheque", **fields
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(work, range(13)))

    closed = ClosedMonth.objects.get()
    lines, moved = closed.figures.get("usd", [0, 0])
    assert lines + closed.corrections.count() == LedgerEntry.objects.count() == 12
    assert moved == lines * 100
    assert list(invariants.faults()) == []
