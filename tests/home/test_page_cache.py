"""The layer ahead of Django, over a small WSGI application that counts how often it is asked: who renders, who waits."""

import threading
import time

import pytest
from counting import PUBLIC, ask
from django.core.cache import cache, caches

from home.pagecache.generation import moments
from home.pagecache.layer import PageCache
from home.pagecache.store import name_of


def in_threads(count, do):
    threads = [threading.Thread(target=do) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads


def test_a_page_is_rendered_once_for_many_readers(counting):
    layer = PageCache(counting)

    bodies = {ask(layer)[2] for _ in range(5)}

    assert counting.calls == 1
    assert len(bodies) == 1


def test_who_has_the_page_already_is_told_so_by_tag_and_by_date_from_a_cold_cache_too(counting):
    counting.headers = [*PUBLIC, ("Last-Modified", "Tue, 24 Nov 2026 20:43:33 GMT")]
    date = {"HTTP_IF_MODIFIED_SINCE": "Tue, 24 Nov 2026 20:43:33 GMT"}

    first, warm = ask(PageCache(counting), **date), ask(PageCache(counting), **date)
    other = ask(PageCache(counting), HTTP_IF_MODIFIED_SINCE="Wed, 25 Nov 2026 20:43:33 GMT")
    tag = ask(PageCache(counting), HTTP_IF_NONE_MATCH=first[1]["ETag"], **date)
    wrong = ask(PageCache(counting), HTTP_IF_NONE_MATCH='"other"', **date)

    assert [answer[0][:3] for answer in (first, warm, other, tag, wrong)] == [
        "304",
        "304",
        "200",
        "304",
        "200",
    ]
    assert first[2] == b""


def test_a_change_makes_the_kept_page_stale_at_once(counting):
    layer = PageCache(counting)
    ask(layer)

    moments().mark("changed")

    assert b"page 2" in ask(layer)[2]


def test_a_second_process_gets_what_the_first_rendered(counting):
    ask(PageCache(counting))

    ask(PageCache(counting))

    assert counting.calls == 1


def test_while_one_renders_the_others_get_the_last_good_copy(counting):
    layer = PageCache(counting)
    ask(layer)
    moments().mark("changed")
    counting.gate.clear()
    answers = []
    first = threading.Thread(target=lambda: answers.append(ask(layer)[2]))
    first.start()
    while counting.calls < 2:
        pass

    meanwhile = ask(layer)[2]
    counting.gate.set()
    first.join()

    assert b"page 1 " in meanwhile
    assert b"page 2 " in answers[0]


def test_what_was_taken_away_is_never_shown_while_another_renders(counting):
    layer = PageCache(counting)
    ask(layer)
    moments().mark("removed")
    counting.gate.clear()
    answers = []
    readers = [threading.Thread(target=lambda: answers.append(ask(layer)[2])) for _ in range(4)]
    for reader in readers:
        reader.start()
    while counting.calls < 2:
        pass
    counting.gate.set()
    for reader in readers:
        reader.join()

    assert len(answers) == 4
    assert all(b"page 1 " not in answer for answer in answers)
    assert counting.calls == 2


def test_twenty_readers_of_a_cold_page_cost_one_rendering(counting):
    layer = PageCache(counting)
    counting.gate.clear()
    answers = []
    readers = [threading.Thread(target=lambda: answers.append(ask(layer)[2])) for _ in range(20)]
    for reader in readers:
        reader.start()
    while counting.calls < 1:
        pass
    counting.gate.set()
    for reader in readers:
        reader.join()

    assert counting.calls == 1
    assert len(answers) == 20


def test_when_rendering_fails_readers_get_the_last_good_page(counting):
    layer = PageCache(counting)
    ask(layer)
    moments().mark("changed")
    counting.status = "500 Internal Server Error"

    status, _, body = ask(layer)

    assert status == "200 OK"
    assert b"page 1 " in body


def test_when_rendering_fails_what_was_taken_away_stays_away(counting):
    layer = PageCache(counting)
    ask(layer)
    moments().mark("removed")
    counting.status = "500 Internal Server Error"

    assert ask(layer)[0].startswith("500")


def test_after_a_failure_rendering_is_not_tried_for_each_reader(counting):
    layer = PageCache(counting)
    ask(layer)
    moments().mark("changed")
    counting.status = "500 Internal Server Error"

    answers = [ask(layer)[2] for _ in range(5)]

    assert all(b"page 1 " in answer for answer in answers)
    assert counting.calls == 2


def test_a_copy_that_was_read_until_now_is_good_enough_however_old(counting):
    layer = PageCache(counting)
    ask(layer)
    own, shared = layer.store.near("testserver/?"), caches["pages"].get(name_of("testserver/?"))
    shared.seen_at -= 2_000_000_000  # as of a page that was rendered two seconds ago
    caches["pages"].set(name_of("testserver/?"), shared)
    moments().mark("changed")
    counting.gate.clear()
    (first,) = in_threads(1, lambda: ask(layer))
    while counting.calls < 2:
        pass

    meanwhile = ask(layer)[2]
    counting.gate.set()
    first.join()

    assert b"page 1 " in meanwhile
    assert layer.store.near("testserver/?") is not own


def test_a_copy_that_was_stale_before_is_not_good_enough_while_another_renders(counting):
    layer = PageCache(counting)
    ask(layer)
    layer.store.near("testserver/?").seen_at -= 2_000_000_000  # nobody has asked for it for two seconds
    caches["pages"].clear()
    moments().mark("changed")
    counting.gate.clear()
    answers = []
    readers = in_threads(2, lambda: answers.append(ask(layer)[2]))
    while counting.calls < 2:
        pass
    counting.gate.set()
    for reader in readers:
        reader.join()

    assert all(b"page 2 " in answer for answer in answers)


def test_a_process_that_was_killed_while_rendering_holds_nobody_up(counting):
    caches["pages"].add(name_of("testserver/?") + ":turn", 1, 0.1)

    assert b"page 1 " in ask(PageCache(counting))[2]


@pytest.mark.parametrize("counting", ["shared"], indirect=True)
def test_the_clocks_of_two_machines_need_not_agree(counting):
    layer = PageCache(counting)
    ask(layer)

    cache.set(
        "pages-changed", time.time_ns() - 3600 * 1_000_000_000
    )  # from a machine whose clock is an hour behind
    moments().asked_at = 0

    assert b"page 2 " in ask(layer)[2]


def test_a_shared_cache_that_lost_everything_makes_nobody_wait(counting):
    layer = PageCache(counting)
    ask(layer)

    cache.clear()
    caches["pages"].clear()

    assert ask(layer)[0] == "200 OK"


def test_hits_are_counted_and_renderings_are_not(counting):
    hits = []
    layer = PageCache(counting, on_hit=lambda: hits.append(1))

    for _ in range(3):
        ask(layer)

    assert len(hits) == 2
