"""Mails to whoever runs the site: a stopped worker or clock, a full disk, an old backup, silent webhooks.

What is wrong is told when it is seen a second time (a restart is no alarm), again every day, and once when it is over.
The clock looks, and so do the workers: each notices when the other has stopped, and the clock's lease keeps them from
telling twice.
"""

import logging
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone

from home import clock, health
from home.backups import snapshot
from home.models import Alarm, ClockJob

log = logging.getLogger(__name__)

EVERY_SECONDS = 120
REPEAT = timedelta(days=1)
FREE_SHARE, FREE_BYTES = 0.1, 500 * 1024**2  # whichever is less; below it a disk counts as full
BACKUP_HOURS = 36
FAILURES = 3  # of a job of the clock, in a row; of a nightly one, the first

Watch = Callable[[], str | None]
watches: dict[str, Watch] = {}


def register(name: str, watch: Watch) -> None:
    """`watch` gives None when all is well, else one sentence without personal data."""
    watches[name] = watch


def look() -> None:
    """Asks everything, and tells what is new, what lasts and what is over."""
    found = troubles()
    now = timezone.now()
    for alarm in Alarm.objects.all():
        if alarm.name not in found:
            over(alarm)
    for name, sentence in found.items():
        alarm, is_new = Alarm.objects.get_or_create(
            name=name, defaults={"sentence": sentence[:300], "since": now}
        )
        if not is_new and (alarm.told_at is None or now - alarm.told_at >= REPEAT):
            if tell(f"{name}: {sentence}", f"{sentence}\n\nSeen since {alarm.since:%Y-%m-%d %H:%M} UTC."):
                Alarm.objects.filter(pk=alarm.pk).update(told_at=now, sentence=sentence[:300])


def troubles() -> dict[str, str]:
    """{name: sentence} of all that is wrong now: the ready-check's answers, and what is watched beside them."""
    answers = {name: answer for name, answer in health.run_checks().items() if answer != "ok"}
    watched = {name: health.ask(watch) for name, watch in watches.items()}
    return answers | {name: answer for name, answer in watched.items() if answer != "ok"}


def over(alarm: Alarm) -> None:
    if alarm.told_at:
        tell(f"{alarm.name} is well again", f"It was: {alarm.sentence}")
    alarm.delete()


def tell(subject: str, text: str) -> bool:
    """Logs it, and mails it where there is an address; False when the mail could not be sent and is to be tried again."""
    log.error("Operator told: %s", subject)
    if not settings.OPERATOR_EMAIL:
        return True
    footer = f"\n\n{settings.SITE_URL}\nWhat to do: docs/operations.md"
    try:
        send_mail(f"[{settings.SITE_HOST}] {subject}", text + footer, None, settings.OPERATOR_EMAIL)
    except OSError as error:
        log.error("The operator's mail could not be sent: %s", type(error).__name__)
        return False
    return True


# What is watched beside the ready-check -------------------------------------------------------------


def full_disk() -> str | None:
    for place in {Path(settings.DATA_DIR), Path(settings.MEDIA_ROOT)}:
        while not place.exists():
            place = place.parent
        usage = shutil.disk_usage(place)
        if usage.free < min(usage.total * FREE_SHARE, FREE_BYTES):
            return f"Only {usage.free // 1024**2} MB are free on the disk of {place}."
    return None


def old_backup() -> str | None:
    if not settings.BACKUP_DIR:
        return None
    hours = snapshot.age_hours(Path(settings.BACKUP_DIR))
    if hours is None:
        return "There is no backup in BACKUP_DIR."
    return f"The newest backup is {hours:.0f} hours old." if hours > BACKUP_HOURS else None


def failing_jobs() -> str | None:
    failing = [
        row
        for row in ClockJob.objects.filter(failures__gt=0, name__in=clock.jobs).order_by("name")
        if row.failures >= FAILURES or clock.jobs[row.name].is_rare
    ]
    return "; ".join(f"“{row.name}” fails ({row.error})" for row in failing) or None


def connect() -> None:
    register("disk", full_disk)
    register("backup", old_backup)
    register("jobs", failing_jobs)
    clock.register("look for trouble", look, every_seconds=EVERY_SECONDS)


def look_if_due() -> None:
    """For the workers: the clock's own job, where its time has come and no clock has taken it."""
    job = clock.jobs.get("look for trouble")
    if job:
        clock.run(job)
