"""Gifts that came by post or bank, and gifts of the past: entered singly or as CSV, into the same ledger.

rows = read(text)                 every row checked, with its problems and the gifts that it may repeat
enter(rows, mails, user)          all of them or none
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import log

from donate import account, ledger, money
from donate.models import CampaignPage, Designation, Donor, Gift
from donate.models.choices import Frequency

COLUMNS = ("date", "amount", "currency", "name", "email", "campaign", "designation", "method", "reference")
REQUIRED = ("date", "amount", "campaign")
MOST_ROWS = 2000
MOST_BYTES = 1_000_000
METHODS = [choice for choice in Gift.Method.choices if choice[0] != Gift.Method.STRIPE]
EARLIEST = date(1990, 1, 1)


@dataclass
class Row:
    """One gift to be entered: what was written, what it means, what is wrong with it."""

    number: int
    written: dict[str, str]
    day: date | None = None
    minor: int = 0
    currency: str = ""
    campaign: CampaignPage | None = None
    method: str = Gift.Method.OTHER
    problems: list[str] = field(default_factory=list)
    repeats: str = ""  # the gift, or the row, that it seems to be

    @property
    def amount(self) -> str:
        return money.display(self.minor, self.currency) if self.minor else self.written.get("amount", "")

    @property
    def key(self) -> tuple:
        """What makes two gifts look like one."""
        who = self.written["email"].lower() or self.written["name"].casefold()
        return self.day, self.minor, self.currency, who, self.written["reference"].casefold()


def read(text: str) -> tuple[list[Row], str]:
    """The rows of a CSV file, or what is wrong with the file as a whole."""
    try:
        lines = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), dialect=dialect_of(text))
        heads = [(head or "").strip().lower() for head in lines.fieldnames or []]
        missing = [head for head in REQUIRED if head not in heads]
        if missing:
            return [], _("The first line must name the columns; missing: %(names)s.") % {
                "names": ", ".join(missing)
            }
        lines.fieldnames = heads
        rows = []
        for number, line in enumerate(lines, 2):
            if len(rows) == MOST_ROWS:
                return [], _("More than %(most)s rows: split the file.") % {"most": MOST_ROWS}
            written = {name: (line.get(name) or "").strip() for name in COLUMNS}
            if any(written.values()):
                rows.append(Row(number, written))
    except csv.Error as error:
        return [], _("This is no CSV file: %(error)s.") % {"error": error}
    check(rows)
    return rows, "" if rows else _("The file holds no gift.")


def dialect_of(text: str):
    """Comma, semicolon or tab, whichever the first line has most of."""
    head = text.split("\n", 1)[0]

    class Dialect(csv.excel):
        delimiter = max(",;\t", key=head.count)

    return Dialect


def check(rows: list[Row]) -> None:
    """Fills in what the rows mean, and what is wrong with them."""
    campaigns = {page.slug: page for page in CampaignPage.objects.all()}
    by_title = {page.title.casefold(): page for page in campaigns.values()}
    uses = set(Designation.objects.values_list("name", flat=True))
    for row in rows:
        name = row.written["campaign"]
        row.campaign = campaigns.get(name.lower()) or by_title.get(name.casefold())
        if row.campaign is None:
            row.problems.append(_("no campaign “%(name)s”") % {"name": name})
        if row.written["designation"] and row.written["designation"] not in uses:
            row.problems.append(_("no designation “%(name)s”") % {"name": row.written["designation"]})
        check_day(row)
        check_amount(row)
        check_person(row)
    mark_repeats(rows)


def check_day(row: Row) -> None:
    try:
        row.day = date.fromisoformat(row.written["date"])
    except ValueError:
        row.problems.append(_("the date must be written as 2026-03-14"))
        return
    if not EARLIEST <= row.day <= timezone.localdate():
        row.problems.append(_("the date lies in the future, or too far back"))


def check_amount(row: Row) -> None:
    row.currency = (row.written["currency"] or account.default_currency()).lower()
    if row.currency not in settings.CURRENCIES:
        row.problems.append(_("no currency of ours: %(code)s") % {"code": row.currency.upper()})
        return
    try:
        row.minor = money.parse_amount(row.written["amount"], row.currency)
    except money.AmountError:
        row.problems.append(_("the amount cannot be read"))
        return
    if not 0 < row.minor <= 2_000_000_000:
        row.problems.append(_("the amount is not possible"))


def check_person(row: Row) -> None:
    words = row.written
    if words["email"]:
        try:
            validate_email(words["email"])
        except ValidationError:
            row.problems.append(_("the e-mail address is not possible"))
    if len(words["name"]) > 200 or len(words["reference"]) > 100 or "\x00" in "".join(words.values()):
        row.problems.append(_("the name or the reference is too long"))
    row.method = words["method"].lower() or Gift.Method.OTHER
    if row.method not in dict(METHODS):
        row.problems.append(_("no method “%(name)s”") % {"name": words["method"]})


def mark_repeats(rows: list[Row]) -> None:
    """A gift of the same day, amount and person is likely the same gift; so is a second such row."""
    seen: dict[tuple, int] = {}
    for row in rows:
        if row.problems:
            continue
        if row.key in seen:
            row.repeats = _("row %(number)s") % {"number": seen[row.key]}
        seen.setdefault(row.key, row.number)
        known = like(row).select_related("receipt").first()
        if known:
            receipt = getattr(known, "receipt", None)
            row.repeats = receipt.number if receipt else str(known.public_id)


def like(row: Row):
    """Gifts in the books that look like this one."""
    start = timezone.make_aware(datetime.combine(row.day, time.min))
    end = timezone.make_aware(datetime.combine(row.day, time.max))
    same = Gift.objects.filter(
        livemode=account.is_live(),
        amount_minor=row.minor,
        currency=row.currency,
        received_at__range=(start, end),
    )
    words = row.written
    if words["reference"]:
        same = same.filter(Q(reference__iexact=words["reference"]) | Q(reference=""))
    if words["email"]:
        return same.filter(donor__email=words["email"].lower())
    return same.filter(donor__name__iexact=words["name"])


@transaction.atomic
def enter(rows: Iterable[Row], mails: bool, user) -> list[Gift]:
    """Writes all of the rows or none; a receipt each, and mail only where it is asked for."""
    gifts = []
    for row in rows:
        gift = ledger.record_offline_gift(
            received_at=timezone.make_aware(datetime.combine(row.day, time(12))),
            owes_mail=mails and bool(row.written["email"]),
            livemode=account.is_live(),
            donor=donor_of(row),
            campaign=row.campaign,
            frequency=Frequency.ONCE,
            amount_minor=row.minor,
            currency=row.currency,
            designation=row.written["designation"] or default_use(row.campaign),
            method=row.method,
            reference=row.written["reference"],
        )
        log(
            instance=gift,
            action="donate.entered",
            user=user,
            title=str(gift.public_id),
            data={"amount": row.amount, "reason": row.written["reference"]},
        )
        gifts.append(gift)
    return gifts


def default_use(campaign: CampaignPage) -> str:
    return campaign.designation.name if campaign.designation else ""


def donor_of(row: Row) -> Donor:
    """By address; without one, by the same name without an address."""
    mode, name, email = account.is_live(), row.written["name"], row.written["email"].lower()
    if email:
        donor, _new = Donor.objects.get_or_create(livemode=mode, email=email, defaults={"name": name})
        return donor
    known = (
        Donor.objects.filter(livemode=mode, email=None, name=name, erased_at=None).exclude(name="").first()
    )
    return known or Donor.objects.create(livemode=mode, name=name)


# Forms ----------------------------------------------------------------------------------------------


class SingleForm(forms.Form):
    """One gift; the fields are the columns of the CSV, so the same checks serve both."""

    date = forms.DateField(label=gettext_lazy("Received on"), widget=forms.DateInput(attrs={"type": "date"}))
    amount = forms.CharField(label=gettext_lazy("Amount"), max_length=20)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    name = forms.CharField(label=gettext_lazy("Name of the donor"), max_length=200, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    campaign = forms.ModelChoiceField(
        label=gettext_lazy("Campaign"), queryset=CampaignPage.objects.all(), to_field_name="slug"
    )
    designation = forms.ModelChoiceField(
        label=gettext_lazy("Designation"),
        queryset=Designation.objects.all(),
        to_field_name="name",
        required=False,
        empty_label=gettext_lazy("the campaign’s own"),
    )
    method = forms.ChoiceField(label=gettext_lazy("Method"), choices=METHODS)
    reference = forms.CharField(
        label=gettext_lazy("Reference"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("The number of the cheque or the words of the transfer."),
    )
    mails = forms.BooleanField(label=gettext_lazy("Send the receipt by mail"), required=False)
    again = forms.BooleanField(
        label=gettext_lazy("Enter it although it looks like a gift that is there"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(code, code.upper()) for code in settings.CURRENCIES]

    def clean(self):
        super().clean()
        written = {name: (self.data.get(name) or "").strip() for name in COLUMNS}
        self.row = Row(1, written)
        check([self.row])
        if not self.errors and self.row.problems:
            raise ValidationError(self.row.problems)
        if not self.errors and self.row.repeats and not self.cleaned_data["again"]:
            raise ValidationError(
                _("This looks like %(gift)s. Tick the last box to enter it all the same.")
                % {"gift": self.row.repeats}
            )


class FileForm(forms.Form):
    """The file at first; its text again, with the decision, at the end."""

    file = forms.FileField(label=gettext_lazy("CSV file"), required=False)
    text = forms.CharField(required=False, widget=forms.HiddenInput, max_length=MOST_BYTES, strip=False)
    mails = forms.BooleanField(label=gettext_lazy("Send the receipts by mail"), required=False)
    again = forms.BooleanField(
        label=gettext_lazy("Enter the rows that look like repeats too"), required=False
    )

    def clean(self):
        data = super().clean()
        file = data.get("file")
        if file:
            if file.size > MOST_BYTES:
                raise ValidationError(_("The file is larger than 1 MB: split it."))
            try:
                data["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise ValidationError(_("The file is not UTF-8 text: save it as “CSV UTF-8”.")) from None
        if not data.get("text"):
            raise ValidationError(_("Choose a file."))
        return data
