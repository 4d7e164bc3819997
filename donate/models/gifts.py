import uuid

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from donate.models.attribution import Attributed
from donate.models.campaigns import CampaignPage
from donate.models.checkouts import Checkout
from donate.models.choices import EntryKind, Frequency
from donate.models.closings import ClosedMonth
from donate.models.donors import Donor


def stripe_id(label: str, **options) -> models.CharField:
    """A column for one of Stripe's ids: opaque, up to 255 characters, unique where there is one."""
    return models.CharField(label, max_length=255, null=True, blank=True, **({"unique": True} | options))


class RecurringGift(Attributed):
    """The donor's standing instruction; each instalment makes a Gift. Written by ledger.py alone."""

    class Status(models.TextChoices):
        INCOMPLETE = "incomplete", _("not begun")
        ACTIVE = "active", _("active")
        PAST_DUE = "past_due", _("payment late")
        PAUSED = "paused", _("paused")
        ENDING = "ending", _("ends after this period")
        ENDED = "ended", _("ended")

    public_id = models.UUIDField(_("id"), default=uuid.uuid4, unique=True, editable=False)
    livemode = models.BooleanField(_("live"))
    donor = models.ForeignKey(
        Donor, verbose_name=_("donor"), on_delete=models.PROTECT, related_name="recurring_gifts"
    )
    campaign = models.ForeignKey(
        CampaignPage, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="recurring_gifts"
    )
    checkout = models.ForeignKey(
        Checkout,
        verbose_name=_("checkout"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="recurring_gifts",
    )
    frequency = models.CharField(_("frequency"), max_length=10, choices=Frequency.choices)
    designation = models.CharField(_("designation"), max_length=120, blank=True)
    stripe_subscription_id = stripe_id(_("Stripe subscription"))
    stripe_customer_id = models.CharField(_("Stripe customer"), max_length=255, blank=True)
    started_at = models.DateTimeField(_("started at"))
    # What changes at Stripe, and the moment Stripe was asked: an older answer never overwrites a newer one.
    status = models.CharField(_("status"), max_length=12, choices=Status.choices)
    amount_minor = models.PositiveIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    next_gift_at = models.DateTimeField(_("next gift"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    paid_with = models.CharField(_("paid with"), max_length=60, blank=True)
    as_of = models.DateTimeField(_("as Stripe said at"))

    class Meta:
        verbose_name = _("recurring gift")
        ordering = ["-started_at", "-pk"]

    def __str__(self) -> str:
        return str(self.public_id)


class Gift(Attributed):
    """Money received, once. Written by ledger.py alone; its state and its totals are computed from its lines."""

    class Method(models.TextChoices):
        STRIPE = "stripe", _("online")
        CHEQUE = "cheque", _("cheque")
        TRANSFER = "transfer", _("bank transfer")
        CASH = "cash", _("cash")
        OTHER = "other", _("other")

    public_id = models.UUIDField(_("id"), default=uuid.uuid4, unique=True, editable=False)
    livemode = models.BooleanField(_("live"))
    donor = models.ForeignKey(Donor, verbose_name=_("donor"), on_delete=models.PROTECT, related_name="gifts")
    campaign = models.ForeignKey(
        CampaignPage, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="gifts"
    )
    checkout = models.ForeignKey(
        Checkout,
        verbose_name=_("checkout"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gifts",
    )
    recurring_gift = models.ForeignKey(
        RecurringGift,
        verbose_name=_("recurring gift"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="gifts",
    )
    frequency = models.CharField(_("frequency"), max_length=10, choices=Frequency.choices)
    amount_minor = models.PositiveIntegerField(
        _("amount"), help_text=_("What the donor paid, any fee covered included.")
    )
    currency = models.CharField(_("currency"), max_length=3)
    fee_cover_minor = models.PositiveIntegerField(_("fee covered"), default=0)
    designation = models.CharField(_("designation"), max_length=120, blank=True)
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, default=Method.STRIPE)
    paid_with = models.CharField(
        _("paid with"), max_length=60, blank=True, help_text=_("Such as “Visa ending 4242”.")
    )
    reference = models.CharField(
        _("reference"), max_length=100, blank=True, help_text=_("Of a cheque or bank transfer.")
    )
    created_at = models.DateTimeField(_("begun at"), help_text=_("Stripe's time, UTC."))
    received_at = models.DateTimeField(
        _("received at"), null=True, blank=True, help_text=_("Stripe's time, UTC; empty while on its way.")
    )
    failed_at = models.DateTimeField(_("failed at"), null=True, blank=True)
    stripe_checkout_session_id = stripe_id(_("Stripe session"))
    stripe_payment_intent_id = stripe_id(_("Stripe payment"))
    stripe_charge_id = stripe_id(_("Stripe charge"))
    stripe_subscription_id = stripe_id(_("Stripe subscription"), unique=False, db_index=True)
    stripe_invoice_id = stripe_id(_("Stripe invoice"))

    class Meta:
        verbose_name = _("gift")
        ordering = ["-created_at", "-pk"]
        permissions = [
            ("refund_gift", _("Can give money back")),
            ("export_gift", _("Can export lists of gifts and donors")),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="gift_newest_first"),
            models.Index(fields=["campaign", "currency", "received_at"], name="gift_by_campaign"),
            models.Index(fields=["source_page", "received_at"], name="gift_by_story"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="a_gift_has_an_amount"),
            models.CheckConstraint(condition=~models.Q(currency=""), name="a_gift_has_a_currency"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class LedgerEntry(models.Model):
    """One signed fact on a gift. Added, never edited or deleted; what is not settled is filled once from null."""

    gift = models.ForeignKey(Gift, verbose_name=_("gift"), on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(_("kind"), max_length=15, choices=EntryKind.choices)
    amount_minor = models.BigIntegerField(_("amount"), help_text=_("Signed, in `currency`."))
    currency = models.CharField(_("currency"), max_length=3)
    settled_minor = models.BigIntegerField(_("settled amount"), null=True, blank=True)
    settled_currency = models.CharField(_("settled currency"), max_length=3, null=True, blank=True)  # noqa: DJ001 - null until known
    stripe_id = models.CharField(_("Stripe object"), max_length=255, null=True, blank=True)  # noqa: DJ001 - null for gifts by post
    at = models.DateTimeField(_("at"), help_text=_("Stripe's time, UTC."))
    recorded_at = models.DateTimeField(_("recorded at"), auto_now_add=True)
    booked_at = models.DateTimeField(
        _("counts at"),
        null=True,
        blank=True,
        help_text=_("When the balance moved; of a correction, when it was recorded. Empty: at `at`."),
    )
    corrects = models.ForeignKey(
        ClosedMonth,
        verbose_name=_("corrects"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrections",
        help_text=_("The closed month that the line came too late for."),
    )

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["at", "pk"]
        indexes = [models.Index(Coalesce("booked_at", "at"), name="entry_by_month")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "stripe_id"], name="one_entry_per_fact"),
            models.CheckConstraint(
                condition=models.Q(settled_minor__isnull=True, settled_currency__isnull=True)
                | models.Q(settled_minor__isnull=False, settled_currency__isnull=False),
                name="settled_amount_and_currency_together",
            ),
            models.CheckConstraint(
                condition=models.Q(corrects__isnull=True) | models.Q(booked_at__isnull=False),
                name="a_correction_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"


class Receipt(models.Model):
    """The numbered acknowledgement. Numbers run without gaps in a series: live or test, and the year it is issued in."""

    gift = models.OneToOneField(
        Gift, verbose_name=_("gift"), on_delete=models.PROTECT, related_name="receipt"
    )
    livemode = models.BooleanField(_("live"))
    year = models.PositiveSmallIntegerField(_("year"), help_text=_("In the organisation's time zone."))
    serial = models.PositiveIntegerField(_("serial"))
    number = models.CharField(_("number"), max_length=40)
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("receipt")
        constraints = [
            models.UniqueConstraint(fields=["livemode", "year", "serial"], name="receipts_run_in_series"),
            models.UniqueConstraint(fields=["livemode", "number"], name="one_receipt_per_number"),
        ]

    def __str__(self) -> str:
        return self.number


class ReceiptSeries(models.Model):
    """The last number given out in a series. Its row is locked while a number is taken, so none is left out."""

    livemode = models.BooleanField(_("live"))
    year = models.PositiveSmallIntegerField(_("year"))
    last_serial = models.PositiveIntegerField(_("last serial"), default=0)

    class Meta:
        verbose_name = _("series of receipts")
        verbose_name_plural = _("series of receipts")
        constraints = [models.UniqueConstraint(fields=["livemode", "year"], name="one_series_a_year")]

    def __str__(self) -> str:
        return f"{self.year} {self.last_serial}"
