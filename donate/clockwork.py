"""What giving does by the clock, and what it tells the ready-check."""

import logging
from datetime import timedelta

from django.utils import timezone

from donate import account, erasure, inbox, messages, notices, signin, silence, visits
from donate.catch_up import catch_up
from donate.invariants import faults
from home import clock, health

log = logging.getLogger(__name__)

LATE = timedelta(minutes=10)
LOOK_BACK = timedelta(days=4)  # Stripe itself sends again for three days


class Wrong(Exception):
    """The books and the facts differ; the log says where, and whoever runs the site is told."""


def register() -> None:
    clock.register("mail that is owed", messages.send_unsent, every_seconds=60)
    clock.register("visits to the form", visits.add_up, every_seconds=60)
    clock.register("events that waited", inbox.process_waiting, every_seconds=60)
    clock.register("ask Stripe what happened", ask_stripe, every_seconds=24 * clock.HOUR)
    clock.register("check the ledger", check_ledger, every_seconds=24 * clock.HOUR)
    clock.register("sign-in links that waited", signin.send_waiting, every_seconds=60)
    clock.register("forget who asked for a link", signin.forget, every_seconds=clock.HOUR)
    clock.register("notices of yearly gifts", notices.owe_notices, every_seconds=6 * clock.HOUR)
    clock.register("erase checkouts never paid", erasure.erase_unpaid, every_seconds=6 * clock.HOUR)
    clock.register("ask Stripe what did not arrive", silence.ask, every_seconds=silence.EVERY_SECONDS)
    health.register("payment events", check_events)
    health.register("webhooks", silence.alarm)


def check_events() -> str | None:
    """Events that we have and could not apply: money that is not in the books."""
    oldest = inbox.unprocessed(LATE).first()
    return f"Events of Stripe not applied since {oldest.received_at:%Y-%m-%d %H:%M} UTC." if oldest else None


def ask_stripe() -> None:
    """The safety net under the webhooks: what they did not bring, Stripe is asked for."""
    if not account.takes_gifts():
        return
    outcome = catch_up(timezone.now() - LOOK_BACK)
    if outcome.changed:
        log.warning("Stripe knew more than the books", extra={"changed": outcome.changed})
    if outcome.failed:
        tell("stripe", len(outcome.failed))
        raise Wrong(f"{len(outcome.failed)} differences are left")


def check_ledger() -> None:
    """Every total and invariant, recomputed from the lines."""
    if count := sum(1 for _fault in faults()):
        tell("ledger", count)
        raise Wrong(f"{count} faults in the ledger: manage.py check_ledger names them")


def tell(where: str, count: int) -> None:
    """Fundraisers hear of it once a day, while it lasts."""
    messages.owe("books_wrong", f"{where}:{timezone.localdate()}:{count}")
