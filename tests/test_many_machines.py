"""Two machines of everything: web, worker and clock twice over one PostgreSQL, one Redis and one object store."""

import signal
from types import SimpleNamespace
from urllib.request import Request, urlopen

import migrated
import pytest
from conftest import missing
from machines import has_redis, object_store, redis, status_of
from postgres import free_port
from processes import ROOT, Site, wait_for

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.slow]


def granian(port: int) -> tuple[str, ...]:
    return (
        *(
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--workers",
            "1",
        ),
        *("--blocking-threads", "4", "--working-dir", str(ROOT / "site"), "wsgi:application"),
    )


@pytest.fixture(scope="module")
def machines(postgres_cluster, collected_static, tmp_path_factory):
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
            "EMAIL_URL": "dummymail://",
            "SEARCH_LIMIT": "off",
            "GIVE_LIMITS": "off",
        }
        one, two = (Site(folder / name, **shared) for name in ("one", "two"))
        for site in (one, two):
            (site.folder / "static").symlink_to(collected_static)
        one.manage("load_demo")
        for site in (one, two):
            site.port = free_port()
            site.url = f"http://127.0.0.1:{site.port}"
            site.web = site.start(*granian(site.port))
            site.worker = site.start_command("db_worker", "--queue-name", "fast,default", "--interval", "0.2")
            site.clock = site.start_command("run_due", "--loop")
        for site in (one, two):
            wait_for(lambda site=site: status_of(site.url + "/health/live/") == 200, what="the web server")
        yield SimpleNamespace(one=one, two=two, redis=redis_process)
        for site in (one, two):
            site.stop()


def read(site: Site, path: str) -> str:
    with urlopen(Request(site.url + path, headers={"Accept-Encoding": "identity"}), timeout=30) as answer:
        return answer.read().decode()


STORY = "from news.models import StoryPage; story = StoryPage.objects.get(slug='report-of-a-closed-bakery');"
ADDRESS = "/news/report-of-a-closed-bakery/"


def test_what_is_published_on_one_machine_is_read_on_the_other(machines):
    one, two = machines.one, machines.two
    assert "moved next door" in read(two, ADDRESS)

    one.python(STORY + "story.title = 'Bakery found'; story.save_revision().publish()")

    wait_for(
        lambda: "Bakery found" in read(two, ADDRESS), seconds=1.5, what="the new title on the other machine"
    )
    assert "Bakery found" in read(one, ADDRESS)


def test_what_is_taken_away_on_one_machine_is_gone_on_the_other(machines):
    one, two = machines.one, machines.two
    address = "/news/desk-for-people-without-papers-opens-in-port-saris-fish-market/"
    assert status_of(two.url + address) == 200

    one.python(
        "from news.models import StoryPage;"
        "StoryPage.objects.get(slug='desk-for-people-without-papers-opens-in-port-saris-fish-market').unpublish()"
    )

    wait_for(lambda: status_of(two.url + address) in (404, 410), seconds=1.5, what="the story to be gone")


def test_a_picture_uploaded_on_one_machine_has_its_renditions_on_the_other(machines):
    one, two = machines.one, machines.two
    pk = one.python(
        "from news.demo.build import picture; print(picture('hills', 'A picture of the first machine').pk)"
    )

    url = two.python(
        f"from home.models import SafeImage; print(SafeImage.objects.get(pk={pk}).get_rendition('width-400').url)"
    )

    assert status_of(url) == 200


def test_two_clocks_do_nothing_twice(machines):
    one = machines.one
    one.python(
        "from datetime import timedelta; from django.utils import timezone;"
        + STORY
        + "story.title = 'Bakery by the clock'; story.go_live_at = timezone.now() + timedelta(seconds=2);"
        + "story.save_revision().publish()"
    )

    wait_for(
        lambda: "Bakery by the clock" in read(machines.two, ADDRESS),
        seconds=90,
        what="the scheduled publication",
    )
    times = one.python(
        "from wagtail.models import PageLogEntry;"
        + STORY
        + "print(PageLogEntry.objects.filter(page=story.pk, action='wagtail.publish.scheduled').count())"
    )

    assert times == "1"


def test_a_killed_worker_leaves_its_work_to_the_other(machines):
    one, two = machines.one, machines.two
    one.worker.send_signal(signal.SIGKILL)
    one.worker.wait()

    one.python(STORY + "story.title = 'Bakery after a crash'; story.save_revision().publish()")

    wait_for(lambda: "Bakery after a crash" in read(two, ADDRESS), seconds=1.5)
    wait_for(
        lambda: ADDRESS in read(two, "/search/?q=bakery+crash"),
        seconds=20,
        what="the index, by the other machine's worker",
    )


def test_without_redis_readers_still_get_the_last_good_pages(machines):
    read(machines.one, ADDRESS)
    machines.redis.send_signal(signal.SIGSTOP)
    machines.redis.kill()
    machines.redis.wait()

    assert "Bakery" in read(machines.one, ADDRESS)
    assert status_of(machines.one.url + "/news/") == 200
