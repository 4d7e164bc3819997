"""The clock: every job in its time, none twice at once, none stopped by another."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from home import clock
from home.models import ClockJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def jobs():
    """An empty list of jobs; the real one comes back afterwards."""
    real = dict(clock.jobs)
    clock.jobs.clear()
    yield clock.jobs
    clock.jobs.clear()
    clock.jobs.update(real)


def test_a_failing_job_stops_no_other_and_is_named(jobs):
    done = []
    clock.register("breaks", lambda: 1 / 0, every_seconds=60)
    clock.register("works", lambda: done.append(1), every_seconds=60)

    with pytest.raises(CommandError, match="breaks"):
        call_command("run_due")

    assert done == [1]
    assert ClockJob.objects.get(name="breaks").failures == 1
    assert ClockJob.objects.get(name="breaks").error == "ZeroDivisionError"
    assert clock.last_finished("works") and not clock.last_finished("breaks")


def test_a_job_that_works_again_forgets_its_failures(jobs):
    outcomes = iter([1 / 1, 0])
    clock.register("recovers", lambda: 1 / (1 - next(outcomes)), every_seconds=60)
    assert clock.run_once() == ["recovers"]

    assert clock.run_once() == []

    job = ClockJob.objects.get()
    assert (job.failures, job.error, job.leased_until) == (0, "", None)


def test_run_due_by_hand_runs_frequent_jobs_now_and_rare_ones_in_their_time(jobs, frozen_time):
    done = []
    clock.register("minutely", lambda: done.append("minutely"), every_seconds=60)
    clock.register("daily", lambda: done.append("daily"), every_seconds=86400)

    clock.run_once()
    clock.run_once()
    frozen_time.shift(86401)
    clock.run_once()

    assert done == ["minutely", "minutely", "minutely", "daily"]


def test_a_job_that_another_clock_holds_is_left_alone(jobs):
    done = []
    clock.register("held", lambda: done.append(1), every_seconds=60)
    ClockJob.objects.create(
        name="held", due_at=timezone.now(), leased_until=timezone.now() + timedelta(minutes=5)
    )

    assert clock.run_once() == []

    assert done == []


def test_the_job_of_a_clock_that_died_is_free_after_its_lease(jobs, frozen_time):
    done = []
    clock.register("held", lambda: done.append(1), every_seconds=60)
    ClockJob.objects.create(name="held", due_at=timezone.now(), leased_until=timezone.now() + clock.LEASE)
    frozen_time.shift(clock.LEASE.total_seconds() + 1)

    clock.run_once()

    assert done == [1]


def test_the_loop_takes_only_what_is_due(jobs, frozen_time):
    clock.register("minutely", lambda: None, every_seconds=60)
    assert [job.name for job in clock.due_jobs()] == ["minutely"]

    clock.run_once()

    assert clock.due_jobs() == []
    frozen_time.shift(61)
    assert [job.name for job in clock.due_jobs()] == ["minutely"]
