"""What processes keep, and how a slow count is renewed without a reader waiting for it."""

import threading
import time

import pytest
import time_machine
from processes import wait_for

from home import kept as module
from home.kept import SLOW, kept
from home.pagecache.generation import moments

HOUR = 3600  # seconds
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def forgetful():
    """Nothing of these tests stays in the process."""
    yield
    module.memory.clear()


class Count:
    """Counts how often it was asked; slow, and from the second time on only when it may."""

    def __init__(self):
        self.times, self.may = 0, threading.Event()

    def __call__(self) -> int:
        if self.times:
            assert self.may.wait(30)
        time.sleep(SLOW + 0.01)  # what makes it slow
        self.times += 1
        return self.times


def test_an_answer_stays_until_something_changes():
    asked = []

    def ask() -> int:
        asked.append(1)
        return len(asked)

    assert [kept("numbers", ask) for _ in range(3)] == [1, 1, 1]
    moments().mark("changed")
    assert [kept("numbers", ask, is_count=True) for _ in range(3)] == [2, 2, 2]
    with time_machine.travel(time.time() + HOUR):
        assert kept("numbers", ask) == 3


def test_a_slow_count_outlives_a_publication_and_is_renewed_beside_the_readers():
    count = Count()
    assert kept("slow numbers", count, is_count=True) == 1

    moments().mark("changed")
    assert kept("slow numbers", count, is_count=True) == 1

    with time_machine.travel(time.time() + HOUR):
        # While it is being counted, which it may not yet be, readers get the former number at once.
        assert [kept("slow numbers", count, is_count=True) for _ in range(3)] == [1, 1, 1]
        count.may.set()
        assert wait_for(lambda: kept("slow numbers", count, is_count=True) == 2)
    assert count.times == 2


def test_a_process_that_begins_takes_over_what_others_counted():
    count = Count()
    assert kept("slow numbers", count, is_count=True) == 1

    module.memory.clear()

    assert kept("slow numbers", count, is_count=True) == 1
    assert count.times == 1
