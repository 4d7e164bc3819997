from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from donate.models.gifts import Gift, RecurringGift


class Message(models.Model):
    """One mail owed to somebody: written in the transaction of its cause, sent once after commit by the worker."""

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(
        _("cause"),
        max_length=255,
        help_text=_("What it is about; with the kind, unique: nothing is told twice."),
    )
    gift = models.ForeignKey(Gift, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    recurring_gift = models.ForeignKey(
        RecurringGift, null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    created_at = models.DateTimeField(_("owed since"), auto_now_add=True)
    claimed_at = models.DateTimeField(_("being sent since"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("message")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="nothing_is_told_twice")]
        indexes = [
            models.Index(
                fields=["created_at"], name="message_unsent", condition=models.Q(sent_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class GiftComment(models.Model):
    """A donor's first name and words that may stand beside the campaign once staff have read them."""

    gift = models.OneToOneField(Gift, on_delete=models.CASCADE, related_name="comment")
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    words = models.TextField(_("words"), max_length=500, blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    refused_at = models.DateTimeField(_("refused at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = _("comment")

    def __str__(self) -> str:
        return self.words[:60]
