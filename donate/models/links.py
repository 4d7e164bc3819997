from django.db import models
from django.utils.translation import gettext_lazy as _

from donate.models.campaigns import CampaignPage
from donate.models.choices import Placement


class GivingLink(models.Model):
    """A labelled link for a newsletter, a letter or an event; gifts and their renewals count under the label."""

    label = models.SlugField(_("label"), max_length=60, unique=True)
    description = models.CharField(_("where it is used"), max_length=200, blank=True)
    campaign = models.ForeignKey(
        CampaignPage, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="links"
    )
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("giving link")
        ordering = ["label"]

    def __str__(self) -> str:
        return self.label


class FormVisit(models.Model):
    """How often the form was opened on a day, from where. Counts alone: no person, no address, no cookie."""

    day = models.DateField(_("day"))
    campaign = models.ForeignKey(CampaignPage, on_delete=models.CASCADE, related_name="+")
    source_page = models.ForeignKey(
        "wagtailcore.Page", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    placement = models.CharField(_("placement"), max_length=10, choices=Placement.choices, blank=True)
    label = models.CharField(_("label"), max_length=60, blank=True)
    count = models.PositiveIntegerField(_("visits"), default=0)

    class Meta:
        verbose_name = _("form visits")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "campaign", "source_page", "placement", "label"],
                condition=models.Q(source_page__isnull=False),
                name="one_count_per_day_and_story",
            ),
            models.UniqueConstraint(
                fields=["day", "campaign", "placement", "label"],
                condition=models.Q(source_page__isnull=True),
                name="one_count_per_day_without_story",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"
