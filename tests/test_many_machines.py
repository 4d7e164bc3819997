"""Two machines of everything: web, worker and clock twice over one PostgreSQL, one Redis and one object store."""

import json
import os
import random
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from types import SimpleNamespace
from urllib.error import URLError
from urllib.request import Request, urlopen

import migrated
import pytest
from conftest import missing
from machines import has_redis, object_store, redis, status_of
from postgres import free_port
from processes import ROOT, Console, Site, wait_for
from sandbox import session_params

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]

PAYMENTS, DELIVERIES = 100, 500  # three each, and some of them more than once
SEED = """
import json
from datetime import timedelta
import factories
from django.utils import timezone
from donate.models import Checkout
from donate.recovery import metadata_of
from news.models import StoryPage
from news.tree import plant_tree

plant_tree()
campaign = factories.make_campaign("Storm")
factories.make_story("Bakery moved next door", slug="bakery")
factories.make_story("A desk for people without papers", slug="desk")
clockwork = factories.make_story("Before its time", slug="clockwork")
clockwork.title, clockwork.go_live_at = "In its time", timezone.now() + timedelta(seconds=1)
clockwork.save_revision().publish()
rows = Checkout.objects.bulk_create(
    Checkout(livemode=False, campaign=campaign, frequency="once", currency="usd", amount_minor=1000 + number,
             email=f"d{number}@donor.example", name="A Donor", attempt=f"machines-{number}", content_digest="",
             idempotency_key=f"machines-{number}", expires_at=timezone.now() + timedelta(hours=20))
    for number in range(PAYMENTS))
print(json.dumps([[row.amount_minor, metadata_of(row)] for row in rows]))
"""


def granian(port: int) -> list[str]:
    options = "--interface wsgi --host 127.0.0.1 --workers 1 --blocking-threads 4 --working-dir".split()
    return ["-m", "granian", *options, str(ROOT / "site"), "--port", str(port), "wsgi:application"]


@pytest.fixture(scope="module")
def machines(postgres_cluster, sandbox_server, collected_static, tmp_path_factory):
    """Two machines, `.one` and `.two`, each with web, worker and clock, and nothing of its own that matters."""
    if not has_redis():
        missing("Redis", "apt-get install redis-server")
    folder = tmp_path_factory.mktemp("machines")
    with redis(folder) as (cache_url, redis_process), object_store(folder, "dateline") as storage_url:
        shared = {
            "SECRET_KEY": "one-secret-for-all-machines-" + "x" * 30,
            "SITE_URL": "http://localhost",
            "ALLOWED_HOSTS": "localhost,127.0.0.1",
            "DATABASE_URL": migrated.on_postgres(postgres_cluster.url, "machines"),
            "CACHE_URL": cache_url,
            "STORAGE_URL": storage_url,
            "STRIPE_API_BASE": sandbox_server.url,
            "EMAIL_URL": "dummymail://",
            "SEARCH_LIMIT": "off",
            "GIVE_LIMITS": "off",
        }
        one, two = (Site(folder / name, **shared) for name in ("one", "two"))
        for site in (one, two):
            (site.folder / "static").symlink_to(collected_static)
        for site in (one, two):
            start(site)
        checkouts = json.loads(one.python(SEED.replace("PAYMENTS", str(PAYMENTS))))
        for site in (one, two):
            wait_for(lambda site=site: status_of(site.url + "/health/live/") == 200, what="the web server")
        yield SimpleNamespace(one=one, two=two, redis=redis_process, checkouts=checkouts)
        for process in (process for site in (one, two) for process in site.running):
            if process.poll() is None:
                kill(process)


def start(site: Site) -> None:
    site.port = free_port()
    site.url = f"http://127.0.0.1:{site.port}"
    site.python = Console(site).python
    site.web = site.start(*granian(site.port))
    site.worker = site.start_command("db_worker", "--queue-name", "fast,default", "--interval", "0.2")
    site.clock = site.start_command("run_due", "--loop")


