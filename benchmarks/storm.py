"""Two thousand payments, ten thousand deliveries, shuffled and doubled: how fast, and is every cent where it belongs?

Two workers, on SQLite and on PostgreSQL, beside a sandbox that answers at once. Then a Stripe that never answers.
"""

import atexit
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from benchmarks import servers
from benchmarks.row import Row

PAYMENTS = 2_000
DELIVERIES = 10_000
THREADS = 16
SECRET = "whsec_storm_sample"
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
             email=f"d{number % 500}@donor.example", name="A Donor", attempt=f"storm-{number}", content_digest="",
             idempotency_key=f"storm-{number}", expires_at=timezone.now() + timedelta(hours=20))
    for number in range(COUNT))
print(json.dumps([[row.amount_minor, row.email, metadata_of(row)] for row in rows]))
"""
TRUTH = """
from django.db.models import Sum
from donate.models import LedgerEntry
print({row["kind"]: row["sum"] for row in LedgerEntry.objects.order_by().values("kind").annotate(sum=Sum("amount_minor"))})
"""


def run(options) -> list[Row]:
    rows = [row for engine, url in databases(options.engine) for row in storm(engine, url)]
    return [*rows, *hanging()]


def databases(only: str | None = None) -> Iterator[tuple[str, str]]:
    """Names of the engines and addresses of empty databases ("" is a SQLite file of the site's own)."""
    if only != "PostgreSQL":
        yield "SQLite", ""
    sys.path.insert(0, str(servers.ROOT / "tests"))
    import postgres

    if only != "SQLite" and postgres.binaries():
        cluster = postgres.throwaway()  # one for the whole run
        yield "PostgreSQL, without fsync", cluster.new_database(f"bench_{time.monotonic_ns()}")


def storm(name: str, database: str) -> list[Row]:
    folder = Path(tempfile.mkdtemp(prefix="dateline-storm-"))
    try:
        return count(name, folder, environment(folder, database))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(folder: Path, database: str = "", stripe: str = "") -> dict[str, str]:
    env = {
        "DATA_DIR": str(folder),
        "DEBUG": "0",
        "SECRET_KEY": "for-the-benchmark-only-" + "x" * 40,
        "SITE_URL": "http://127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "GIVE_LIMITS": "off",
        "STRIPE_SECRET_KEY": "sk_test_storm_sample",
        "STRIPE_WEBHOOK_SECRETS": SECRET,
        "STRIPE_API_BASE": stripe or f"http://127.0.0.1:{servers.free_port()}",
    }
    return env | ({"DATABASE_URL": database} if database else {})


@cache
def statics() -> Path:
    """Collected once for all sites of a run: packing the files takes longer than a small storm."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-storm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    manage(environment(folder), "collectstatic", "--noinput", "-v0")
    return folder / "static"


def manage(env: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=servers.ROOT,
        env=os.environ | env,
        stdout=subprocess.PIPE,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout.decode()[-2000:]}")
    return done.stdout.decode()


def count(name: str, folder: Path, env: dict[str, str]) -> list[Row]:
    manage(env, "migrate", "-v0")
    (folder / "static").symlink_to(statics())
    rows = json.loads(manage(env, "shell", "-v0", "-c", SEED.replace("COUNT", str(PAYMENTS))))
    box = pay_all(folder, env, rows)
    bodies = shuffled(box)
    api = urlsplit(env["STRIPE_API_BASE"]).port
    sandbox = [sys.executable, "manage.py", "stripe_sandbox", "--port", str(api)]
    with (
        servers.running(sandbox, api, env=env),
        servers.running(servers.granian("wsgi:application", port := servers.free_port()), port, env=env),
    ):
        began = time.monotonic()
        again = post_all(port, bodies)
        seconds = time.monotonic() - began
        manage(env, "check_ledger")
        caught_up = manage(env, "catch_up_stripe").strip()
        same = caught_up == "changed: 0" and truth(box) == eval(manage(env, "shell", "-v0", "-c", TRUTH))
    return [
        Row(f"deliveries, two workers, {name}", len(bodies) / seconds, "a second"),
        Row(f"deliveries sent again after 5xx, {name}", again, f"of {len(bodies):,}", target="0"),
        Row(f"storm of {PAYMENTS:,} payments ends as the sandbox has it, {name}", float(same), "1 = to the cent", target="1"),
    ]  # fmt: skip


def pay_all(folder: Path, env: dict[str, str], rows: list):
    """A sandbox whose payments have happened, every tenth with a partial refund, and whose events all wait."""
    from donate.sandbox import checkout, reversals
    from donate.sandbox.objects import Sandbox

    box = Sandbox(folder / "sandbox.sqlite3", base_url=env["STRIPE_API_BASE"])
    box.secret = SECRET
    for number, (amount, email, metadata) in enumerate(rows):
        with box.store.transaction():
            price = {"currency": "usd", "unit_amount": amount, "product_data": {"name": "Storm"}}
            params = {
                "mode": "payment",
                "success_url": "http://127.0.0.1/giving/thanks/",
                "customer_email": email,
                "line_items": [{"quantity": 1, "price_data": price}],
                "metadata": metadata,
                "payment_intent_data": {"metadata": metadata},
            }
            session = checkout.create(box, params)
            checkout.pay(box, session["id"])
            if number % 10 == 0:
                paid = box.get("checkout.session", session["id"])
                reversals.refund(box, {"payment_intent": paid["payment_intent"], "amount": 500})
    return box


def shuffled(box) -> list[str]:
    """Every event once, some twice or more, in a fixed disorder."""
    from donate.sandbox import deliver

    draw = random.Random(2026)
    bodies = [delivery.body for delivery in deliver.waiting(box)]
    bodies += draw.choices(bodies, k=max(0, DELIVERIES - len(bodies)))
    draw.shuffle(bodies)
    box.store.rows("DELETE FROM deliveries")
    return bodies


def truth(box) -> dict[str, int]:
    """The sums of the ledger's lines, from the sandbox's own objects."""
    entries = box.store.where("balance_transaction", type="charge")
    return {
        "received": sum(entry["amount"] for entry in entries),
        "fee": -sum(entry["fee"] for entry in entries),
        "refunded": -sum(refund["amount"] for refund in box.store.where("refund")),
    }


def post_all(port: int, bodies: list[str]) -> int:
    """Posts all of them, and again what was not taken; gives how many had to be sent again."""
    local, again = threading.local(), 0

    def post(body: str) -> int:
        from stripe import WebhookSignature

        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        header = WebhookSignature.generate_signature_header(body, SECRET, int(time.time()))
        try:
            local.connection.request("POST", "/giving/webhook/", body, {"Stripe-Signature": header, "Content-Type": "application/json"})  # fmt: skip
            answer = local.connection.getresponse()
            answer.read()
            return answer.status
        except OSError:
            del local.connection
            return 599

    with ThreadPoolExecutor(THREADS) as pool:
        for _round in range(10):
            answers = list(pool.map(post, bodies))
            bodies = [body for body, status in zip(bodies, answers, strict=True) if status != 200]
            if not bodies:
                return again
            again += len(bodies)
    raise RuntimeError(f"{len(bodies)} deliveries were never taken")


def hanging() -> list[Row]:
    """How long a donor waits, at worst, for a Stripe that takes the connection and never answers."""
    folder = Path(tempfile.mkdtemp(prefix="dateline-storm-"))
    with socket.create_server(("127.0.0.1", 0), backlog=64) as hole:
        env = environment(folder, stripe=f"http://127.0.0.1:{hole.getsockname()[1]}")
        manage(env, "migrate", "-v0")
        (folder / "static").symlink_to(statics())
        manage(env, "shell", "-v0", "-c", SEED.replace("COUNT", "1"))
        port = servers.free_port()
        with servers.running(servers.granian("wsgi:application", port), port, env=env):
            with ThreadPoolExecutor(4) as pool:
                waits = pool.map(lambda number: wait_of_a_donor(port, number), range(4))
                time.sleep(1)
                reader = timed(port, "GET", "/give/storm/")[1]
                worst = max(waits)
    shutil.rmtree(folder, ignore_errors=True)
    return [
        Row("worst wait of a donor while Stripe hangs", worst, "s", target="under 10"),
        Row("give page for others meanwhile", reader * 1000, "ms", target="under 300"),
    ]


def wait_of_a_donor(port: int, number: int) -> float:
    form = {"frequency": "once", "currency": "usd", "amount_other": "25", "name": "A Donor", "email": f"w{number}@donor.example"}  # fmt: skip
    status, seconds = timed(port, "POST", "/give/storm/", urlencode(form))
    if status != 503:
        raise RuntimeError(f"a donor got {status}")
    return seconds


def timed(port: int, verb: str, path: str, body: str | None = None) -> tuple[int, float]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    began = time.monotonic()
    connection.request(verb, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, time.monotonic() - began
