"""What donors are told ahead of time."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from donate import messages
from donate.models import GivingSettings, RecurringGift
from donate.models.choices import Frequency


def owe_notices() -> int:
    """The clock's part: yearly gifts that are near, each told once a year. Gives how many are near."""
    now = timezone.now()
    until = now + timedelta(days=GivingSettings.load().notice_days)
    near = RecurringGift.objects.filter(
        frequency=Frequency.ANNUAL,
        status=RecurringGift.Status.ACTIVE,
        next_gift_at__gt=now,
        next_gift_at__lte=until,
        donor__erased_at=None,
    )
    for recurring in near:
        with transaction.atomic():
            key = f"{recurring.public_id}:{recurring.next_gift_at:%Y-%m-%d}"
            messages.owe("renewal_notice", key, recurring_gift=recurring)
    return len(near)
