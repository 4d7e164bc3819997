"""What stands on a printed page, receipt or statement, before anybody has drawn it: for the PDF and for the screen."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from babel.numbers import format_currency
from django.utils import timezone
from django.utils.translation import gettext

from donate import money
from donate.models import Donor, GivingSettings
from home.dates import machine, reading_locale, written
from home.models import OrganisationSettings


@dataclass(frozen=True)
class Row:
    """One line of the table: what, a smaller note below it, an amount as people read it."""

    what: str
    amount: str
    note: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class Paper:
    """All texts are finished and in the reader's language. `mark` is printed large: COPY, VOID, TEST."""

    title: str
    number: str
    date: str
    date_machine: str
    given_by: tuple[str, ...]
    received_by: tuple[str, ...]
    rows: tuple[Row, ...]
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    marks: tuple[str, ...] = field(default=())


# What papers and letters share ----------------------------------------------------------------------------


def amount(minor: int, currency: str) -> str:
    """With all decimals: on a paper 50 euros are €50.00."""
    value = Decimal(minor).scaleb(-money.decimals(currency))
    return format_currency(value, currency.upper(), locale=reading_locale())


def printable(text: str) -> str:
    """Without characters that steer instead of show: a name cannot turn the line around."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf") or c in "\n\u200c\u200d")


def local(moment: datetime) -> datetime:
    """In the organisation's time zone, whatever a visitor's is."""
    return timezone.localtime(moment, timezone.get_default_timezone())


def day(moment: datetime) -> str:
    return written(local(moment).date())


def machine_day(moment: datetime) -> str:
    return machine(local(moment).date())


def donor_lines(donor: Donor) -> tuple[str, ...]:
    if donor.erased_at:
        return (gettext("A donor whose details were erased"),)
    return tuple(line for line in (donor.name, donor.email) if line)


def organisation_lines() -> tuple[str, ...]:
    organisation = OrganisationSettings.load()
    lines = (
        organisation.legal_name or organisation.name,
        organisation.registration_number,
        *organisation.address.splitlines(),
    )
    return tuple(line.strip() for line in lines if line and line.strip())


def tax_notes() -> tuple[str, ...]:
    organisation, giving = OrganisationSettings.load(), GivingSettings.load()
    notes = [organisation.tax_sentence] if organisation.tax_sentence else []
    if giving.gifts_email:
        sentence = gettext("Questions: %(email)s. Please quote the number above.")
        notes.append(sentence % {"email": giving.gifts_email})
    return tuple(notes)
