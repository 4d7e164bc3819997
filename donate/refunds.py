"""Giving money back: in full or in part, with a reason, once, by whoever may."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from donate import converge, gateway, ledger, money
from donate.models import Gift
from donate.totals import with_totals

# Stripe's own list; what we mean in words goes into our log.
CAUSES = [
    ("requested_by_customer", _("the donor asked for it")),
    ("duplicate", _("given twice")),
    ("fraudulent", _("not given by the owner of the card")),
]


class RefundForm(forms.Form):
    amount = forms.CharField(label=_("Amount"), max_length=20)
    cause = forms.ChoiceField(label=_("Cause"), choices=CAUSES)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For the books: who asked, when, and why. The donor does not see it."),
    )
    # One form, one refund: however often it is sent.
    attempt = forms.UUIDField(widget=forms.HiddenInput)
    confirmed = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, gift: Gift, data=None):
        self.gift = gift
        self.left_minor = gift.amount_minor - gift.refunded_minor
        first = {"attempt": uuid.uuid4(), "amount": money.typed(self.left_minor, gift.currency)}
        super().__init__(data, initial=first)

    def clean_amount(self) -> int:
        """In minor units; at most what is left of the gift."""
        try:
            minor = money.parse_amount(self.cleaned_data["amount"], self.gift.currency)
        except money.AmountError:
            raise ValidationError(_("Enter an amount such as 25 or 25.00.")) from None
        if not 0 < minor <= self.left_minor:
            left = money.display(self.left_minor, self.gift.currency)
            raise ValidationError(_("At most %(left)s is left of this gift.") % {"left": left})
        return minor


def refundable(pk: int) -> Gift:
    return with_totals(Gift.objects.select_related("donor", "campaign")).get(pk=pk)


def refund(gift: Gift, amount_minor: int, cause: str, reason: str, attempt: uuid.UUID, user) -> None:
    """Asks Stripe (a gift by post: notes it), brings the books to it, and logs who did it and why.

    Gateway errors come through; a repeat with the same `attempt` is the same refund.
    """
    if gift.stripe_payment_intent_id:
        gateway.create_refund(gift.stripe_payment_intent_id, amount_minor, cause, f"refund-{attempt.hex}")
        log_refund(gift, amount_minor, cause, reason, user)
        converge.converge("intent", gift.stripe_payment_intent_id)
    else:
        ledger.record_correction(gift, amount_minor)
        log_refund(gift, amount_minor, cause, reason, user)


def log_refund(gift: Gift, amount_minor: int, cause: str, reason: str, user) -> None:
    data = {"amount": money.display(amount_minor, gift.currency), "cause": cause, "reason": reason}
    log(instance=gift, action="donate.refunded", user=user, title=str(gift.public_id), data=data)