def kill(process) -> None:
    """SIGKILL, to the process and to those that it started."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    for pid in (process.pid, *map(int, children)):
        os.kill(pid, signal.SIGKILL)
    process.wait()


def read(site: Site, path: str) -> str:
    with urlopen(Request(site.url + path, headers={"Accept-Encoding": "identity"}), timeout=30) as answer:
        return answer.read().decode()


STORY = "from news.models import StoryPage; story = StoryPage.objects.get(slug='bakery');"
ADDRESS = "/news/bakery/"


def test_what_is_published_on_one_machine_is_read_on_the_other(machines):
    one, two = machines.one, machines.two
    assert "Bakery moved next door" in read(two, ADDRESS)

    one.python(STORY + "story.title = 'Bakery found'; story.save_revision().publish()")

    wait_for(lambda: "Bakery found" in read(two, ADDRESS), seconds=1.5, what="the title on the other machine")
    assert "Bakery found" in read(one, ADDRESS)


def test_what_is_taken_away_on_one_machine_is_gone_on_the_other(machines):
    one, two = machines.one, machines.two
    assert status_of(two.url + "/news/desk/") == 200

    one.python("from news.models import StoryPage; StoryPage.objects.get(slug='desk').unpublish()")

    wait_for(lambda: status_of(two.url + "/news/desk/") == 404, seconds=1.5, what="the story to be gone")


def test_a_picture_uploaded_on_one_machine_has_its_renditions_on_the_other(machines):
    one, two = machines.one, machines.two
    pk = one.python("from small_site import make_picture; print(make_picture('Of the first machine').pk)")

    url = two.python(
        f"from home.models import SafeImage; print(SafeImage.objects.get(pk={pk}).get_rendition('width-400').url)"
    )

    assert status_of(url) == 200


def test_a_document_of_one_machine_is_had_from_the_other_by_a_signed_address_only(machines):
    one, two = machines.one, machines.two
    pk = one.python(
        "from django.core.files.base import ContentFile; from home.models import SafeDocument;"
        "paper = SafeDocument(title='Minutes'); paper.file.save('minutes.txt', ContentFile(b'All agreed.', 'minutes.txt'));"
        "paper.save(); print(paper.pk)"
    )

    signed = two.python(
        f"from home.models import SafeDocument; print(SafeDocument.objects.get(pk={pk}).file.url)"
    )

    assert status_of(signed) == 200
    assert "Signature=" in signed and "Expires=" in signed


def test_killed_processes_lose_no_delivery_and_double_none(machines, sandbox):
    one, two = machines.one, machines.two
    pay(sandbox, machines.checkouts)
    deliveries = sandbox.waiting("checkout.session.completed", "payment_intent.succeeded", "charge.succeeded")
    draw = random.Random(7)
    deliveries += draw.choices(deliveries, k=DELIVERIES - len(deliveries))
    draw.shuffle(deliveries)
    taken, once = [], threading.Lock()

    def post(numbered) -> bool:
        number, delivery = numbered
        if len(taken) >= DELIVERIES // 3 and once.acquire(blocking=False):
            kill(two.web)
            kill(one.worker)
        site = (one, two)[number % 2]
        request = Request(f"{site.url}/giving/webhook/", delivery.body.encode(), delivery.headers)
        try:
            with urlopen(request, timeout=30) as answer:
                taken.append(answer.status)
        except (URLError, HTTPException, OSError):
            return False
        return True

    waiting = list(enumerate(deliveries))
    with ThreadPoolExecutor(4) as pool:
        for _round in range(3):
            answers = list(pool.map(post, waiting))
            # As Stripe does: what was not taken is sent again, and finds whoever lives.
            waiting = [
                (0, item[1]) for item, was_taken in zip(waiting, answers, strict=True) if not was_taken
            ]

    assert two.web.poll() is not None and one.worker.poll() is not None
    assert not waiting
    counted = one.python(
        "from donate.models import *; print(Gift.objects.count(), Receipt.objects.count(), LedgerEntry.objects.count(),"
        " Message.objects.filter(kind='receipt').count())"
    )
    assert counted == f"{PAYMENTS} {PAYMENTS} {2 * PAYMENTS} {PAYMENTS}"
    one.python("from django.core.management import call_command; call_command('check_ledger')")


def test_the_other_worker_does_what_a_killed_one_left(machines):
    one = machines.one
    if one.worker.poll() is None:
        kill(one.worker)

    one.python(STORY + "story.title = 'Bakery after a crash'; story.save_revision().publish()")

    wait_for(lambda: "Bakery after a crash" in read(one, ADDRESS), seconds=1.5)
    # The receipts of the gifts before stand in the same queue.
    wait_for(lambda: ADDRESS in read(one, "/search/?q=bakery+crash"), seconds=300, what="the index")


def test_two_clocks_do_nothing_twice(machines):
    one = machines.one
    wait_for(
        lambda: "In its time" in read(one, "/news/clockwork/"), seconds=60, what="the scheduled publication"
    )

    times = one.python(
        "from wagtail.models import Page, PageLogEntry;"
        "page = Page.objects.get(slug='clockwork');"
        "print(PageLogEntry.objects.filter(page=page.pk, action='wagtail.publish.scheduled').count())"
    )

    assert times == "1"


def test_without_the_database_readers_still_get_the_last_good_pages(machines, postgres_cluster):
    one = machines.one
    read(one, ADDRESS)
    postgres_cluster.refuse("machines", True)

    one.python("from home.pagecache.generation import moments; moments().mark('changed')")

    assert "Bakery" in read(one, ADDRESS)
    assert status_of(one.url + "/no-such-page/") == 500
    postgres_cluster.refuse("machines", False)
    wait_for(lambda: status_of(one.url + "/no-such-page/") == 404, what="Django to notice")


def test_without_redis_readers_still_get_the_last_good_pages(machines):
    one = machines.one
    read(one, ADDRESS)
    machines.redis.kill()
    machines.redis.wait()

    assert "Bakery" in read(one, ADDRESS)
    assert status_of(one.url + "/news/") == 200


def pay(sandbox, checkouts) -> None:
    from donate.sandbox import checkout

    with sandbox.box.store.transaction():
        for amount, metadata in checkouts:
            params = session_params(
                amount=amount, metadata=metadata, payment_intent_data={"metadata": metadata}
            )
            checkout.pay(sandbox.box, checkout.create(sandbox.box, params)["id"])
