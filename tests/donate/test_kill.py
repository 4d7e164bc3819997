"""A process killed while it works: what it had answered is kept, what it had not is sent again, nothing is doubled."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
SEED = """
import json
from datetime import timedelta
from django.utils import timezone
from donate.models import CampaignPage, Checkout, GivePage
from donate.recovery import metadata_of
from news.tree import plant_tree
plant_tree()
campaign = GivePage.objects.get().add_child(instance=CampaignPage(title="Storm", slug="storm", summary="A storm."))
rows = Checkout.objects.bulk_create(
    Checkout(livemode=False, campaign=campaign, frequency="once", currency="usd", amount_minor=1000 + number,
             email=f"d{number}@donor.example", name="A Donor", attempt=f"kill-{number}", content_digest="",
             idempotency_key=f"kill-{number}", expires_at=timezone.now() + timedelta(hours=20))
    for number in range(40))
print(json.dumps([[row.amount_minor, metadata_of(row)] for row in rows]))
"""
# Applies deliveries from its standard input, and says which it would have answered with 200.
APPLY = """
import json, sys
from donate import gateway, inbox
for line in sys.stdin:
    number, body, header = json.loads(line)
    if inbox.receive(gateway.read_notice(body.encode(), header)):
        print(number, flush=True)
"""


def pay_all(sandbox, rows) -> list:
    from sandbox import session_params

    from donate.sandbox import checkout

    for amount, metadata in rows:
        params = session_params(amount=amount, metadata=metadata, payment_intent_data={"metadata": metadata})
        with sandbox.box.store.transaction():
            checkout.pay(sandbox.box, checkout.create(sandbox.box, params)["id"])
    return sandbox.waiting("checkout.session.completed", "payment_intent.succeeded", "charge.succeeded")


def apply_until_killed(site, deliveries: dict, after: int | None) -> set[int]:
    """Gives the numbers that were answered; `after` so many answers the process is killed without warning."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "shell", "-v0", "-c", APPLY],
        env=site.environment,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    for number, delivery in deliveries.items():
        try:
            process.stdin.write(
                json.dumps([number, delivery.body, delivery.headers["Stripe-Signature"]]) + "\n"
            )
        except BrokenPipeError:
            break
    try:
        process.stdin.close()
    except BrokenPipeError:
        pass
    answered = set()
    for line in process.stdout:
        answered.add(int(line))
        if after is not None and len(answered) == after:
            time.sleep(random.Random(after).random() / 50)  # somewhere in the middle of the next one
            os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return answered


def test_killed_again_and_again_the_books_end_right(sandbox, own_site):
    own_site.environment |= {"STRIPE_API_BASE": sandbox.url, "SECRET_KEY": "x" * 50}
    deliveries = dict(enumerate(pay_all(sandbox, json.loads(own_site.python(SEED)))))
    lost = 0

    for after in (1, 17, None):
        answered = apply_until_killed(own_site, deliveries, after)
        lost += after is not None
        deliveries = {number: item for number, item in deliveries.items() if number not in answered}

    assert not deliveries and lost == 2
    counted = own_site.python(
        "from donate.models import *; print(Gift.objects.count(), Receipt.objects.count(), LedgerEntry.objects.count(),"
        " Message.objects.filter(kind='receipt').count())"
    )
    assert counted == "40 40 80 40"
    assert "right" in own_site.manage("check_ledger").stdout
    assert own_site.manage("catch_up_stripe").stdout.strip() == "changed: 0"
