"""What Dateline stands on goes away for a while: it says so, loses nothing, and recovers without a hand."""

import json
import subprocess
import time
import urllib.error
import urllib.request

import migrated
import postgres
import pytest
from postgres import free_port
from processes import Site, wait_for

pytestmark = pytest.mark.slow


def ready(port: int) -> tuple[int, dict]:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/health/ready/", timeout=20) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
    except OSError:
        return 0, {}


def live(port: int) -> int:
    with urllib.request.urlopen(f"http://localhost:{port}/health/live/", timeout=20) as answer:
        return answer.status


@pytest.mark.postgres
def test_the_database_gone_for_ten_seconds_costs_no_task_and_no_restart(tmp_path, missing, collected_static):
    if not postgres.binaries():
        missing("PostgreSQL", "apt-get install postgresql")
    cluster, port = postgres.Cluster(), free_port()
    url = migrated.on_postgres(cluster.url, "floor")
    site = Site(tmp_path / "site", DATABASE_URL=url, SITE_URL=f"http://localhost:{port}")
    (site.folder / "static").symlink_to(collected_static)
    try:
        granian = ["--interface", "wsgi", "--working-dir", "site", "--no-ws", "--port", str(port)]
        web = site.start("-m", "granian", *granian, "--blocking-threads", "4", "wsgi:application")
        worker = site.start_command("db_worker", "--queue-name", "*")
        clock = site.start_command("run_due", "--loop")
        wait_for(lambda: ready(port)[0] == 200, 60, "the site to be ready")
        waiting, told = tmp_path / "waiting", tmp_path / "told"
        site.python(
            f"from sample_tasks import wait_for_file\nwait_for_file.enqueue({str(waiting)!r}, {str(told)!r})"
        )
        wait_for(waiting.exists)

        cluster.stop()
        gone = time.monotonic()
        waiting.unlink()
        told.touch()  # the task ends while there is no database to write it to
        assert ready(port) == (503, {"status": "not ready", "checks": {"database": "no connection"}})
        assert live(port) == 200
        wait_for(lambda: time.monotonic() - gone > 10, 15)
        cluster.start()

        wait_for(lambda: ready(port)[0] == 200, 60, "the site to recover by itself")
        assert [process.poll() for process in (web, worker, clock)] == [None, None, None]
        # Only this task: the clock gives the worker others.
        status = (
            "from django_tasks_db.models import DBTaskResult as T\n"
            "tasks = T.objects.filter(task_path='sample_tasks.wait_for_file')\n"
            "print(*tasks.values_list('status', flat=True))"
        )
        wait_for(lambda: site.python(status) == "SUCCESSFUL", 60, "the task to be done after all")
    finally:
        site.stop()
        cluster.remove()


@pytest.fixture
def redis(tmp_path, missing):
    """start() and stop() of a real Redis on a port of its own."""
    import shutil

    if not shutil.which("redis-server"):
        missing("Redis", "apt-get install redis-server")
    port, running = free_port(), []

    class Redis:
        url = f"redis://127.0.0.1:{port}/0"

        def start(self):
            command = [
                "redis-server",
                "--port",
                str(port),
                "--save",
                "",
                "--dir",
                str(tmp_path),
                "--bind",
                "127.0.0.1",
            ]
            running.append(subprocess.Popen(command, stdout=subprocess.DEVNULL))
            wait_for(self.answers)

        def stop(self):
            running[-1].terminate()
            running[-1].wait()

        def answers(self):
            import redis

            try:
                return redis.Redis(port=port).ping()
            except redis.exceptions.RedisError:
                return False

    yield Redis()
    if running and running[-1].poll() is None:
        running[-1].kill()
        running[-1].wait()


@pytest.mark.redis
def test_without_redis_limits_go_on_by_process_and_with_it_again_together(redis):
    from home.rediscache import CarefulRedisCache

    redis.start()
    options = {"OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1}}
    cache, another = CarefulRedisCache(redis.url, options), CarefulRedisCache(redis.url, options)
    cache.set("gate", 5)
    assert another.incr("gate") == 6

    redis.stop()
    assert cache.get("gate") is None
    began = time.monotonic()
    assert cache.add("gate", 0) and not cache.add("gate", 0)
    assert [cache.incr("gate") for _ in range(3)] == [1, 2, 3]
    assert time.monotonic() - began < 1, "nobody waits for it again and again"

    redis.start()
    wait_for(lambda: cache.get("back") or cache.set("back", 1) or another.get("back"), 10)
    another.set("gate", 9)
    assert cache.get("gate") == 9
