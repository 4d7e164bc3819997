"""What happens by itself: a list of jobs, each with its interval, run by `manage.py run_due`.

Other floors add theirs from apps.py: `clock.register("publish", publish_scheduled, every_seconds=60)`.
A job that fails does not stop the others, and several clocks at once never run one job twice.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import F, Q
from django.utils import timezone

from home.models import ClockJob

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)  # longer than any job takes; after it a dead clock's job is free again
HOUR = 3600
PATIENCE_SECONDS = 2


@dataclass(frozen=True)
class Job:
    name: str
    run: Callable[[], object]
    every_seconds: int

    @property
    def is_rare(self) -> bool:
        return self.every_seconds >= HOUR


jobs: dict[str, Job] = {}


def register(name: str, run: Callable[[], object], every_seconds: int) -> None:
    jobs[name] = Job(name, run, every_seconds)


def run_once() -> list[str]:
    """Every job that runs more often than hourly, now; the rarer ones where they are due. Gives the names that failed."""
    return [job.name for job in jobs.values() if run(job, even_early=not job.is_rare) is False]


def run_for_ever(stopped: Event, tick_seconds: float = 1) -> None:
    """Runs each job when it is due, side by side, so that one that hangs delays no other; ends when told to."""
    with ThreadPoolExecutor(max_workers=4, thread_name_prefix="clock") as pool:
        running: dict[str, object] = {}
        while not stopped.is_set():
            close_old_connections()
            for job in due_jobs():
                if job.name not in running or running[job.name].done():
                    running[job.name] = pool.submit(run_in_thread, job)
            stopped.wait(tick_seconds)


def due_jobs() -> list[Job]:
    """The jobs whose time has come; none while the database is away."""
    try:
        rows = {row.name: row for row in ClockJob.objects.filter(name__in=jobs)}
    except DatabaseError as error:
        log.warning("The clock cannot reach the database, and waits: %s", type(error).__name__)
        time.sleep(PATIENCE_SECONDS)
        return []
    now = timezone.now()
    return [job for job in jobs.values() if job.name not in rows or rows[job.name].due_at <= now]


def run_in_thread(job: Job) -> None:
    try:
        run(job)
    except DatabaseError as error:
        log.warning("The clock lost the database: %s", type(error).__name__)
    finally:
        connection.close()


def run(job: Job, even_early: bool = False) -> bool | None:
    """Runs one job if it can be claimed: True well, False failed, None not claimed."""
    if not claim(job, even_early):
        return None
    began = time.monotonic()
    try:
        job.run()
    except Exception as error:
        log.exception("A job of the clock failed", extra={"job": job.name})
        finish(job, error=type(error).__name__)
        return False
    finish(job)
    log.debug("Clock job done", extra={"job": job.name, "seconds": round(time.monotonic() - began, 3)})
    return True


def claim(job: Job, even_early: bool) -> bool:
    """Takes the lease in one statement, so that only one of several clocks gets it."""
    now = timezone.now()
    first = now + timedelta(hours=1) if job.is_rare else now  # a start is not held up by the night's work
    ClockJob.objects.get_or_create(name=job.name, defaults={"due_at": first})
    free = ClockJob.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), name=job.name)
    if not even_early:
        free = free.filter(due_at__lte=now)
    return free.update(leased_until=now + LEASE, due_at=now + timedelta(seconds=job.every_seconds)) == 1


def finish(job: Job, error: str = "") -> None:
    result = {"failures": F("failures") + 1} if error else {"failures": 0, "finished_at": timezone.now()}
    ClockJob.objects.filter(name=job.name).update(leased_until=None, error=error, **result)


def last_finished(name: str) -> datetime | None:
    return ClockJob.objects.filter(name=name).values_list("finished_at", flat=True).first()
