"""The admin's lists of money at a hundred thousand gifts: each list, search and filter, in milliseconds and queries."""

import json
import shutil
import tempfile
from pathlib import Path

from benchmarks.row import Row
from benchmarks.storm import databases, environment, manage

GIFTS = 100_000
TARGET_MS = 500
FILL = """
import random
from datetime import timedelta
from django.utils import timezone
from donate.models import CampaignPage, Checkout, Donor, Gift, GivePage, LedgerEntry, Receipt, RecurringGift, StripeEvent
from news.models import RegionPage
from news.tree import plant_tree

plant_tree()
draw, now, count = random.Random(8), timezone.now(), COUNT
give = GivePage.objects.get()
campaigns = [give.add_child(instance=CampaignPage(title=f"Campaign {n}", slug=f"c-{n}", summary="For it.")) for n in range(8)]
pages = list(give.get_children().values_list("pk", flat=True))
FIRST = "Ada Ben Chloé Dmitri Eleni Fatima Gustav Hana Ivo Jun".split()
LAST = "Archer Baker Carter Dvořák Eriksen Farah Green Haddad Ivanov Jensen".split()
donors = Donor.objects.bulk_create((
    Donor(livemode=False, email=f"donor{n}@mail{n % 50}.example", name=f"{FIRST[n % 10]} {LAST[n // 10 % 10]} {n}")
    for n in range(count // 5)), batch_size=2000)

def story(n):
    return {"source_page_id": pages[n % 8], "source_title": f"Story number {n % 900}", "source_region_id": pages[n % 5],
            "source_region_title": "A region", "placement": "story", "label": f"letter-{n % 40}" if n % 9 == 0 else ""}

def when(n):
    return now - timedelta(minutes=7 * n)

checkouts = Checkout.objects.bulk_create((
    Checkout(livemode=False, campaign=campaigns[n % 8], frequency="once", currency=("usd", "eur", "gbp")[n % 3], amount_minor=1000 + n % 90,
             name=donors[n % len(donors)].name, email=donors[n % len(donors)].email, attempt=f"b{n}", content_digest="", idempotency_key=f"b{n}",
             state=("completed", "expired", "open")[n % 3], stripe_checkout_session_id=f"cs_test_{n:08}", expires_at=now, **story(n))
    for n in range(count)), batch_size=2000)
regular = RecurringGift.objects.bulk_create((
    RecurringGift(livemode=False, donor=donors[n], campaign=campaigns[n % 8], frequency="monthly", currency="usd", amount_minor=2000,
                  status=("active", "ended", "past_due")[n % 3], started_at=when(n), as_of=now, stripe_subscription_id=f"sub_{n:08}", **story(n))
    for n in range(count // 20)), batch_size=2000)
gifts = Gift.objects.bulk_create((
    Gift(livemode=False, donor=donors[n % len(donors)], campaign=campaigns[n % 8], frequency=("once", "monthly")[n % 4 == 0],
         amount_minor=1000 + n % 90, currency=("usd", "eur", "gbp")[n % 3], created_at=when(n), received_at=None if n % 50 == 7 else when(n),
         failed_at=when(n) if n % 100 == 7 else None, stripe_payment_intent_id=f"pi_{n:08}", stripe_charge_id=f"ch_{n:08}", **story(n))
    for n in range(count)), batch_size=2000)

def lines():
    for n, gift in enumerate(gifts):
        if gift.received_at:
            yield "received", gift, gift.amount_minor, gift.stripe_charge_id
            yield "fee", gift, -59, f"txn_{n:08}"
            if n % 20 == 3:
                yield "refunded", gift, -gift.amount_minor if n % 40 == 3 else -100, f"re_{n:08}"
            if n % 500 == 9:
                yield "disputed", gift, -gift.amount_minor, f"du_{n:08}"

LedgerEntry.objects.bulk_create((
    LedgerEntry(gift=gift, kind=kind, amount_minor=minor, currency=gift.currency, settled_minor=minor, settled_currency=gift.currency,
                stripe_id=stripe_id, at=gift.received_at, booked_at=gift.received_at)
    for kind, gift, minor, stripe_id in lines()), batch_size=2000)
Receipt.objects.bulk_create((
    Receipt(gift=gift, livemode=False, year=2026, serial=n + 1, number=f"T2026-{n + 1:06}", issued_at=gift.received_at)
    for n, gift in enumerate(gift for gift in gifts if gift.received_at)), batch_size=2000)
StripeEvent.objects.bulk_create((
    StripeEvent(event_id=f"evt_{n:08}", type=("charge.succeeded", "payment_intent.succeeded", "checkout.session.completed")[n % 3],
                object_id=f"ch_{n // 3:08}", livemode=False, created_at=now, processed_at=None if n % 5000 == 1 else now,
                ignored="known already" if n % 3 else "")
    for n in range(count)), batch_size=2000)
from django.db import connection
connection.cursor().execute("ANALYZE")
"""
LOOK = """
import json, logging, statistics, time
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from donate.models import CampaignPage, Donor

logging.disable(logging.INFO)
user = get_user_model().objects.create_superuser("bench", "bench@example.org", "x")
client = Client(HTTP_HOST="127.0.0.1")
client.force_login(user)
campaign, region = CampaignPage.objects.first().pk, CampaignPage.objects.last().pk - 4
SHARED = {"campaign": f"campaign={campaign}", "story": "story=number+17", "region": f"region={region}", "placement": "placement=story",
          "label": "label=letter-3", "frequency": "frequency=monthly", "currency": "currency=eur", "page 200": "p=200"}
DATE = "_from=2026-05-01&%s_to=2026-05-31"
SEARCHES = {"name": "q=Ben+Carter", "one name": "q=Chlo", "address": "q=donor777@mail27.example", "nothing found": "q=zzzzqq"}
LISTS = {
    "gifts": SHARED | SEARCHES | {f"state {s}": f"state={s}" for s in ("succeeded", "pending", "failed", "refunded", "partially_refunded", "disputed", "lost")}
        | {"date": "created_at" + DATE % "created_at", "payment": "q=pi_00000777", "receipt": "q=T2026-000777",
           "all together": f"q=Ben&campaign={campaign}&state=succeeded&currency=usd&frequency=once"},
    "donors": SEARCHES | {"page 200": "p=200", "gives": "gives=monthly", "news": "news=true"},
    "recurring_gifts": SHARED | SEARCHES | {"state": "status=past_due", "date": "started_at" + DATE % "started_at", "page 200": "p=50"},
    "checkouts": SHARED | SEARCHES | {"state": "state=expired", "date": "created_at" + DATE % "created_at", "session": "q=cs_test_00000777"},
    "events": {"waiting": "state=waiting", "applied": "state=applied", "ignored": "state=ignored", "type": "type=charge", "event": "q=evt_00000777",
               "object": "q=ch_00000777", "by type": "q=charge.", "nothing found": "q=zzzz", "page 200": "p=200"},
}
found = []
for name, queries in LISTS.items():
    for what, query in ({"": ""} | queries).items():
        times = []
        for turn in range(4):
            began = time.perf_counter()
            with CaptureQueriesContext(connection) as seen:
                answer = client.get(f"{reverse(name + ':index')}?{query}")
                answer.render() if hasattr(answer, "render") and not answer.is_rendered else None
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, (name, query, answer.status_code)
        found.append([name, what, statistics.median(times[1:]), len(seen)])
print(json.dumps(found))
"""


def run(options) -> list[Row]:
    return [row for engine, url in databases(options.engine) for row in measured(engine, url)]


def measured(engine: str, database: str) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="dateline-lists-"))
    env = environment(folder, database)
    try:
        manage(env, "migrate", "-v0")
        manage(env, "shell", "-v0", "-c", FILL.replace("COUNT", str(GIFTS)))
        manage(env, "collectstatic", "--noinput", "-v0")
        found = json.loads(manage(env, "shell", "-v0", "-c", LOOK))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [
        Row(f"{name} {what}".strip() + f", {engine}", ms, "ms", f"{queries} queries", target=f"under {TARGET_MS}")
        for name, what, ms, queries in found
    ]  # fmt: skip
