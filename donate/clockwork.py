"""What giving does by the clock, and what it tells the ready-check."""

from datetime import timedelta

from donate import inbox, messages
from home import clock, health

LATE = timedelta(minutes=10)


def register() -> None:
    clock.register("mail that is owed", messages.send_unsent, every_seconds=60)
    clock.register("events that waited", inbox.process_waiting, every_seconds=60)
    health.register("payment events", check_events)


def check_events() -> str | None:
    """Events that we have and could not apply: money that is not in the books."""
    oldest = inbox.unprocessed(LATE).first()
    return f"not applied since {oldest.received_at:%Y-%m-%d %H:%M} UTC" if oldest else None
