import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from donate.models.attribution import Attributed
from donate.models.campaigns import CampaignPage
from donate.models.choices import Dedication, Frequency


class Checkout(Attributed):
    """One visit to the payment page. No money yet: written before Stripe is called, and never counted."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        COMPLETED = "completed", _("completed")
        EXPIRED = "expired", _("expired")

    public_id = models.UUIDField(_("id"), default=uuid.uuid4, unique=True, editable=False)
    livemode = models.BooleanField(_("live"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    campaign = models.ForeignKey(
        CampaignPage, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="checkouts"
    )
    frequency = models.CharField(_("frequency"), max_length=10, choices=Frequency.choices)
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.PositiveIntegerField(
        _("amount"), help_text=_("The gift itself, without the fee covered.")
    )
    fee_cover_minor = models.PositiveIntegerField(_("fee covered"), default=0)
    designation = models.CharField(_("designation"), max_length=120, blank=True)
    # Personal fields: erased 30 days after a checkout that was never paid, and on a donor's wish.
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    dedication = models.CharField(
        _("dedication"), max_length=10, choices=Dedication.choices, default=Dedication.NONE
    )
    honoree = models.CharField(_("their name"), max_length=200, blank=True)
    notify = models.EmailField(_("person to tell"), blank=True)
    comment = models.TextField(_("comment"), max_length=500, blank=True)
    show_name = models.BooleanField(_("may be shown"), default=False)
    news_wording = models.TextField(_("wording of the news agreed to"), blank=True)
    # One rendered form, one attempt: a repeat with the same content is the same checkout.
    attempt = models.CharField(_("attempt"), max_length=64, unique=True)
    content_digest = models.CharField(_("digest of what was sent"), max_length=64)
    idempotency_key = models.CharField(_("idempotency key"), max_length=64, unique=True)
    expires_at = models.DateTimeField(_("expires at"))
    stripe_checkout_session_id = models.CharField(
        _("Stripe session"), max_length=255, null=True, blank=True, unique=True
    )
    stripe_customer_id = models.CharField(_("Stripe customer"), max_length=255, blank=True)
    payment_url = models.URLField(_("payment page"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True, db_index=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    class Meta:
        verbose_name = _("checkout")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="a_checkout_has_an_amount"),
            models.CheckConstraint(condition=~models.Q(currency=""), name="a_checkout_has_a_currency"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
