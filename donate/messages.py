"""Mails owed to donors and staff: written down with their cause, sent once by the worker, after the commit.

    owe("receipt", key, gift=gift)      inside the transaction of the cause; the same kind and key is owed once

What a kind says is registered with `says`: a function that gives the mail, or None where there is nobody to write to.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django_tasks import task

from donate.models import Gift, Message, RecurringGift

log = logging.getLogger(__name__)

Builder = Callable[[Message], EmailMessage | None]
builders: dict[str, Builder] = {}
_silent: ContextVar[bool] = ContextVar("messages_silent", default=False)
CLAIMED_FOR = timedelta(minutes=15)  # a worker that died while sending gives its message back
PATIENCE = timedelta(minutes=1)  # the queue's own time, before the clock helps
MOST_ATTEMPTS = 20


def says(kind: str) -> Callable[[Builder], Builder]:
    def register(builder: Builder) -> Builder:
        builders[kind] = builder
        return builder

    return register


@contextmanager
def silence() -> Iterator[None]:
    """What is owed inside counts as told: gifts of the past and of a demo write to nobody."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def owe(
    kind: str, key: str, *, gift: Gift | None = None, recurring_gift: RecurringGift | None = None
) -> Message:
    told = timezone.now() if _silent.get() else None
    message, is_new = Message.objects.get_or_create(
        kind=kind, key=key, defaults={"gift": gift, "recurring_gift": recurring_gift, "sent_at": told}
    )
    if is_new and not told:
        transaction.on_commit(lambda: send_message.enqueue(message.pk), robust=True)
    return message


@task(queue_name="fast")
def send_message(pk: int) -> None:
    send(pk)


def send(pk: int) -> bool:
    """Sends a message that nobody has sent and nobody is sending. False: the mail server would not."""
    if not claim(pk):
        return True
    message = Message.objects.select_related("gift", "recurring_gift").get(pk=pk)
    try:
        mail = builders[message.kind](message) if message.kind in builders else None
        if mail is not None:
            mail.send()
    except Exception as error:  # noqa: BLE001 - whatever stopped it, the message is owed still
        log.warning("A mail was not sent: %s", type(error).__name__, extra={"kind": message.kind})
        Message.objects.filter(pk=pk).update(
            claimed_at=None, attempts=F("attempts") + 1, error=type(error).__name__
        )
        return False
    Message.objects.filter(pk=pk).update(sent_at=timezone.now(), claimed_at=None, error="")
    return True


def claim(pk: int) -> bool:
    """One of several workers gets it, in one statement."""
    now = timezone.now()
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIMED_FOR)
    return Message.objects.filter(free, pk=pk, sent_at=None).update(claimed_at=now) == 1


def send_unsent() -> int:
    """The clock's part: what the queue lost or the mail server refused, again. Gives how many went out."""
    now = timezone.now()
    owed = Message.objects.filter(
        Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIMED_FOR),
        sent_at=None,
        created_at__lt=now - PATIENCE,
        attempts__lt=MOST_ATTEMPTS,
    )
    return sum(send(pk) for pk in list(owed.order_by("created_at").values_list("pk", flat=True)[:500]))
