"""What the clock does for every site, whatever the floors above add."""

from django.core.management import call_command

from home import clock


def publish_scheduled() -> None:
    """Pages whose hour has come go live, and those whose hour is over go."""
    call_command("publish_scheduled", verbosity=0)


def forget_sessions() -> None:
    call_command("clearsessions", verbosity=0)


def register_jobs() -> None:
    clock.register("publish what is scheduled", publish_scheduled, every_seconds=20)
    clock.register("forget old sessions", forget_sessions, every_seconds=24 * clock.HOUR)
