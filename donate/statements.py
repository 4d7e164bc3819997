"""What one donor gave in one year, for their taxes: each currency by itself, what went back taken off."""

from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from donate.models import Donor, Gift
from donate.papers import Paper, Row, amount, day, donor_lines, machine_day, organisation_lines, tax_notes
from donate.receipt_paper import counted
from donate.totals import with_totals


def year_bounds(year: int) -> tuple[datetime, datetime]:
    """The first moments of a year and of the next, in the organisation's time zone."""
    zone = timezone.get_default_timezone()
    return datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)


def gifts_of(donor: Donor, year: int) -> list[Gift]:
    """Gifts received in that year, oldest first, with their totals."""
    start, end = year_bounds(year)
    gifts = donor.gifts.filter(received_at__gte=start, received_at__lt=end, livemode=donor.livemode)
    return list(with_totals(gifts.select_related("campaign", "receipt")).order_by("received_at", "pk"))


def years_of(donor: Donor) -> list[int]:
    """The years with gifts, newest first."""
    moments = donor.gifts.filter(received_at__isnull=False).values_list("received_at", flat=True)
    return sorted({year_of(at) for at in moments}, reverse=True)


def year_of(moment: datetime) -> int:
    """In the organisation's time zone: a gift at midnight counts where the organisation is."""
    return timezone.localtime(moment, timezone.get_default_timezone()).year


def donors_with_gifts(year: int, livemode: bool) -> Iterator[Donor]:
    start, end = year_bounds(year)
    found = Donor.objects.filter(
        livemode=livemode, erased_at=None, gifts__received_at__gte=start, gifts__received_at__lt=end
    )
    return found.distinct().order_by("pk").iterator(chunk_size=500)


def count_donors(year: int, livemode: bool) -> int:
    start, end = year_bounds(year)
    found = Donor.objects.filter(
        livemode=livemode, erased_at=None, gifts__received_at__gte=start, gifts__received_at__lt=end
    )
    return found.distinct().count()


def paper(donor: Donor, year: int) -> Paper:
    gifts = gifts_of(donor, year)
    now = timezone.now()
    return Paper(
        title=_("Statement for %(year)s") % {"year": year},
        number="",
        date=day(now),
        date_machine=machine_day(now),
        given_by=donor_lines(donor),
        received_by=organisation_lines(),
        rows=(*(gift_row(gift) for gift in gifts), *totals(gifts)),
        notes=(*corrections(gifts), *tax_notes()),
        marks=() if donor.livemode else (_("TEST"),),
    )


def gift_row(gift: Gift) -> Row:
    receipt = getattr(gift, "receipt", None)
    parts = [day(gift.received_at)]
    if receipt:
        parts.append(_("receipt %(number)s") % {"number": receipt.number})
    if counted(gift) != gift.amount_minor:
        parts.append(_("given: %(amount)s") % {"amount": amount(gift.amount_minor, gift.currency)})
    return Row(gift.campaign.title, amount(counted(gift), gift.currency), ", ".join(parts))


def totals(gifts: list[Gift]) -> list[Row]:
    sums: dict[str, int] = {}
    for gift in gifts:
        sums[gift.currency] = sums.get(gift.currency, 0) + counted(gift)
    return [
        Row(
            _("Total in %(currency)s") % {"currency": currency.upper()},
            amount(total, currency),
            is_total=True,
        )
        for currency, total in sums.items()
    ]


def corrections(gifts: list[Gift]) -> tuple[str, ...]:
    if all(counted(gift) == gift.amount_minor for gift in gifts):
        return ()
    return (_("Amounts that were returned to you, or taken back by your bank, are not counted."),)
