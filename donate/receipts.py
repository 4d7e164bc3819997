"""Receipts: numbers without gaps, in a series for each year of the organisation's time zone, live and test apart."""

from django.db import transaction
from django.utils import timezone

from donate.models import Gift, Receipt, ReceiptSeries


def issue(gift: Gift) -> Receipt:
    """The gift's receipt, made once. The number is taken and used in one transaction, so a failure leaves no gap."""
    with transaction.atomic():
        known = Receipt.objects.filter(gift=gift).first()
        if known:
            return known
        now = timezone.now()
        year = timezone.localtime(now).year
        serial = next_serial(gift.livemode, year)
        return Receipt.objects.create(
            gift=gift,
            livemode=gift.livemode,
            year=year,
            serial=serial,
            number=number(gift.livemode, year, serial),
            issued_at=now,
        )


def next_serial(livemode: bool, year: int) -> int:
    """Waits for whoever is taking a number now, until their transaction ends."""
    ReceiptSeries.objects.get_or_create(livemode=livemode, year=year)
    series = ReceiptSeries.objects.select_for_update().get(livemode=livemode, year=year)
    series.last_serial += 1
    series.save(update_fields=["last_serial"])
    return series.last_serial


def number(livemode: bool, year: int, serial: int) -> str:
    """Such as 2026-000042, or TEST-2026-000042: nobody takes one for the other."""
    return f"{'' if livemode else 'TEST-'}{year}-{serial:06}"
