"""The closed lists of the field's words, used by models, forms, tokens and exports alike."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Frequency(models.TextChoices):
    ONCE = "once", _("once")
    MONTHLY = "monthly", _("monthly")
    ANNUAL = "annual", _("every year")


class Placement(models.TextChoices):
    """Where on the site the Give link stood."""

    STORY = "story", _("under a story")
    MASTHEAD = "masthead", _("masthead")
    REGION = "region", _("region page")
    HOME = "home", _("home page")
    CAMPAIGN = "campaign", _("another campaign's page")
    LINK = "link", _("labelled link")


class Dedication(models.TextChoices):
    NONE = "none", _("no")
    HONOR = "honor", _("in honour")
    MEMORY = "memory", _("in memory")


class EntryKind(models.TextChoices):
    """What a ledger line says happened, and its sign."""

    RECEIVED = "received", _("received")  # +
    FEE = "fee", _("fee")  # -
    REFUNDED = "refunded", _("refunded")  # -
    REFUND_FAILED = "refund_failed", _("refund failed")  # +
    DISPUTED = "disputed", _("disputed")  # -
    DISPUTE_WON = "dispute_won", _("dispute won")  # +
    DISPUTE_FEE = "dispute_fee", _("dispute fee")  # -


class GiftState(models.TextChoices):
    """Computed from a gift's lines, never stored; later ones outrank earlier ones."""

    PENDING = "pending", _("on its way")
    FAILED = "failed", _("failed")
    SUCCEEDED = "succeeded", _("received")
    PARTIALLY_REFUNDED = "partially_refunded", _("refunded in part")
    REFUNDED = "refunded", _("refunded")
    DISPUTED = "disputed", _("disputed")
    LOST = "lost", _("lost to a dispute")
