"""The cache file of a site without Redis: counts are exact over processes, and a broken file is no outage."""

import subprocess
import sys
import threading
import time

import pytest

from home.cache import SqliteCache

COUNT = """
import sys, time
from django.conf import settings
settings.configure()
from home.cache import SqliteCache
cache = SqliteCache(sys.argv[1], {})
for _ in range(200):
    cache.add("gate", 0, 60)
    cache.incr("gate")
print(sum(cache.add(f"once-{number}", 1, 60) for number in range(50)))
"""


@pytest.fixture
def cache(tmp_path):
    return SqliteCache(tmp_path / "cache.sqlite3", {})


def test_counts_of_several_processes_are_exact(cache, tmp_path):
    workers = [
        subprocess.Popen([sys.executable, "-c", COUNT, cache.file], stdout=subprocess.PIPE) for _ in range(3)
    ]
    added = [int(worker.communicate(timeout=60)[0]) for worker in workers]

    assert cache.get("gate") == 600
    assert sum(added) == 50


def test_a_new_file_that_several_open_at_once_serves_them_all(tmp_path, caplog):
    for number in range(50):
        cache, start = SqliteCache(tmp_path / f"{number}.sqlite3", {}), threading.Barrier(4)

        def add(cache=cache, start=start) -> None:
            start.wait()
            cache.add("gate", 0, 60)

        threads = [threading.Thread(target=add) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert not caplog.messages


def test_values_come_back_as_they_were(cache):
    values = {"text": "é", "zero": 0, "yes": True, "nothing": None, "list": [1, {"a": b"\0"}], "big": 2**80}

    cache.set_many(values)

    assert cache.get_many(values) == values
    assert cache.get("yes") is True
    assert cache.has_key("nothing") and not cache.has_key("other")


def test_what_has_expired_is_gone_and_may_be_added_again(cache, frozen_time):
    assert cache.add("a", 1, 10) and not cache.add("a", 2, 10)
    cache.touch("a", 100)
    frozen_time.shift(50)
    assert cache.get("a") == 1

    frozen_time.shift(51)

    assert cache.get("a", "none") == "none"
    assert not cache.touch("a", 10)
    with pytest.raises(ValueError):
        cache.incr("a")
    assert cache.add("a", 3, 10) and cache.incr("a", 4) == 7


def test_none_as_timeout_never_expires_and_zero_at_once(cache, frozen_time):
    cache.set("always", 1, None)
    cache.set("never", 1, 0)

    frozen_time.shift(10 * 365 * 86400)

    assert cache.get("always") == 1 and cache.get("never") is None


def test_deleting_and_clearing(cache):
    cache.set_many({"a": 1, "b": 2, "c": 3})

    assert cache.delete("a") and not cache.delete("a")
    cache.delete_many(["b"])
    assert cache.get_many(["a", "b", "c"]) == {"c": 3}
    cache.clear()
    assert cache.get("c") is None


def test_it_does_not_grow_without_end(tmp_path):
    cache = SqliteCache(tmp_path / "cache.sqlite3", {"MAX_ENTRIES": 300})

    for number in range(1000):
        cache.set(f"k{number}", number)

    assert cache.run("SELECT count(*) FROM entry")[0][0] <= 800
    assert cache.get("k999") == 999


def test_a_broken_file_is_a_cache_without_hits(tmp_path):
    (tmp_path / "cache.sqlite3").write_bytes(b"not a database" * 100)
    cache = SqliteCache(tmp_path / "cache.sqlite3", {})

    cache.set("a", 1)

    assert cache.get("a") is None
    assert cache.add("a", 1)


def test_a_read_is_quick(cache):
    cache.set("page", "x" * 20_000)
    began = time.perf_counter()

    for _ in range(200):
        cache.get("page")

    assert time.perf_counter() - began < 1
