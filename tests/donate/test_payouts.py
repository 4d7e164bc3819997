"""Each bank deposit is explained by gifts, refunds, fees and disputes; the month ties to Stripe's balance."""

import givers
import pytest
from django.utils import timezone

from donate.models import Gift, LedgerEntry
from donate.payout_gateway import payouts
from donate.payouts import deposit, month

pytestmark = pytest.mark.django_db


def test_a_deposit_lists_what_makes_it_up_and_the_month_ties(client, sandbox, campaign):
    givers.give(client, sandbox, campaign)
    sandbox.refund(charge=Gift.objects.get().stripe_charge_id, amount="500")
    givers.give(client, sandbox, campaign, email="ben@donor.example", amount_other="100")
    sandbox.payout()

    (found,) = [deposit(payout) for payout in payouts()]
    today = timezone.localdate()
    sheet = month(today.year, today.month)

    assert found.is_explained
    assert found.payout.amount_minor == found.net_minor == 2500 - 102 - 500 + 10000 - 320
    assert sorted(row.movement.type for row in found.rows) == ["charge", "charge", "refund"]
    assert sheet.ties and sheet.ledger == {"usd": found.net_minor}
    assert sheet.lines["usd", "", "fee", ""] == -422


def test_a_line_that_is_missing_shows(client, sandbox, campaign):
    givers.give(client, sandbox, campaign)
    sandbox.payout()
    LedgerEntry.objects.filter(kind="received").delete()

    (found,) = [deposit(payout) for payout in payouts()]
    today = timezone.localdate()

    assert not found.is_explained
    assert not month(today.year, today.month).ties
