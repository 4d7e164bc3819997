"""Tasks whose worker died under them go back into the queue: what was promised is done, if need be twice."""

import logging
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from home import clock
from home.heartbeats import LATE_SECONDS
from home.models import Heartbeat

log = logging.getLogger(__name__)

ATTEMPTS = 3
DATABASE_AWAY = {"django.db.utils.OperationalError", "django.db.utils.InterfaceError"}


def release(worker_id: str) -> int:
    """Puts back what this worker has claimed and not finished; gives how many."""
    return put_back(lambda holder: holder == worker_id)


def rescue() -> int:
    """Puts back what no living worker holds."""
    since = timezone.now() - timedelta(seconds=LATE_SECONDS)
    alive = set(Heartbeat.objects.filter(beat_at__gte=since).values_list("process", flat=True))
    begun_before = timezone.now() - timedelta(seconds=2 * LATE_SECONDS)
    return put_back(lambda holder: holder not in alive, begun_before)


def repeat(task: DBTaskResult) -> bool:
    """Puts back what failed because the database was away or locked, if only at the last word; thrice at most."""
    if task.exception_class_path not in DATABASE_AWAY or len(task.worker_ids) >= ATTEMPTS:
        return False
    again = {"status": "READY", "started_at": None, "finished_at": None}
    failed = DBTaskResult.objects.filter(pk=task.pk, status="FAILED")
    count = failed.update(**again, exception_class_path="", traceback="")
    if count:
        log.warning("A task failed for want of the database and is begun again", extra={"tasks": count})
    return bool(count)


def put_back(lost, begun_before=None) -> int:
    running = DBTaskResult.objects.filter(status="RUNNING")
    if begun_before:
        running = running.filter(started_at__lt=begun_before)
    keys = [row.pk for row in running if not row.worker_ids or lost(row.worker_ids[-1])]
    count = DBTaskResult.objects.filter(pk__in=keys, status="RUNNING").update(status="READY", started_at=None)
    if count:
        log.warning("Tasks put back into the queue", extra={"tasks": count})
    return count


def forget_finished() -> None:
    """Takes finished tasks out of the table: good ones after two weeks, failed ones after a month."""
    call_command(
        "prune_db_task_results", min_age_days=14, failed_min_age_days=30, queue_name="*", verbosity=0
    )


def register_jobs() -> None:
    clock.register("put lost tasks back", rescue, every_seconds=60)
    clock.register("forget finished tasks", forget_finished, every_seconds=24 * clock.HOUR)
