"""A site with 10,000 gifts and 5,000 stories is backed up and restored on an empty machine, which asks Stripe for the rest.

The gifts of the gap were begun before the backup and paid after it, and no event told of them.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import servers
from benchmarks.row import Row
from benchmarks.storm import SEED, environment, manage, pay_all

GIFTS, STORIES, PICTURES, GAP = 10_000, 5_000, 300, 200
FILL = """
import os
from datetime import UTC, datetime, timedelta
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from donate.models import CampaignPage, Donor, Gift, GivePage, LedgerEntry, Receipt, ReceiptSeries
from donate.receipts import number
from news.demo.bulk import load_stories

load_stories(STORIES)
campaign = GivePage.objects.get().add_child(instance=CampaignPage(title="Open", slug="open", summary="For it."))
first = datetime(2026, 1, 2, tzinfo=UTC)
donors = Donor.objects.bulk_create(
    (Donor(livemode=False, email=f"d{n}@donor.example", name=f"Donor {n}") for n in range(GIFTS // 5)), batch_size=1000)
gifts = Gift.objects.bulk_create(
    (Gift(livemode=False, donor=donors[n % len(donors)], campaign=campaign, frequency="once", currency="usd", amount_minor=1000 + n,
          created_at=first + timedelta(minutes=n), received_at=first + timedelta(minutes=n), stripe_payment_intent_id=f"pi_{n:08}", stripe_charge_id=f"ch_{n:08}")
     for n in range(GIFTS)), batch_size=1000)

def line(gift, kind, minor, stripe_id):
    return LedgerEntry(gift=gift, kind=kind, amount_minor=minor, currency="usd", settled_minor=minor, settled_currency="usd",
                       stripe_id=stripe_id, at=gift.received_at, booked_at=gift.received_at)

LedgerEntry.objects.bulk_create((line(g, "received", g.amount_minor, g.stripe_charge_id) for g in gifts), batch_size=1000)
LedgerEntry.objects.bulk_create((line(g, "fee", -59, f"txn_{g.stripe_charge_id}") for g in gifts), batch_size=1000)
Receipt.objects.bulk_create(
    (Receipt(gift=g, livemode=False, year=2026, serial=n, number=number(False, 2026, n), issued_at=g.received_at)
     for n, g in enumerate(gifts, 1)), batch_size=1000)
ReceiptSeries.objects.create(livemode=False, year=2026, last_serial=GIFTS)
for n in range(PICTURES):
    storages["default"].save(f"original_images/{n}.jpg", ContentFile(os.urandom(200_000)))
"""
COUNTS = """
from donate.models import Gift
from news.models import StoryPage
print(Gift.objects.count(), StoryPage.objects.count())
"""


def run(options) -> list[Row]:
    rows = there_and_back("SQLite", "", "")
    sys.path.insert(0, str(servers.ROOT / "tests"))
    import postgres

    if postgres.binaries():
        cluster = postgres.throwaway()
        rows += there_and_back(
            "PostgreSQL", cluster.new_database("backup_one"), cluster.new_database("backup_two")
        )
    return rows


def there_and_back(engine: str, database: str, empty_database: str) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="dateline-backup-"))
    backups = folder / "backups"
    try:
        first = environment(folder / "first", database)
        manage(first, "migrate", "-v0")
        manage(first, "shell", "-v0", "-c", filled())
        begun = manage(first, "shell", "-v0", "-c", SEED.replace("COUNT", str(GAP)))
        backed_up = timed(first, "backup", str(backups))[0]

        second = first | environment(folder / "second", empty_database, stripe=first["STRIPE_API_BASE"])
        restored = timed(second, "restore", str(backups))[0]
        checked = timed(second, "check_ledger")[0]
        caught_up = catch_up(second, folder, begun)
        gifts, stories = map(int, manage(second, "shell", "-v0", "-c", COUNTS).split())
        size = int(subprocess.check_output(["du", "-sm", str(backups)]).split()[0])
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert (gifts, stories) == (GIFTS + GAP, STORIES), (gifts, stories)
    of = f"{GIFTS:,} gifts, {STORIES:,} stories, {PICTURES} pictures"
    return [
        Row(f"backup, {engine}", backed_up, "s", of),
        Row(f"its size, {engine}", size, "MB", of),
        Row(f"restore on an empty machine, {engine}", restored, "s", of),
        Row(f"check_ledger there, {engine}", checked, "s", of, target="right"),
        Row(f"catch_up_stripe of {GAP} gifts since the backup, {engine}", caught_up, "s", "then check_ledger, changed: 0"),
    ]  # fmt: skip


def filled() -> str:
    sizes = {"STORIES": STORIES, "GIFTS": GIFTS, "PICTURES": PICTURES}
    return "".join(f"{name} = {size}\n" for name, size in sizes.items()) + FILL


def timed(env: dict[str, str], *command: str) -> tuple[float, str]:
    began = time.monotonic()
    said = manage(env, *command)
    return time.monotonic() - began, said


def catch_up(env: dict[str, str], folder: Path, begun: str) -> float:
    """Seconds until the books have what Stripe has; afterwards they are right, and a second look finds nothing."""
    (folder / "sandbox").mkdir()
    pay_all(folder / "sandbox", env, json.loads(begun))
    port = env["STRIPE_API_BASE"].rpartition(":")[2]
    sandbox = [sys.executable, "manage.py", "stripe_sandbox", "--port", port]
    with servers.running(sandbox, int(port), env=env | {"DATA_DIR": str(folder / "sandbox")}):
        seconds, said = timed(env, "catch_up_stripe")
        assert said.strip().splitlines()[-1] != "changed: 0", said
        manage(env, "check_ledger")
        assert manage(env, "catch_up_stripe").strip() == "changed: 0"
    return seconds
