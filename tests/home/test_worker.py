"""The worker and the clock as processes: they beat, finish what they do when told to stop, and lose no task."""

import signal
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
import sample_tasks
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from processes import wait_for

from home import heartbeats, taskqueue
from home.models import Heartbeat

STATUSES = f"SELECT status FROM {DBTaskResult._meta.db_table}"


def rows(site, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(site.folder / "dateline.sqlite3", timeout=20)) as connection:
        return connection.execute(sql).fetchall()


def roles(site) -> set[str]:
    return {row[0] for row in rows(site, "SELECT role FROM home_heartbeat")}


@pytest.mark.slow
def test_workers_and_clock_beat_and_take_their_rows_away_when_they_stop(own_site):
    fast = own_site.start_command("db_worker", "--queue-name", "fast,default")
    clock = own_site.start_command("run_due", "--loop")
    wait_for(lambda: roles(own_site) == {"fast", "default", "clock"})

    fast.send_signal(signal.SIGTERM)
    clock.send_signal(signal.SIGTERM)

    assert (fast.wait(20), clock.wait(20)) == (0, 0)
    assert roles(own_site) == set()


@pytest.mark.slow
def test_a_running_task_is_finished_before_the_worker_stops(own_site, tmp_path):
    waiting, told = tmp_path / "waiting", tmp_path / "told"
    own_site.python(
        f"from sample_tasks import wait_for_file\nwait_for_file.enqueue({str(waiting)!r}, {str(told)!r})"
    )
    worker = own_site.start_command("db_worker", "--queue-name", "slow,default")
    wait_for(waiting.exists)

    worker.send_signal(signal.SIGTERM)
    told.touch()

    assert worker.wait(20) == 0
    assert rows(own_site, STATUSES) == [("SUCCESSFUL",)]


@pytest.mark.slow
def test_the_task_of_a_worker_that_was_killed_is_begun_again(own_site, tmp_path):
    waiting, told = tmp_path / "waiting", tmp_path / "told"
    own_site.python(
        f"from sample_tasks import wait_for_file\nwait_for_file.enqueue({str(waiting)!r}, {str(told)!r})"
    )
    killed = own_site.start_command("db_worker", "--queue-name", "slow")
    wait_for(waiting.exists)
    killed.kill()
    killed.wait()
    told.touch()
    assert rows(own_site, STATUSES) == [("RUNNING",)]

    own_site.python(
        "from datetime import timedelta; from django.db.models import F; from home.models import Heartbeat\n"
        "from django_tasks_db.models import DBTaskResult\n"
        "Heartbeat.objects.update(beat_at=F('beat_at') - timedelta(minutes=5))\n"
        "DBTaskResult.objects.update(started_at=F('started_at') - timedelta(minutes=5))"
    )
    own_site.manage("run_due")
    own_site.manage("db_worker", "--queue-name", "slow", "--batch", "--no-startup-delay")

    # The clock may have given the worker more to do meanwhile.
    assert set(rows(own_site, STATUSES)) == {("SUCCESSFUL",)}


def running_task(worker: str, minutes_ago: int) -> DBTaskResult:
    now = timezone.now()
    return DBTaskResult.objects.create(
        status="RUNNING",
        worker_ids=[worker],
        started_at=now - timedelta(minutes=minutes_ago),
        run_after=now,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="sample_tasks.wait_for_file",
        backend_name="default",
    )


@pytest.mark.django_db
def test_only_tasks_of_dead_workers_are_put_back():
    heartbeats.beat(["fast"], "alive")
    Heartbeat.objects.create(
        role="slow",
        process="dead",
        started_at=timezone.now(),
        beat_at=timezone.now() - timedelta(minutes=5),
    )
    kept = running_task("alive", minutes_ago=30)
    fresh = running_task("unknown", minutes_ago=0)
    lost = running_task("dead", minutes_ago=10)

    assert taskqueue.rescue() == 1

    assert {row.pk: row.status for row in DBTaskResult.objects.all()} == {
        kept.pk: "RUNNING",
        fresh.pk: "RUNNING",
        lost.pk: "READY",
    }


@pytest.mark.django_db
def test_a_worker_takes_up_again_what_it_had_claimed():
    running_task("me", minutes_ago=0)
    running_task("another", minutes_ago=0)

    assert taskqueue.release("me") == 1

    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["READY", "RUNNING"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("times", "tried", "end"), [(0, 1, "SUCCESSFUL"), (2, 3, "SUCCESSFUL"), (9, 3, "FAILED")]
)
def test_a_task_that_loses_the_database_is_begun_again_but_not_for_ever(
    task_queue, tmp_path, times, tried, end
):
    attempts = tmp_path / "attempts"
    sample_tasks.lose_the_database.enqueue(str(attempts), times)

    task_queue()

    assert (DBTaskResult.objects.get().status, attempts.stat().st_size) == (end, tried)


@pytest.mark.django_db
def test_rows_of_processes_long_gone_are_forgotten(frozen_time):
    heartbeats.beat(["fast"], "yesterday")
    frozen_time.shift(86401)

    heartbeats.beat(["fast"], "today")

    assert list(Heartbeat.objects.values_list("process", flat=True)) == ["today"]
