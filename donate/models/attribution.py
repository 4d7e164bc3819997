from django.db import models
from django.utils.translation import gettext_lazy as _

from donate.models.choices import Placement


class Attributed(models.Model):
    """What moved the donor: the page and the region, as links and as text that outlives them, and the place of the button.

    A "page" is all that donate knows of stories and regions.
    """

    source_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("story"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    source_title = models.CharField(_("title of the story then"), max_length=255, blank=True)
    source_url = models.URLField(_("address of the story then"), max_length=600, blank=True)
    source_region = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("region"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    source_region_title = models.CharField(_("region then"), max_length=255, blank=True)
    placement = models.CharField(_("placement"), max_length=10, choices=Placement.choices, blank=True)
    label = models.CharField(_("label"), max_length=60, blank=True, help_text=_("Of a labelled giving link."))

    class Meta:
        abstract = True
