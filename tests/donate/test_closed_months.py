"""A closed month keeps its figures: what comes later is a correction with its own date, and the check proves it."""

import io
from datetime import UTC, datetime, timedelta

import givers
import pytest
from django.core.management import call_command
from django.urls import reverse

from donate import closings
from donate.ledger import record_correction, record_offline_gift
from donate.models import ClosedMonth, Gift, LedgerEntry
from donate.payouts import month

pytestmark = pytest.mark.django_db

FEBRUARY = datetime(2026, 2, 27, 12, tzinfo=UTC)
MARCH = datetime(2026, 3, 5, 12, tzinfo=UTC)


@pytest.fixture
def in_february(frozen_time):
    frozen_time.move_to(FEBRUARY)
    return frozen_time


@pytest.fixture
def closed(in_february, client, sandbox, campaign):
    """A gift in February, whose month was closed in March, when it is now."""
    givers.give(client, sandbox, campaign)
    in_february.move_to(MARCH)
    return closings.close(2026, 2, None)[0]


def check() -> str:
    out = io.StringIO()
    try:
        call_command("check_ledger", stdout=out, stderr=out)
    except SystemExit:
        pass
    return out.getvalue()


def counted(year: int, number: int) -> int:
    return month(year, number).ledger["usd"]


def test_what_webhooks_lost_counts_when_it_comes_and_both_months_tie(
    in_february, client, sandbox, campaign, fundraiser
):
    givers.give(client, sandbox, campaign)
    sandbox.pay(session=givers.begin(client, campaign, email="ben@donor.example", amount_other="100"))
    sandbox.refund(charge=Gift.objects.get().stripe_charge_id, amount="500")
    in_february.move_to(MARCH)
    closings.close(2026, 2, None)
    handed_on = counted(2026, 2)

    sandbox.deliver(client)

    late = {line.kind: line for line in LedgerEntry.objects.filter(corrects__year=2026, corrects__month=2)}
    assert sorted(late) == ["fee", "received", "refunded"]
    assert late["received"].at == FEBRUARY and late["received"].booked_at == MARCH
    assert counted(2026, 2) == handed_on == 2500 - 102
    assert counted(2026, 3) == 10000 - 320 - 500
    assert month(2026, 2).ties and month(2026, 3).ties
    assert "right" in check()
    client.force_login(fundraiser)
    march = client.get(reverse("donate_month"), {"month": "2026-03"}).content.decode()
    assert march.count("belongs to 2026-02") == 3 and "moved by the same" in march
    rows = client.get(reverse("donate_month"), {"month": "2026-03", "export": "csv"}).content.decode()
    assert "USD,,refunded,-5.00,2026-02" in rows.splitlines()


def test_a_fee_that_stripe_tells_after_closing_is_a_correction(in_february, client, sandbox, campaign):
    sandbox.settings(late_balance="yes")
    givers.give(client, sandbox, campaign)
    in_february.move_to(MARCH)
    row, _is_new = closings.close(2026, 2, None)
    assert row.figures == {}

    sandbox.release_balance(charge=Gift.objects.get().stripe_charge_id)
    sandbox.deliver(client)

    assert counted(2026, 2) + counted(2026, 3) == 2500 - 102
    assert "right" in check()


def test_offline_gifts_and_corrections_of_a_closed_month_count_today(closed, campaign):
    gift = record_offline_gift(
        received_at=FEBRUARY, donor=Gift.objects.get().donor, campaign=campaign, frequency="once", amount_minor=700,
        currency="usd", livemode=False, method="cheque",
    )  # fmt: skip
    record_correction(gift, 200, FEBRUARY)

    assert {line.corrects for line in gift.lines.all()} == {closed}
    assert {line.booked_at for line in gift.lines.all()} == {MARCH}
    assert "right" in check()


PLANTED = {
    "written into it": lambda line: LedgerEntry.objects.create(
        gift=line.gift, kind="refunded", amount_minor=-1, currency="usd", settled_minor=-1,
        settled_currency="usd", stripe_id="re_planted", at=FEBRUARY,
    ),
    "changed": lambda line: LedgerEntry.objects.filter(pk=line.pk).update(settled_minor=9_999),
    "taken out": lambda line: LedgerEntry.objects.filter(pk=line.pk).update(booked_at=MARCH),
    "deleted": lambda line: LedgerEntry.objects.filter(kind="fee").delete(),
}  # fmt: skip


@pytest.mark.parametrize("fault", PLANTED)
def test_whatever_changes_a_closed_month_is_found(closed, fault):
    assert "right" in check()

    PLANTED[fault](LedgerEntry.objects.get(kind="received"))

    assert "closed month 2026-02: was closed with {'usd': [2, 2398]}" in check()


def test_a_correction_dated_back_is_found(closed):
    line = LedgerEntry.objects.get(kind="fee")

    LedgerEntry.objects.filter(pk=line.pk).update(corrects=closed, booked_at=FEBRUARY)

    assert "dated before it was closed" in check()


def test_a_month_is_closed_once_and_only_when_it_is_over(client, fundraiser, frozen_time):
    client.force_login(fundraiser)
    frozen_time.move_to(datetime(2026, 3, 1, 0, 5, tzinfo=UTC))
    for _time in range(2):
        client.post(reverse("donate_close_month"), {"month": "2026-02"})
    assert not ClosedMonth.objects.exists()

    frozen_time.shift(timedelta(hours=1))
    for _time in range(2):
        client.post(reverse("donate_close_month"), {"month": "2026-02"})

    assert ClosedMonth.objects.get().closed_by == fundraiser
