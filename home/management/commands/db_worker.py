import logging
import time

from django.core.management.base import CommandParser
from django.db import DatabaseError, close_old_connections
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from home import alarms, memory, taskqueue
from home.heartbeats import Pulse, process_name, roles

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 2


class Worker(db_worker.Worker):
    """django-tasks-db's worker that beats, and waits for a database that is away instead of dying of it."""

    def run(self) -> None:
        if self.batch:
            return super().run()
        served = roles()[:-1] if self.process_all_queues else self.queue_names
        pulse = Pulse(served, self.worker_id, also=meanwhile)
        pulse.start()
        try:
            self.work()
        finally:
            pulse.stop()

    def work(self) -> None:
        while self.running:
            try:
                # What this worker was doing when the database went away is begun again.
                taskqueue.release(self.worker_id)
                return super().run()
            except DatabaseError as error:
                log.warning("The worker lost the database, and waits: %s", type(error).__name__)
                close_old_connections()
                time.sleep(PATIENCE_SECONDS)

    def run_task(self, row: DBTaskResult) -> None:
        super().run_task(row)
        taskqueue.repeat(row)


def meanwhile() -> None:
    """Beside the work: a clock that stopped is missed by nobody else, and what a picture needed is free again."""
    alarms.look_if_due()
    memory.give_back()


class Command(db_worker.Command):
    # Checks are for `manage.py check`, which every upgrade runs: here they would keep the admin's forms in memory.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(reload=False, worker_id=process_name())

    def handle(self, **options) -> None:
        # The library's command makes its worker by this name and offers no other way to name ours.
        db_worker.Worker = Worker
        super().handle(**options)
