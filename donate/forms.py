"""The giving form: what a donor may choose, and nothing else. Currency, campaign, price and addresses are the server's."""

import re
from dataclasses import asdict, dataclass

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from donate import attempts, campaigns, money
from donate.models import CampaignPage, Designation, GivingSettings
from donate.models.choices import Dedication, Frequency

AMOUNT_FIELDS = {frequency: f"amount_{frequency}" for frequency in Frequency.values}
NEWS_WORDING = _("Send me news of this campaign. A few emails. Leave at any time.")
EMAIL_HELP = _("Enter an email address with an @, such as name@example.org")


@dataclass(frozen=True)
class Choice:
    """What a donor asked for, checked. Amounts in minor units of `currency`."""

    frequency: str
    currency: str
    amount_minor: int
    fee_cover_minor: int
    designation: str
    name: str
    email: str
    dedication: str
    honoree: str
    notify: str
    comment: str
    show_name: bool
    news_wording: str

    def as_fields(self) -> dict:
        return asdict(self)


class Line(forms.CharField):
    """One line of text: control characters, which people do not type, become spaces."""

    def to_python(self, value):
        return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", super().to_python(value) or "").strip()


class GiveForm(forms.Form):
    frequency = forms.CharField(required=False)
    currency = forms.CharField(required=False, max_length=10)
    amount_once = forms.CharField(required=False)
    amount_monthly = forms.CharField(required=False)
    amount_annual = forms.CharField(required=False)
    amount_other = forms.CharField(required=False)
    cover_fees = forms.BooleanField(required=False)
    designation = forms.CharField(required=False, max_length=120)
    dedication = forms.CharField(required=False)
    honoree = Line(required=False, max_length=200)
    notify = forms.EmailField(required=False, error_messages={"invalid": EMAIL_HELP})
    name = Line(max_length=200, error_messages={"required": _("Enter the name for the receipt")})
    email = forms.EmailField(
        error_messages={"required": _("Enter the email address for the receipt"), "invalid": EMAIL_HELP}
    )
    comment = forms.CharField(required=False, max_length=500)
    show_name = forms.BooleanField(required=False)
    updates = forms.BooleanField(required=False)
    attempt = Line(required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False)  # people do not see it

    def __init__(self, campaign: CampaignPage, data=None, **kwargs):
        self.campaign = campaign
        super().__init__(complete(campaign, data), **kwargs)
        self.fields["from"] = Line(required=False, widget=forms.HiddenInput)

    # One field after another

    def clean_frequency(self) -> str:
        found = self.cleaned_data["frequency"] or self.campaign.default_frequency
        if found not in self.frequencies:
            raise ValidationError(_("Choose how often you would like to give"))
        return found

    def clean_currency(self) -> str:
        found = self.cleaned_data["currency"].lower() or settings.CURRENCIES[0]
        if found not in settings.CURRENCIES:
            raise ValidationError(_("Choose one of the currencies"))
        return found

    def clean_dedication(self) -> str:
        found = self.cleaned_data["dedication"] or Dedication.NONE
        if found not in Dedication.values:
            raise ValidationError(_("Choose one of the dedications"))
        return str(found)

    def clean_designation(self) -> str:
        """By id or by name, among the campaign's; the campaign's own where none is chosen."""
        wanted = self.cleaned_data["designation"]
        if not wanted:
            return self.campaign.designation.name if self.campaign.designation else ""
        for option in self.designations:
            if wanted in (str(option.pk), option.name):
                return option.name
        raise ValidationError(_("Choose one of the uses"))

    def clean(self) -> dict:
        data = super().clean()
        if data.get("dedication", Dedication.NONE) == Dedication.NONE:
            for name in ("honoree", "notify"):  # not shown then, and not kept
                self.errors.pop(name, None)
        elif not data.get("honoree") and "honoree" not in self.errors:
            self.add_error("honoree", _("Enter the name of the person"))
        if "frequency" in data and "currency" in data:
            self.clean_amount(data)
        return data

    def clean_amount(self, data: dict) -> None:
        """The typed amount wins over the one chosen from the list."""
        name = "amount_other" if data.get("amount_other") else AMOUNT_FIELDS[data["frequency"]]
        text = data.get(name) or ""
        currency = data["currency"]
        if not text:
            self.add_error("amount_other", _("Choose an amount, or enter one"))
            return
        least, most = campaigns.limits(self.campaign, currency)
        try:
            minor = money.parse_amount(text, currency)
        except money.AmountError as error:
            self.add_error(name, self.amount_message(error.code, currency))
            return
        if minor < least:
            shown = money.display(least, currency)
            self.add_error(name, _("Enter an amount of %(least)s or more") % {"least": shown})
        elif minor > most:
            shown = money.display(most, currency)
            self.add_error(name, _("Enter an amount of %(most)s or less") % {"most": shown})
        else:
            data["amount_minor"] = minor

    def amount_message(self, code: str, currency: str) -> str:
        if code == "decimals":
            places = money.decimals(currency)
            if not places:
                return _("Enter a whole amount, such as 25")
            return _("Enter an amount with at most %(places)s decimals, such as 25.50") % {"places": places}
        if code == "unit":
            return _("Enter an amount whose third decimal is 0, such as 25.120")
        return _("Enter an amount in digits, such as 25 or 25.50")

    # What it is about

    @cached_property
    def frequencies(self) -> list[str]:
        offered = {
            Frequency.ONCE: True,
            Frequency.MONTHLY: self.campaign.offers_monthly,
            Frequency.ANNUAL: self.campaign.offers_annual,
        }
        return [str(value) for value, is_offered in offered.items() if is_offered]

    @cached_property
    def designations(self) -> list[Designation]:
        own = [self.campaign.designation] if self.campaign.designation else []
        return own + [item for item in self.campaign.further_designations.all() if item not in own]

    @cached_property
    def giving(self) -> GivingSettings:
        return GivingSettings.load()

    @property
    def chosen_currency(self) -> str:
        """What the form shows, valid or not."""
        found = str(self["currency"].value() or "").lower()
        return found if found in settings.CURRENCIES else settings.CURRENCIES[0]

    def choice(self) -> Choice:
        """Of a valid form."""
        data = self.cleaned_data
        is_dedicated = data["dedication"] != Dedication.NONE
        return Choice(
            frequency=data["frequency"],
            currency=data["currency"],
            amount_minor=data["amount_minor"],
            fee_cover_minor=self.fee_cover(data),
            designation=data["designation"],
            name=data["name"],
            email=data["email"].lower(),
            dedication=data["dedication"],
            honoree=data["honoree"] if is_dedicated else "",
            notify=data["notify"] if is_dedicated else "",
            comment=data["comment"].replace("\r\n", "\n"),
            show_name=data["show_name"],
            news_wording=str(NEWS_WORDING) if data["updates"] else "",
        )

    def fee_cover(self, data: dict) -> int:
        if not (data["cover_fees"] and self.campaign.offers_fee_cover):
            return 0
        return self.fee_of(data["amount_minor"], data["currency"])

    def fee_of(self, amount_minor: int, currency: str) -> int:
        """What covering the card fee of this gift adds, in minor units."""
        fixed = -(-self.giving.fee_fixed_minor * 10 ** money.decimals(currency) // 100)
        return money.fee_to_cover(amount_minor, currency, self.giving.fee_basis_points, fixed)

    def typed_fee(self) -> tuple[int, int] | None:
        """Of the typed amount: the fee and the total in the chosen currency; None where it is not offered, or no amount."""
        if not self.campaign.offers_fee_cover:
            return None
        try:
            typed = money.parse_amount(self["amount_other"].value() or "", self.chosen_currency)
        except money.AmountError:
            return None
        fee = self.fee_of(typed, self.chosen_currency)
        return (fee, typed + fee) if typed else None


def complete(campaign: CampaignPage, data):
    """What was posted, with the choices that a browser always sends; a machine may leave them out."""
    if data is None:
        return None
    data = data.copy()
    usual = {
        "frequency": campaign.default_frequency,
        "currency": settings.CURRENCIES[0],
        "dedication": "none",
    }
    for name, value in usual.items():
        if not data.get(name):
            data[name] = str(value)
    return data


def first_form(campaign: CampaignPage, query) -> GiveForm:
    """The form as it is first shown: `?frequency= &amount= &currency= &from=` fill it in where they make sense."""
    form = GiveForm(campaign, initial={})
    frequency = query.get("frequency", "")
    frequency = frequency if frequency in form.frequencies else campaign.default_frequency
    if frequency not in form.frequencies:
        frequency = Frequency.ONCE
    currency = query.get("currency", "").lower()
    if currency not in settings.CURRENCIES:
        currency = (
            campaign.goal_currency
            if campaign.goal_currency in settings.CURRENCIES
            else settings.CURRENCIES[0]
        )
    form.initial |= {
        "frequency": str(frequency),
        "currency": currency,
        "attempt": attempts.make(),
        "from": query.get("from", "")[:300],
        "dedication": "none",
    }
    form.initial |= asked_amount(campaign, query.get("amount", ""), str(frequency), currency)
    return form


def asked_amount(campaign: CampaignPage, text: str, frequency: str, currency: str) -> dict:
    """Into the list where the amount is suggested, else into the open field; nothing for nonsense."""
    try:
        minor = money.parse_amount(text, currency)
    except money.AmountError:
        return {}
    typed = money.typed(minor, currency)
    suggested = {
        row.amount_minor
        for row in campaign.presets.all()
        if row.currency == currency and row.frequency == frequency
    }
    return {AMOUNT_FIELDS[frequency] if minor in suggested else "amount_other": typed}


def switched_form(campaign: CampaignPage, data) -> GiveForm:
    """After a button that only shows: all that was filled in, no complaint. A new currency has its own amounts."""
    form = GiveForm(campaign, initial={})
    for name, field in form.fields.items():
        is_box = isinstance(field, forms.BooleanField)
        form.initial[name] = name in data if is_box else data.get(name, "")
    if data["switch"] == "currency":
        form.initial |= dict.fromkeys(AMOUNT_FIELDS.values(), "")
    form.initial["currency"] = form.chosen_currency
    form.initial["attempt"] = attempts.read(data.get("attempt"))
    return form
