"""Amounts in the admin: stored as whole minor units, typed and shown as people write them."""

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from donate import money


class Typed:
    """Mixed into an integer column: a text given to it is parsed in the currency that the same row names."""

    def __init__(self, *args, currency_field: str = "currency", **kwargs):
        self.currency_field = currency_field
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        """For migrations an ordinary integer column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.plain}", args, kwargs

    def formfield(self, **kwargs):
        kwargs = {"widget": forms.TextInput(attrs={"inputmode": "decimal"})} | kwargs
        return models.Field.formfield(self, form_class=forms.CharField, empty_value=None, **kwargs)

    def clean(self, value, model_instance):
        if isinstance(value, str):
            value = self.read(value, getattr(model_instance, self.currency_field, "") or "")
        return super().clean(value, model_instance)

    def read(self, text: str, currency: str) -> int:
        if not currency:
            raise ValidationError(_("Choose the currency"))
        try:
            return money.parse_amount(text, currency)
        except money.AmountError:
            raise ValidationError(_("Enter an amount such as 25 or 25.50")) from None

    def typed(self, instance) -> str | None:
        """The value of a row as a person would type it."""
        minor, currency = getattr(instance, self.attname), getattr(instance, self.currency_field)
        return money.typed(minor, currency) if isinstance(minor, int) and currency else None


class MinorUnitsField(Typed, models.PositiveIntegerField):
    plain = "PositiveIntegerField"


class BigMinorUnitsField(Typed, models.PositiveBigIntegerField):
    plain = "PositiveBigIntegerField"


def show_typed(form: forms.ModelForm) -> None:
    """In an admin form of a row: minor units become what a person would type."""
    for field in form._meta.model._meta.fields:
        if isinstance(field, Typed) and field.name in form.fields:
            typed = field.typed(form.instance)
            if typed is not None:
                form.initial[field.name] = typed
