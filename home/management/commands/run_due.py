import signal
from threading import Event

from django.core.management.base import BaseCommand, CommandError

from home import clock
from home.heartbeats import CLOCK, Pulse, process_name


class Command(BaseCommand):
    requires_system_checks = []  # as for db_worker
    help = (
        "The clock: runs what is due (scheduled publishing, campaign ends, unsent mail, unprocessed events)."
    )

    def add_arguments(self, parser):
        parser.add_argument("--loop", action="store_true", help="go on until told to stop")

    def handle(self, *, loop: bool, **options) -> None:
        if loop:
            self.loop()
        elif failed := clock.run_once():
            raise CommandError(f"Failed: {', '.join(failed)}. The log has the reasons.")

    def loop(self) -> None:
        stopped = Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stopped.set())
        pulse = Pulse([CLOCK], process_name())
        pulse.start()
        clock.run_for_ever(stopped)
        pulse.stop()
