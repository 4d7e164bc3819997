"""Background processes write that they live; the ready-check and the operator's mails read it."""

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django.utils.crypto import get_random_string

from home import health
from home.models import Heartbeat

log = logging.getLogger(__name__)

BEAT_SECONDS = 10
LATE_SECONDS = 60
CLOCK = "clock"


def process_name() -> str:
    """Host, process id and a random end: process ids come back after a restart of the machine."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{get_random_string(6)}"


def beat(roles: list[str], process: str) -> None:
    """Writes one row for each role; forgets processes silent for a day."""
    now = timezone.now()
    for role in roles:
        Heartbeat.objects.update_or_create(
            role=role,
            process=process,
            defaults={"beat_at": now},
            create_defaults={"beat_at": now, "started_at": now},
        )
    Heartbeat.objects.filter(beat_at__lt=now - timedelta(days=1)).delete()


class Pulse(threading.Thread):
    """Beats beside the work, so that one long task does not look like a dead worker."""

    def __init__(self, roles: list[str], process: str, also: Callable[[], None] | None = None):
        """`also` is called after each beat: what must happen even while the work hangs."""
        super().__init__(name="pulse", daemon=True)
        self.roles, self.process, self.also, self.stopped = roles, process, also, threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            try:
                close_old_connections()
                beat(self.roles, self.process)
                if self.also:
                    self.also()
            except DatabaseError as error:
                log.warning("The heartbeat could not be written: %s", type(error).__name__)
            self.stopped.wait(BEAT_SECONDS)
        connection.close()

    def stop(self) -> None:
        """Ends the thread and takes the rows away: a process that stopped in order is not late."""
        self.stopped.set()
        self.join(timeout=5)
        try:
            Heartbeat.objects.filter(process=self.process).delete()
        except DatabaseError:
            log.warning("The heartbeat could not be taken away.")


def roles() -> list[str]:
    """Everything that must live: each queue's worker, and the clock."""
    return [*settings.TASKS["default"]["QUEUES"], CLOCK]


def silent_roles() -> list[str]:
    """The roles that nobody has filled for a minute."""
    alive = set(
        Heartbeat.objects.filter(beat_at__gte=timezone.now() - timedelta(seconds=LATE_SECONDS)).values_list(
            "role", flat=True
        )
    )
    return [role for role in roles() if role not in alive]


def check_worker() -> str | None:
    silent = [role for role in silent_roles() if role != CLOCK]
    return f"no worker for: {', '.join(silent)}" if silent else None


def check_clock() -> str | None:
    return "the clock has stopped" if CLOCK in silent_roles() else None


def register_checks() -> None:
    health.register("worker", check_worker)
    health.register("clock", check_clock)
